import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LAUNCHER, type Outcome, startCommand } from './support/onecli.js';

describe('the launcher', () => {
  let folder: string;
  beforeEach(() => void (folder = realpathSync(mkdtempSync(join(tmpdir(), 'onecli launcher-')))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const launch = (command: string, args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> =>
    startCommand(command, args, { cwd: folder, env }).outcome;

  /** The launcher alone in a directory that looks like a clone. */
  const clone = (): string => {
    mkdirSync(join(folder, 'cli/bin'), { recursive: true });
    copyFileSync(LAUNCHER, join(folder, 'cli/bin/onecli'));
    return join(folder, 'cli/bin/onecli');
  };

  it('starts the program from another directory, through links absolute and relative', async () => {
    symlinkSync(LAUNCHER, join(folder, 'absolute'));
    symlinkSync('absolute', join(folder, 'relative'));
    expect(await launch(join(folder, 'relative'), ['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  it('says what to run when the program is not built', async () => {
    expect(await launch(clone(), [])).toMatchObject({
      code: 1,
      stderr: `onecli is not built yet. Run npm start (or npm run build) in ${folder} first.\n`,
    });
  });

  it('says which Node it needs when there is none that is new enough', async () => {
    const launcher = clone();
    mkdirSync(join(folder, 'dist/cli/src'), { recursive: true });
    writeFileSync(join(folder, 'dist/cli/src/main.js'), '');
    mkdirSync(join(folder, 'tools'));
    for (const tool of ['sh', 'dirname', 'readlink']) symlinkSync(`/usr/bin/${tool}`, join(folder, 'tools', tool));
    const { code, stderr } = await launch(launcher, [], { PATH: join(folder, 'tools') });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `onecli needs Node.js 22.15 or later. Run npm install in ${folder} to get one, or install it from https://nodejs.org.\n`,
    });
  });
});
