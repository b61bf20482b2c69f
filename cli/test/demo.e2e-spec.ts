import { join } from 'node:path';
import { startCommand } from './support/onecli.js';

const STORY = join(import.meta.dirname, '../../scripts/demo/story.mjs');

describe('the demo', () => {
  it('holds: real clients behind the real gateway are injected, blocked, limited and recorded', async () => {
    const { code, stdout, stderr } = await startCommand(process.execPath, [STORY], {}).outcome;
    expect({ code, stderr, failed: stdout.split('\n').filter((line) => line.includes('✗')) }).toEqual({
      code: 0,
      stderr: '',
      failed: [],
    });
    expect(stdout).toContain('All of it held.');
  }, 120_000);
});
