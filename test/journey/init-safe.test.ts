import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeFiles } from '../../src/cli/init/write-files.ts';
import { type CliStudio, startCliStudio } from '../support/cli-studio.ts';

/** What `init` must not do to what a person has already. */
describe('shotgraph init in a folder that is in use', () => {
  let studio: CliStudio;
  let folder: string;
  beforeAll(async () => {
    studio = await startCliStudio();
  });
  afterAll(() => studio.stop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-init-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const init = (args: readonly string[] = [], environment: Record<string, string> = {}) =>
    studio.run(['init', folder, '--yes', '--without-npm', ...args], environment);
  const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');
  const give = (path: string, text: string): Promise<void> => writeFile(join(folder, path), text);

  it('adds to a .dockerignore what keeps secrets out of the image', async () => {
    await give('.dockerignore', 'assets\n.git\n');
    expect((await init()).said).toContain('.dockerignore gets **/.env, **/.env.*, **/.npmrc');
    expect(await read('.dockerignore')).toBe(
      'assets\n.git\n**/.env\n**/.env.*\n**/.npmrc\n**/node_modules\n**/*.log\nsecrets\n',
    );
  });

  it.each(['.env', '.gitignore', '.dockerignore', 'package.json'])(
    'refuses a link in place of %s, and writes nothing',
    async (name) => {
      await mkdir(join(folder, 'elsewhere'));
      await writeFile(join(folder, 'elsewhere', 'file'), '{}');
      await symlink(join('elsewhere', 'file'), join(folder, name));
      const { code, said } = await init();
      expect([code, said]).toEqual([2, expect.stringContaining(`${name} is a symbolic link`)]);
      expect(await readdir(folder)).toEqual(expect.arrayContaining(['elsewhere', name]));
      expect(await readdir(folder)).toHaveLength(2);
      expect(await read('elsewhere/file')).toBe('{}');
    },
  );

  it('says where others can read a .env that stays as it is', async () => {
    await init();
    await chmod(join(folder, '.env'), 0o644);
    expect((await init()).said).toContain('others on this machine can read it: run "chmod 600 .env"');
  });

  it('says what was written where a file cannot be written', async () => {
    await give('connectors', 'a file in the place of the folder');
    const { code, said } = await init();
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(
        /connectors\/storage\.mjs could not be written: .+\n?Stopped\. Written: .*\.env.*\nNot written: /u,
      ),
    ]);
  });

  describe('a file that gets more', () => {
    const signal = new AbortController().signal;
    const more = { path: 'settings', adds: 'B', before: 'A=1\n', text: 'A=1\nB=2\n', mode: 0o600 };

    it('follows no link that stands in its way, and only its owner can read it', async () => {
      await give('settings', 'A=1\n');
      await give('victim', 'untouched');
      await symlink('victim', join(folder, 'settings.new'));
      await chmod(join(folder, 'settings'), 0o666);
      expect((await writeFiles(folder, [more], signal)).done).toEqual(['settings']);
      expect([await read('settings'), await read('victim')]).toEqual([more.text, 'untouched']);
      expect((await lstat(join(folder, 'settings'))).mode & 0o777).toBe(0o600);
      expect((await readdir(folder)).sort()).toEqual(['settings', 'settings.new', 'victim']);
    });

    it('stays as it is where somebody has changed it meanwhile', async () => {
      await give('settings', 'A=another\n');
      const { done, trouble } = await writeFiles(folder, [more], signal);
      expect([done, trouble]).toEqual([[], 'it was changed meanwhile']);
      expect(await read('settings')).toBe('A=another\n');
      expect(await readdir(folder)).toEqual(['settings']);
    });
  });
});
