import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserClient } from '../support/browser-client.ts';
import { type DevRepository, makeDevRepository, type Running } from '../support/dev-repository.ts';

/** A pipeline developer works on a repository whose front end is served by Vite. */
describe('shotgraph dev with Vite', () => {
  let repository: DevRepository;
  let dev: Running;
  beforeAll(async () => {
    repository = await makeDevRepository('vite');
    dev = repository.run(['dev']);
    await dev.until(() => dev.said().includes('Watching'));
    await dev.until(() => repository.isUp());
  });
  afterAll(async () => {
    dev.child.kill('SIGKILL');
    await repository.close();
  });

  const startsOf = (): number => dev.said().match(/"server\.started"/gu)?.length ?? 0;

  it('opens a click at the page that Vite serves, which asks with the cookie of the person who signed in', async () => {
    const origin = /served by Vite at (\S+)\/apps\/review\//u.exec(dev.said())?.[1] ?? 'none';
    const { bffUrl } = repository;
    const fields = ['entity_type=Version', 'selected_ids=1', 'ids=1', 'user_id=31', 'user_login=mira'];
    const sign = repository.run(['ami', 'sign', '--ami', 'review', ...fields]);
    await sign.ended;
    const browser = new BrowserClient();
    const post = await browser.post(`${bffUrl}/ami/review`, { form: sign.said().trim(), from: 'cross-site' });
    const page = await browser.post(post.url, { form: { login: 'mira' } });
    expect(page.url).toMatch(new RegExp(`^${origin}/apps/review/\\?launch=`, 'u'));
    expect([page.status, page.body]).toEqual([
      200,
      expect.stringContaining(`name="shotgraph" content="${bffUrl}"`),
    ]);
    const answer = await browser.post(`${bffUrl}/graphql`, {
      json: { query: '{ viewer { login } }' },
      from: 'same-origin',
      headers: { origin },
    });
    expect(JSON.parse(answer.body)).toMatchObject({ data: { viewer: { login: 'mira' } } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
  });

  it('keeps the server while shotgraph.yml has a mistake, and starts it again once that is corrected', async () => {
    const path = join(repository.folder, 'shotgraph.yml');
    const text = await readFile(path, 'utf8');
    dev.hush();
    await writeFile(path, 'amis: {');
    await dev.until(() => dev.said().includes('waits for the change'));
    expect(await repository.isUp()).toBe(true);
    await writeFile(path, text);
    await dev.until(() => startsOf() > 0);
    await dev.until(() => repository.isUp());
  });

  it('compiles a class that was changed before it starts again, and keeps the server where that fails', async () => {
    const path = join(repository.folder, 'extensions', 'greeting.mts');
    const text = await readFile(path, 'utf8');
    dev.hush();
    await writeFile(path, text.replace('class Greeting', 'clas Greeting'));
    await dev.until(() => dev.said().includes('do not compile'));
    expect(await repository.isUp()).toBe(true);
    dev.hush();
    await writeFile(path, text.replace('Hello', 'Welcome'));
    await dev.until(() => startsOf() > 0);
    expect(await readFile(join(repository.folder, 'dist', 'extensions', 'greeting.mjs'), 'utf8')).toContain(
      'Welcome',
    );
    await dev.until(() => repository.isUp());
  });

  it('ends its server and the server of Vite with itself', async () => {
    dev.child.kill('SIGINT');
    expect(await dev.ended).toBe(0);
    expect(await repository.isUp()).toBe(false);
  });
});
