import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../failure.js';
import { locate } from './wrapped-command.js';

describe('finding the command', () => {
  let root: string;
  const put = (path: string, mode: number): string => {
    const full = join(root, path);
    mkdirSync(join(full, '..'), { recursive: true });
    writeFileSync(full, '');
    chmodSync(full, mode);
    return full;
  };
  const failure = (command: string, path: string): Failure => {
    try {
      locate(command, path);
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
    throw new Error('it was found');
  };
  beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'onecli-locate-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it('takes the first executable on PATH, past directories and closed files', () => {
    mkdirSync(join(root, 'a/tool'), { recursive: true });
    put('b/tool', 0o644);
    const wanted = put('c/tool', 0o755);
    put('d/tool', 0o755);
    expect(locate('tool', ['a', 'b', 'c', 'd', 'none'].map((name) => join(root, name)).join(':'))).toBe(wanted);
  });

  it('takes a path as it is', () => {
    const tool = put('tool', 0o755);
    expect(locate(tool, '/nowhere')).toBe(tool);
  });

  it('ends with 127 when nothing has the name', () => {
    expect(failure('no-such-tool', root)).toMatchObject({
      exitCode: 127,
      message: 'There is no command "no-such-tool" on PATH.',
    });
    expect(failure(join(root, 'no-such-tool'), '')).toMatchObject({ exitCode: 127 });
  });

  it('ends with 126 when what has the name cannot be executed', () => {
    put('tool', 0o644);
    expect(failure('tool', root).exitCode).toBe(126);
    expect(failure(root, '')).toMatchObject({ exitCode: 126, message: `${root} is a directory.` });
  });
});
