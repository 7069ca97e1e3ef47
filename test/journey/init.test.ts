import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { validate as validateDockerfile } from 'dockerfile-utils';
import { parse } from 'yaml';
import { DEMO, DEMO_AMI_SECRET } from '../../src/cli/init/answers.ts';
import { composeYaml } from '../../src/cli/init/yaml-files.ts';
import { runCommand } from '../../src/cli/run-command.ts';
import { USUAL } from '../../studio/usual.ts';
import { type CliStudio, startCliStudio } from '../support/cli-studio.ts';
import { CANARIES } from '../support/studio.ts';

/** A pipeline developer makes the studio's own repository. */
describe('shotgraph init', () => {
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
  const secrets = ['demo-script-key', CANARIES.clientSecret];

  it('writes a repository whose secrets only its owner can read, and git leaves alone', async () => {
    const { code, said } = await init(['--item', 'shot-tool', '--type', 'Shot', '--title', 'Shots & more']);
    expect([code, said]).toEqual([0, expect.stringContaining('Written: .gitignore, .env')]);
    const settings = await read('.env');
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600);
    expect(settings).toMatch(/^SHOTGRAPH_ENCRYPTION_KEYS=\S{44}$/mu);
    const secret = /^SHOTGRAPH_AMI_SECRET_SHOT_TOOL=(\S{43})$/mu.exec(settings)?.[1] ?? 'none';
    for (const word of [...secrets, secret]) expect(said).not.toContain(word);
    spawnSync('git', ['init', '-q'], { cwd: folder });
    spawnSync('git', ['add', '.'], { cwd: folder });
    const { stdout } = spawnSync('git', ['ls-files'], { cwd: folder, encoding: 'utf8' });
    expect(stdout).toContain('shotgraph.yml');
    expect(stdout).not.toMatch(/^\.env$/mu);
    const { stdout: found } = spawnSync(
      'git',
      ['grep', '--cached', '-l', '-e', secret, '-e', CANARIES.clientSecret],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    expect(found).toBe('');
    expect(await read('apps/shot-tool/index.html')).toContain('<title>Shots &amp; more</title>');
    expect(await read('apps/shot-tool/query.js')).toContain('... on Shot { sgStatusList');
    expect(said).toContain('/ami/shot-tool');
    expect(said).toContain('/auth/callback');
  });

  it('keeps what is there: files stay, and package.json, .gitignore and .env only get what they lack', async () => {
    await writeFile(
      join(folder, 'package.json'),
      '{\n\t"name": "ours",\n\t"scripts": { "start": "ours" }\n}\n',
    );
    await writeFile(join(folder, '.gitignore'), 'node_modules');
    await writeFile(
      join(folder, '.env'),
      'SHOTGRAPH_LOG_LEVEL=warn\r\nSHOTGRAPH_OIDC_CLIENT_ID=shotgraph\r\n',
    );
    await chmod(join(folder, '.env'), 0o644);
    await writeFile(join(folder, 'README.md'), '# Ours\n');
    await writeFile(join(folder, 'notes.txt'), 'ours');
    const { code, said } = await init();
    expect([code, said]).toEqual([0, expect.stringContaining('Stays as it is: README.md')]);
    expect(said).toMatch(/not empty: notes\.txt/u);
    expect(said).toContain('.env has Windows line ends');
    const { name, scripts } = JSON.parse(await read('package.json')) as { name: string; scripts: object };
    expect([name, scripts]).toEqual([
      'ours',
      expect.objectContaining({ start: 'ours', dev: 'shotgraph dev', doctor: 'shotgraph doctor' }),
    ]);
    expect(await read('package.json')).toMatch(/^\t"name"/mu);
    expect(await read('.gitignore')).toMatch(/^node_modules\ndist\n\.env\n/u);
    expect(await read('.env')).toMatch(
      /^SHOTGRAPH_LOG_LEVEL=warn\r\n.*CLIENT_ID=shotgraph\r\nSHOTGRAPH_ENV/u,
    );
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600);
    expect(await read('README.md')).toBe('# Ours\n');
  });

  it('is taken up by a second run, which keeps the keys that were made and the menu item', async () => {
    await init(['--item', 'shots', '--type', 'Shot']);
    const before = await read('.env');
    await rm(join(folder, 'apps'), { recursive: true });
    const { code, said } = await init();
    expect([code, said]).toEqual([0, expect.stringContaining('Written: apps/shots/index.html')]);
    expect(await read('.env')).toBe(before);
    expect(await readdir(join(folder, 'apps'))).toEqual(['shots']);
  });

  it.each<[string, readonly string[], Record<string, string>, RegExp]>([
    [
      'a site that is not there',
      [],
      { SHOTGRAPH_SITE_URL: 'http://127.0.0.1:9' },
      /fail {2}site .*\n.*SITE_URL/u,
    ],
    [
      'a site behind a proxy',
      [],
      { SHOTGRAPH_SITE_URL: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:8' },
      /HTTPS_PROXY is set, and Shotgraph asks the site and the provider without a proxy/u,
    ],
    ['a wrong key', [], { SHOTGRAPH_SITE_SCRIPT_KEY: 'wrong-key-0000' }, /fail {2}script .*\n.*SCRIPT_KEY/u],
    ['a wrong issuer', ['--issuer', 'http://127.0.0.1:9'], {}, /fail {2}provider .*\n.*OIDC_ISSUER/u],
    [
      'a redirect address that the provider does not know',
      ['--public-url', 'http://localhost:4999'],
      {},
      /fail {2}redirect URI .*\n.*Register http:\/\/localhost:4999\/auth\/callback/u,
    ],
    [
      'a wrong client secret',
      [],
      { SHOTGRAPH_OIDC_CLIENT_SECRET: 'not-the-secret' },
      /fail {2}client secret/u,
    ],
    ['a type that is not there', ['--type', 'Shots'], {}, /no type "Shots"\. Did you mean Shot\?/u],
    ['an invalid name', ['--item', 'Shot Tool'], {}, /"Shot Tool" must be lower-case letters/u],
    ['an invalid address', ['--site', 'studio'], {}, /SHOTGRAPH_SITE_URL must be an origin/u],
  ])('writes nothing with %s, and says what to do', async (...[, args, environment, advice]) => {
    const { code, said } = await init(args, environment);
    expect(code).toBeGreaterThan(0);
    expect(said).toMatch(advice);
    expect(await readdir(folder)).toEqual([]);
    for (const secret of [...secrets, 'wrong-key-0000', 'not-the-secret']) expect(said).not.toContain(secret);
  });

  it('names every missing answer at once, with the ways to give it, and no way by option for secrets', async () => {
    const { code, said } = await init([], { SHOTGRAPH_SITE_URL: '', SHOTGRAPH_SITE_SCRIPT_KEY: '' });
    expect(code).toBe(2);
    expect(said).toContain('Address of the ShotGrid site: --site, or SHOTGRAPH_SITE_URL');
    expect(said).toContain(
      'SHOTGRAPH_SITE_SCRIPT_KEY, SHOTGRAPH_SITE_SCRIPT_KEY_FILE, or the standard input',
    );
    const unasked = await studio.run(['init', folder]);
    expect([unasked.code, unasked.said]).toEqual([2, expect.stringContaining('no terminal to ask at')]);
  });

  it('takes secrets from files and from the standard input, and nothing else from there', async () => {
    await mkdir(join(folder, 'given'));
    await writeFile(join(folder, 'given', 'key'), 'demo-script-key\n');
    const asked = {
      SHOTGRAPH_SITE_SCRIPT_KEY: '',
      SHOTGRAPH_SITE_SCRIPT_KEY_FILE: join(folder, 'given', 'key'),
    };
    expect((await init([], asked)).code).toBe(0);
    expect(await read('.env')).toMatch(/^SHOTGRAPH_SITE_SCRIPT_KEY=demo-script-key$/mu);
    const said: string[] = [];
    const print = (text: string): void => void said.push(text);
    const args = ['init', join(folder, 'other'), '--yes', '--secrets-from-input'];
    const readInput = async (): Promise<string> => 'SHOTGRAPH_SITE_URL=http://127.0.0.1:9\n';
    expect(await runCommand(args, { print, printError: print, readInput })).toBe(2);
    expect(said.join('\n')).toContain('The standard input has SHOTGRAPH_SITE_URL; it takes');
  });

  it('has the answers for the studio in a box with --demo, and the secret of its menu item', async () => {
    const { code } = await init(['--demo', '--go-on'], { SHOTGRAPH_AMI_SECRET_REVIEW: 'of-another-site' });
    expect(code).toBe(0);
    const settings = await read('.env');
    // The shell of the test knows another site, as that of a developer would.
    for (const address of [studio.siteUrl, studio.issuer, CANARIES.clientSecret])
      expect(settings).not.toContain(address);
    expect(settings).toContain(`SHOTGRAPH_SITE_URL=${DEMO.site}`);
    expect(settings).toMatch(/^SHOTGRAPH_AMI_SECRET_REVIEW=demo-ami-secret$/mu);
    expect(settings).toMatch(/^SHOTGRAPH_SITE_HOSTS=localhost:\d+$/mu);
    const { ports, issuer, serverUrl, scriptName, scriptKey, clientId, clientSecret, amiSecret } = USUAL;
    expect(DEMO).toMatchObject({
      ...{ site: `http://127.0.0.1:${ports.site}`, script: scriptName, scriptKey, issuer },
      ...{ publicUrl: serverUrl, client: clientId, clientSecret },
    });
    expect(DEMO_AMI_SECRET).toBe(amiSecret);
  });

  it('makes the menu item as the script where it is asked to, once', async () => {
    const first = await init(['--item', 'shots', '--type', 'Shot', '--create-menu-item']);
    expect([first.code, first.said]).toEqual([
      0,
      expect.stringMatching(/ShotGrid has the menu item "Shots in/u),
    ]);
    const second = await init(['--create-menu-item']);
    expect([second.code, second.said]).toEqual([0, expect.stringContaining('already (ActionMenuItem')]);
    await rm(join(folder, '.env'));
  });

  it('stops at Ctrl+C between two files, says what was written, and goes on at the next run', async () => {
    const interrupt = setInterval(() => {
      if (process.listenerCount('SIGINT') > 0) process.emit('SIGINT');
    }, 0);
    const stopped = await init();
    clearInterval(interrupt);
    expect([stopped.code, stopped.said]).toEqual([
      1,
      expect.stringMatching(/Stopped\. Written: .*\nNot written: /u),
    ]);
    expect((await init()).code).toBe(0);
    expect(await readdir(folder)).toContain('package.json');
  });

  it('writes the files although a check fails with --go-on, and shows the secret token only when asked', async () => {
    const { code, said } = await init(['--go-on', '--issuer', 'http://127.0.0.1:9', '--item', 'late']);
    expect([code, said]).toEqual([0, expect.stringMatching(/fail {2}provider/u)]);
    const secret = /^SHOTGRAPH_AMI_SECRET_LATE=(.+)$/mu.exec(await read('.env'))?.[1] ?? 'none';
    const settings = { SHOTGRAPH_CONFIG: join(folder, 'shotgraph.yml'), SHOTGRAPH_AMI_SECRET_LATE: secret };
    expect(await studio.run(['ami', 'secret', 'late'], settings)).toEqual({ code: 0, said: secret });
    const unknown = await studio.run(['ami', 'secret', 'soon'], settings);
    expect([unknown.code, unknown.said]).toEqual([2, expect.stringContaining('no menu item "soon"')]);
  });
});

describe('shotgraph init where the script may not act for people', () => {
  it('says which right the role of the script needs', async () => {
    const studio = await startCliStudio({ switches: { 'auth.sudoRight': 'no_role' } });
    const folder = join(tmpdir(), `shotgraph-init-${process.pid}`);
    const { code, said } = await studio.run(['init', folder, '--yes']);
    await studio.stop();
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(/^fail {2}sudo .*\n.*advanced permission "sudo"/mu),
    ]);
    await expect(readdir(folder)).rejects.toThrow('ENOENT');
  });
});

