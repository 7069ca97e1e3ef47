import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runStudio } from '../../../studio/cli/run.ts';
import { writeSchema } from '../../../studio/demo/schema-files.ts';
import { demoDataset } from '../../../studio/site/demo/dataset.ts';
import { SWITCHES } from '../../../studio/site/switches.ts';
import { ROOT } from '../../rules/source-files.ts';

describe('the command shotgrid-studio', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgrid-studio-test-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Runs it; what it prints while it runs goes to `whileRunning`, after which it is stopped. */
  async function typed(line: string, whileRunning?: (told: string) => Promise<void>) {
    const stopping = new AbortController();
    const [printed, errors]: [string[], string[]] = [[], []];
    let work = Promise.resolve();
    const exitCode = await runStudio(line === '' ? [] : line.split(' '), {
      print(text) {
        printed.push(text);
        if (whileRunning === undefined) return;
        work = whileRunning(text).finally(() => stopping.abort());
      },
      printError: (text) => void errors.push(text),
      columns: 100,
      environment: {},
      folder,
      signal: stopping.signal,
    });
    await work;
    return { exitCode, printed: printed.join('\n'), errors: errors.join('\n') };
  }

  it('lists its commands with the exit codes, and prints its version', async () => {
    const { exitCode, printed } = await typed('');
    expect(exitCode).toBe(0);
    for (const name of ['demo', 'site', 'idp', 'farm'])
      expect(printed).toMatch(new RegExp(`^  ${name} `, 'mu'));
    expect(printed).toContain('2  the command or an option is wrong');
    const { version } = JSON.parse(await readFile(join(ROOT, 'studio/package.json'), 'utf8')) as {
      version: string;
    };
    expect(await typed('--version')).toEqual({ exitCode: 0, printed: version, errors: '' });
  });

  it('is of the version of Shotgraph, beside which it is installed', async () => {
    const versions = await Promise.all(
      ['package.json', 'studio/package.json'].map(
        async (path) => (JSON.parse(await readFile(join(ROOT, path), 'utf8')) as { version: string }).version,
      ),
    );
    expect(versions[0]).toBe(versions[1]);
  });

  it.each(['demo', 'site', 'idp', 'farm'])('says what %s takes, with an example', async (name) => {
    const { exitCode, printed } = await typed(`${name} --help`);
    expect([exitCode, printed]).toEqual([0, expect.stringContaining(`\n    shotgrid-studio ${name}`)]);
  });

  it('lists every switch of the site', async () => {
    const { printed } = await typed('site --help');
    expect(Object.keys(SWITCHES).filter((name) => !printed.includes(`  ${name}=`))).toEqual([]);
  });

  it.each([
    ['a command that there is none of', 'sit', 2, /unknown command 'sit'\n\(Did you mean site\?\)/u],
    [
      'an option that there is none of',
      'idp --prot 1',
      2,
      /unknown option '--prot'\n\(Did you mean --port\?\)/u,
    ],
    [
      'an invalid port',
      'site --port 65536',
      2,
      /'65536' is invalid\. It takes a whole number from 0 to 65535/u,
    ],
    ['an invalid address', 'farm --issuer idp', 2, /It takes an address such as http:/u],
    ['an API without its scope', 'idp --api https://farm.example', 2, /It takes an address and a scope/u],
    ['rows without a schema', 'site --generate 5', 1, /^--data and --generate need --schema/u],
    ['a switch that there is none of', 'site --switch a=b', 1, /^There is no switch "a"\. Switches: /u],
    ['a folder without a schema', 'site --schema nowhere', 1, /entity-types\.json cannot be read\.$/u],
    ['a file of people that is not there', 'idp --users none.json', 1, /^none\.json cannot be read\.$/u],
  ])('refuses %s', async (_, line, exitCode, message) => {
    const { errors, ...told } = await typed(line);
    expect(told).toEqual({ exitCode, printed: '' });
    expect(errors).toMatch(message);
  });

  it.each([
    ['no list', '{"login": "eva"}', /: expected \[/u],
    ['no login', '[{"name": "Eva"}]', /, entry 1 has no login/u],
    ['a name that is no text', '[{"login": "eva", "name": 7}]', /, entry 1: name is no text/u],
    ['one login twice', '[{"login": "eva"}, {"login": "EVA"}]', /the login "EVA" is there twice/u],
  ])('refuses a file of people with %s', async (_, text, message) => {
    const file = join(folder, 'people.json');
    await writeFile(file, text);
    const { exitCode, errors } = await typed(`idp --port 0 --users ${file}`);
    expect([exitCode, errors]).toEqual([1, expect.stringMatching(message)]);
  });

  it('says which port is taken, and leaves nothing behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    for (const line of [
      `site --port ${port}`,
      `site --port 0 --storage-port ${port}`,
      `idp --port ${port}`,
    ]) {
      expect(await typed(line)).toEqual({
        exitCode: 1,
        printed: '',
        errors: `Port ${port} is taken. End what listens there, or choose another port.`,
      });
    }
    other.close();
  });

  it('runs the site until it is stopped, with the menu items of that server and those switches', async () => {
    const { exitCode } = await typed(
      'site --port 0 --server http://localhost:5999/ --switch auth.userMethod=oxygen',
      async (told) => {
        const url = /ready at (\S+)/u.exec(told)?.[1] ?? '';
        const about = (await (await fetch(`${url}/api/v1`)).json()) as { data: object };
        expect(about.data).toMatchObject({ user_authentication_method: 'oxygen' });
        const token = await fetch(`${url}/api/v1/auth/access_token`, {
          method: 'POST',
          body: new URLSearchParams({
            grant_type: 'client_credentials',
            client_id: 'shotgraph',
            client_secret: 'demo-script-key',
          }),
        });
        const { access_token: bearer } = (await token.json()) as { access_token: string };
        const items = await fetch(`${url}/api/v1/entity/action_menu_items?fields=url`, {
          headers: { authorization: `Bearer ${bearer}` },
        });
        expect(await items.text()).toContain('http://localhost:5999/ami/review');
      },
    );
    expect(exitCode).toBe(0);
  });

  it('runs the provider with people of a file, for further redirect addresses', async () => {
    const file = join(folder, 'people.json');
    await writeFile(file, '[{"login": "Eva.B"}]');
    const { exitCode } = await typed(
      `idp --port 0 --users ${file} --redirect http://localhost:3000/back`,
      async (told) => {
        const issuer = /issuer ([^,\s]+),/u.exec(told)?.[1] ?? '';
        const query = new URLSearchParams({
          client_id: 'shotgraph',
          response_type: 'code',
          scope: 'openid',
          redirect_uri: 'http://localhost:3000/back',
          code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
          code_challenge_method: 'S256',
        });
        const answer = await fetch(`${issuer}/auth?${query.toString()}`, { redirect: 'manual' });
        expect([answer.status, answer.headers.get('location')]).toEqual([
          303,
          expect.stringContaining('/interaction/'),
        ]);
        const cookie = answer.headers
          .getSetCookie()
          .map((line) => line.split(';')[0])
          .join('; ');
        const page = await fetch(new URL(answer.headers.get('location') ?? '', issuer), {
          headers: { cookie },
        });
        expect(await page.text()).toContain('Eva.B');
      },
    );
    expect(exitCode).toBe(0);
  });

  it('runs the farm, which takes nobody without a token', async () => {
    const { exitCode } = await typed('farm --port 0', async (told) => {
      const url = /ready at (\S+):/u.exec(told)?.[1] ?? '';
      expect((await fetch(`${url}/jobs?versions=1`)).status).toBe(401);
    });
    expect(exitCode).toBe(0);
  });

  it('writes the schema of the demo for its server as the snapshot of this repository has it', async () => {
    const written = writeSchema(folder, demoDataset());
    for (const name of ['entity-types.json', 'fields.json']) {
      const [own, pulled] = await Promise.all(
        [written, join(ROOT, 'schema/site')].map(async (place) => await readFile(join(place, name), 'utf8')),
      );
      expect(JSON.parse(own ?? '')).toEqual(JSON.parse(pulled ?? ''));
    }
  });
});
