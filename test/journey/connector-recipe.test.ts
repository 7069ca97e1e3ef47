import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeJwt } from 'jose';
import { ROOT } from '../rules/source-files.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { FARM_AUDIENCE, startStudio, type Studio } from '../support/studio.ts';

/** The connector of docs/recipes/connector.md, copied from there, in front of a service that is not ours. */
describe('The recipe of a connector', () => {
  let folder: string;
  let service: Server;
  let studio: Studio;
  const asked: { url: string; audience: unknown; person: unknown }[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-recipe-'));
    await mkdir(join(folder, 'connectors'));
    const recipe = await readFile(join(ROOT, 'docs/recipes/connector.md'), 'utf8');
    const code = /```js\n(?<code>[\s\S]*?)```/u.exec(recipe)?.groups?.['code'] ?? '';
    const yaml = /```yaml\n(?<yaml>[\s\S]*?)```/u.exec(recipe)?.groups?.['yaml'] ?? '';
    await writeFile(join(folder, 'connectors', 'dailies.js'), code);
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    service = createServer((request, response) => {
      const { aud, preferred_username: person } = decodeJwt(
        String(request.headers.authorization).replace('Bearer ', ''),
      );
      asked.push({ url: `${request.method} ${request.url}`, audience: aud, person });
      const entry = { id: 1, screening: 'Monday', seconds: 7, version: { id: 1 } };
      const isList = request.url?.startsWith('/api/entries?') === true;
      response.end(
        JSON.stringify(request.url === '/api/next' ? { name: 'Tuesday' } : isList ? [entry] : entry),
      );
    });
    service.listen(0, '127.0.0.1');
    await once(service, 'listening');
    const address = `http://127.0.0.1:${(service.address() as AddressInfo).port}/api`;
    const amis =
      "amis:\n  review: { secrets: ['${SHOTGRAPH_AMI_SECRET_REVIEW}'], opens: /apps/review/ }\napps:\n  review: { directory: . }\n";
    const settings = yaml
      .replace('https://dailies.studio.example/api', address)
      .replace('audience: https://dailies.studio.example', `audience: ${FARM_AUDIENCE}`);
    await writeFile(join(folder, 'shotgraph.yml'), amis + settings);
    studio = await startStudio({ SHOTGRAPH_CONFIG: join(folder, 'shotgraph.yml') });
  });
  afterAll(async () => {
    await studio?.stop();
    service.close();
    service.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  it('works as printed on the page: fields, a query and a mutation, as the person', async () => {
    const browser = new BrowserClient();
    const page = await browser.get(`${studio.bffUrl}/auth/login?returnTo=/`);
    await browser.post(page.url, { form: { login: 'joao' } });
    const { data, errors } = await studio.ask(
      browser,
      `{ nextScreening versions(first: 2, sort: [{ field: ID, direction: ASC }]) { nodes { id dailies { screening version { id } } } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data?.['nextScreening']).toBe('Tuesday');
    expect(JSON.stringify(data)).toContain('dailies');
    const shown = await studio.ask(browser, 'mutation { showInDailies(versionId: 1) { screening seconds } }');
    expect(shown.data).toEqual({ showInDailies: { screening: 'Monday', seconds: 7 } });
    expect(asked.map(({ url }) => url.replace(/=.*/u, '')).toSorted()).toEqual([
      'GET /api/entries?versions',
      'GET /api/next',
      'POST /api/entries',
    ]);
    expect(new Set(asked.map(({ audience, person }) => `${String(person)} ${String(audience)}`))).toEqual(
      new Set([`joao ${FARM_AUDIENCE}`]),
    );
  });
});
