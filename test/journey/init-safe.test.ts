import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { secretInFiles } from '../../src/cli/init/finish.ts';
import { writeFiles } from '../../src/cli/init/write-files.ts';
import { type Asker, Cancelled } from '../../src/cli/line/asker.ts';
import { type CliStudio, startCliStudio } from '../support/cli-studio.ts';

const ITEM = '--item=x --title=X --type=Version --opens=/apps/x/ --front-end=plain'.split(' ');

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

  it('fills a blank line of .env in its place', async () => {
    await give(
      '.env',
      'SHOTGRAPH_OIDC_CLIENT_ID=\nSHOTGRAPH_SITE_SCRIPT_NAME=""\nSHOTGRAPH_LOG_LEVEL=warn\n',
    );
    expect((await init()).code).toBe(0);
    expect(await read('.env')).toMatch(
      /^SHOTGRAPH_OIDC_CLIENT_ID=shotgraph\nSHOTGRAPH_SITE_SCRIPT_NAME=shotgraph\nSHOTGRAPH_LOG_LEVEL=warn\nSHOTGRAPH_ENV/u,
    );
    expect((await read('.env')).match(/CLIENT_ID/gu)).toHaveLength(1);
  });

  it('refuses a .env that would give the server another value than the answer that was tried', async () => {
    await give('.env', 'SHOTGRAPH_SITE_SCRIPT_KEY=of-another-site\n');
    const { code, said } = await init();
    expect([code, said]).toEqual([
      2,
      expect.stringContaining('.env has another value of SHOTGRAPH_SITE_SCRIPT_KEY than'),
    ]);
    expect(said).not.toContain('of-another-site');
    expect(await readdir(folder)).toEqual(['.env']);
  });

  it('refuses a menu item that the shotgraph.yml that stays does not have', async () => {
    await give('shotgraph.yml', "amis: { ours: { secrets: ['${OURS}'], opens: /apps/ours/ } }\n");
    const { code, said } = await init(['--item', 'theirs', '--create-menu-item']);
    expect([code, said]).toEqual([
      2,
      expect.stringMatching(/no menu item "theirs"\. .* choose one that is there: ours\./u),
    ]);
    expect(await readdir(folder)).toEqual(['shotgraph.yml']);
  });

  it('takes the secret of the menu item from the files, as the server does', async () => {
    await init(['--item', 'shots', '--type', 'Shot']);
    await give('.env', `${await read('.env')}OURS=of-the-file\n`);
    await give('shotgraph.yml', (await read('shotgraph.yml')).replace(/SHOTGRAPH_AMI_SECRET_SHOTS/u, 'OURS'));
    process.env['OURS'] = 'of-the-shell';
    const secret = await secretInFiles(folder, 'shots').finally(() => delete process.env['OURS']);
    expect(secret).toBe('of-the-file');
  });

  it('takes Ctrl+C after the files were written as a no, and tells the next steps', async () => {
    const confirm = vi.fn<Asker['confirm']>().mockResolvedValueOnce(true).mockRejectedValue(new Cancelled());
    const { code, said } = await studio.run(['init', folder, ...ITEM], {}, { confirm });
    expect(confirm.mock.calls.map(([question]) => question)).toEqual([
      expect.stringMatching(/^Write \d+ files/u),
      ...confirm.mock.calls.slice(1, -1).map(() => expect.stringMatching(/by npm/u)),
      expect.stringMatching(/^Make the menu item/u),
    ]);
    expect([code, said]).toEqual([0, expect.stringContaining('\nNext:\n')]);
    expect(said).not.toContain('Nothing was written');
    expect(said).toContain('Title');
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