describe('the files of a deployment', () => {
  it('are a Dockerfile without a mistake, and a compose.yml whose dollars are its own and whose secrets are files', async () => {
    expect(validateDockerfile(await readFile('templates/repository/Dockerfile', 'utf8'))).toEqual([]);
    const answers = { ...DEMO, opens: '/apps/x/', frontEnd: 'plain', item: 'shot-tool', client: 'a$b' };
    const text = composeYaml(await readFile('templates/repository/compose.yml', 'utf8'), {
      ...{
        site: '',
        script: '',
        scriptKey: '',
        issuer: '',
        publicUrl: '',
        clientSecret: '',
        title: '',
        type: '',
      },
      ...answers,
    });
    const { services, secrets } = parse(text) as {
      services: { shotgraph: { secrets: string[]; environment: Record<string, string> } };
      secrets: Record<string, { file: string }>;
    };
    expect(services.shotgraph.environment['SHOTGRAPH_OIDC_CLIENT_ID']).toBe('a$$b');
    expect(services.shotgraph.secrets).toEqual(Object.keys(secrets));
    const files = Object.entries(services.shotgraph.environment).filter(([name]) => name.endsWith('_FILE'));
    expect(files.map(([, path]) => path)).toEqual(Object.keys(secrets).map((name) => `/run/secrets/${name}`));
    for (const secret of [DEMO.scriptKey, DEMO.clientSecret, DEMO_AMI_SECRET])
      expect(text).not.toContain(secret);
  });
});

describe('the compiled example of a class', () => {
  it('is what the TypeScript compiler makes of its source', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shotgraph-compiled-'));
    const root = process.cwd();
    await writeFile(
      join(folder, 'greeting.mts'),
      await readFile('templates/repository/extensions/greeting.mts'),
    );
    const options = {
      ...(
        JSON.parse(await readFile('templates/repository/extensions/tsconfig.json', 'utf8')) as {
          compilerOptions: object;
        }
      ).compilerOptions,
      ...{ noCheck: true, rootDir: folder, outDir: join(folder, 'out') },
    };
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['greeting.mts'] }),
    );
    const tsc = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
    const found = await readdir(join(folder, 'out'), { recursive: true }).catch(() => [tsc.stdout]);
    const made = found.find((path) => path.endsWith('greeting.mjs')) ?? String(found);
    expect(await readFile(join(folder, 'out', made), 'utf8')).toBe(
      await readFile('templates/compiled/greeting.mjs', 'utf8'),
    );
    await rm(folder, { recursive: true });
  });
});
