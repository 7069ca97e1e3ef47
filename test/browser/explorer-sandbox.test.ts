import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startChromium } from '../support/chromium.ts';
import {
  APOLLO,
  frameOf,
  heard,
  loadSandbox,
  openExplorer,
  postsOf,
  run,
  SANDBOX_ORIGIN,
  say,
  standIn,
} from '../support/sandbox-stand-in.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const VIEWER = '{ viewer { login } }';

describe("the Apollo Sandbox in the explorer, with a stand-in at Apollo's address", () => {
  let studio: Studio;
  let browser: Browser;
  let context: BrowserContext;
  beforeAll(async () => {
    studio = await startStudio();
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await studio?.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext();
  });
  afterEach(() => context.close());

  const openAs = (name: string): Promise<Page> => openExplorer(context, studio.bffUrl, name);
  const load = () => loadSandbox(context, studio.bffUrl);
  const advice = (page: Page, code: string): Promise<void> =>
    page.locator('[data-testid="advice"]', { hasText: code }).waitFor();

  it('is loaded only after a click, beside an explanation of the click, and is preselected the next time', async () => {
    const page = await context.newPage();
    await page.goto(`${studio.bffUrl}/auth/login?returnTo=/graphql`);
    await page.click(`button:has-text("Mira Okafor")`);
    const { asked } = await standIn(page);
    await page.click('button:has-text("Apollo Sandbox")');
    await page.locator('text=it can ask this server, and change things, as Mira Okafor').waitFor();
    await page.reload();
    await page.locator('button[aria-pressed="true"]:has-text("Apollo Sandbox")').waitFor();
    expect(asked).toEqual([]);
    await page.click('button:has-text("Load")');
    await frameOf(page);
    expect(asked).toHaveLength(1);
  });

  it('is told this address, that cookies are sent, that nothing of it can be changed, and no telemetry', async () => {
    const { asked } = await load();
    const url = new URL(asked[0] ?? '');
    expect(url.origin).toBe(SANDBOX_ORIGIN);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      endpoint: `${studio.bffUrl}/graphql`,
      endpointIsEditable: 'false',
      hideCookieToggle: 'true',
      defaultIncludeCookies: 'true',
      sendOperationHeadersInIntrospection: 'false',
      shouldDefaultAutoupdateSchema: 'false',
      runTelemetry: 'false',
    });
    expect(url.searchParams.has('sharedHeaders')).toBe(false);
  });

  it('reads the schema, and runs queries and mutations as Mira', async () => {
    const { page, frame } = await load();
    await page.locator('text=You ask as Mira Okafor, artist.').waitFor();
    await say(frame, {
      name: 'IntrospectionQueryWithHeaders',
      operationId: 'schema',
      introspectionRequestBody: JSON.stringify({ query: '{ __schema { queryType { name } } }' }),
      introspectionRequestHeaders: {},
      includeCookies: false,
      sandboxEndpointUrl: `${studio.bffUrl}/graphql`,
    });
    expect((await heard(frame, 'SchemaResponse')).schema).toEqual({
      __schema: { queryType: { name: 'Query' } },
    });
    expect(await run(frame, VIEWER)).toMatchObject({ status: 200, data: { viewer: { login: 'mira' } } });
    const [id] = studio.mirasVersionIds;
    const change =
      'mutation ($id: Int!) { updateVersion(id: $id, input: { description: "From the Sandbox" }) { description } }';
    const changed = await run(frame, change, { variables: { id } });
    expect(changed.data).toEqual({ updateVersion: { description: 'From the Sandbox' } });
    const writes = (await studio.siteRequests()).filter(({ method }) => method === 'PUT');
    expect(writes.map(({ actingAs }) => actingAs)).toEqual(['mira']);
  });

  it('shows the advice for a refusal of ShotGrid until the next answer', async () => {
    const { page, frame } = await load();
    const refused = await run(frame, 'mutation { deleteVersion(id: 1) { type } }');
    const code = refused.errors?.[0]?.extensions.code ?? '';
    expect(code).toBe('FORBIDDEN');
    await advice(page, 'ShotGrid does not allow this for you. Ask for the permission in ShotGrid.');
    await run(frame, VIEWER);
    await page.locator('[data-testid="advice"]').waitFor({ state: 'detached' });
  });

  it('sends requests only to this server, without the headers that the frame names', async () => {
    const { page, frame } = await load();
    const posts = await postsOf(page);
    const answer = await run(frame, VIEWER, {
      endpointUrl: 'https://elsewhere.example/graphql',
      includeCookies: false,
      headers: {
        authorization: 'Bearer of-another-person',
        'x-shotgraph-launch': 'a-launch',
        'content-type': 'text/plain',
        'x-anything': 'else',
      },
    });
    expect(answer.data).toEqual({ viewer: { login: 'mira' } });
    const seen = await posts(1);
    expect(seen.map(({ url }) => url)).toEqual([`${studio.bffUrl}/graphql`]);
    expect(seen[0]?.headers).toMatchObject({ 'content-type': 'application/json' });
    for (const name of ['authorization', 'x-shotgraph-launch', 'x-anything'])
      expect(seen[0]?.headers).not.toHaveProperty(name);
  });

  it('reports that the session ended between two queries, and keeps the typed text while Mira signs in again', async () => {
    const { page, frame } = await load();
    await run(frame, VIEWER);
    await frame.fill('textarea', 'half a query');
    await context.clearCookies({ name: '__Host-sid' });
    const refused = await run(frame, VIEWER);
    expect(refused).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    await advice(page, 'You are not signed in. Sign in and repeat the request.');
    await page.locator('text=Your session has ended.').waitFor();
    const [beside] = await Promise.all([context.waitForEvent('page'), page.click('a:has-text("Sign in")')]);
    // The provider still knows Mira, so nothing is typed.
    await beside.locator('text=go back to it').waitFor();
    await page.locator('text=You ask as Mira Okafor, artist.').waitFor();
    expect((await run(frame, VIEWER)).data).toEqual({ viewer: { login: 'mira' } });
    expect(await frame.inputValue('textarea')).toBe('half a query');
  });

  it('opens a task of docs/graphql.md as its first query', async () => {
    const page = await openAs('João Almeida');
    const { asked } = await standIn(page);
    await page.selectOption('select', 'MyTasks');
    await page.click('button:has-text("Open")');
    await page.click('button:has-text("Load")');
    await frameOf(page);
    const opened = (url: string | undefined, name: string) =>
      decodeURIComponent(new URL(url ?? '').searchParams.get(name) ?? '');
    expect(opened(asked[0], 'defaultDocument')).toMatch(/^query MyTasks/u);
    const me = (await (await context.request.get(`${studio.bffUrl}/auth/session`)).json()) as {
      person: { id: number };
    };
    expect(JSON.parse(opened(asked[0], 'defaultVariables'))).toEqual({
      me: { type: 'HumanUser', id: me.person.id },
    });
    await page.selectOption('select', 'Find');
    await page.click('button:has-text("Open")');
    await frameOf(page);
    expect(opened(asked[1], 'defaultDocument')).toMatch(/^query Find/u);
  });

  it('stays as it is while a task is opened in GraphiQL', async () => {
    const { page, frame, asked } = await load();
    await frame.fill('textarea', 'half a query');
    await page.click('button:has-text("GraphiQL")');
    await page.selectOption('select', 'Find');
    await page.click('button:has-text("Open")');
    await page.locator('.graphiql-tab-active', { hasText: 'Find' }).waitFor();
    await page.click('button:has-text("Apollo Sandbox")');
    expect((await run(frame, VIEWER)).data).toEqual({ viewer: { login: 'mira' } });
    expect(await frame.inputValue('textarea')).toBe('half a query');
    expect(asked).toHaveLength(1);
  });

  describe('gives way to GraphiQL, with a sentence, where its host', () => {
    it.each<[string, 'namenotresolved' | 'connectionrefused' | 'blockedbyclient' | undefined]>([
      ['is not found', 'namenotresolved'],
      ['refuses', 'connectionrefused'],
      ['is blocked', 'blockedbyclient'],
      ['shows a page that says nothing', undefined],
    ])('%s', async (_, failure) => {
      const page = await openAs('Mira Okafor');
      await page
        .context()
        .route(APOLLO, (route) =>
          failure === undefined
            ? route.fulfill({ contentType: 'text/html', body: 'Sign in to this network' })
            : route.abort(failure),
        );
      await page.click('button:has-text("Load")');
      await page
        .locator('text=Apollo Sandbox did not answer within 5 seconds, so this is GraphiQL.')
        .waitFor();
      await page.locator('.graphiql-container').waitFor();
      expect(await page.locator('iframe[title="Apollo Sandbox"]').count()).toBe(0);
      await page.click('button:has-text("Apollo Sandbox")');
      await page.locator('button:has-text("Load")').waitFor();
    });
  });
});
