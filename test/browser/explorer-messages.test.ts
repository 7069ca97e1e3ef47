import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, Frame, Page } from 'playwright-core';
import { startChromium } from '../support/chromium.ts';
import {
  allHeard,
  loadSandbox,
  postsOf,
  request,
  run,
  SANDBOX_ORIGIN,
  say,
} from '../support/sandbox-stand-in.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const VIEWER = '{ viewer { login } }';
/** Where the package keeps what a sign-in at Apollo gives. */
const TOKENS = 'apolloStudioEmbeddedExplorerEncodedApiKey';

describe('the explorer drops a message to the Sandbox and continues:', () => {
  let studio: Studio;
  let browser: Browser;
  let page: Page;
  let frame: Frame;
  beforeAll(async () => {
    studio = await startStudio();
    browser = await startChromium();
    ({ page, frame } = await loadSandbox(await browser.newContext(), studio.bffUrl));
    await page.evaluate(`localStorage.setItem('${TOKENS}', '{"k":"kept"}')`);
  });
  afterAll(async () => {
    await browser?.close();
    await studio?.stop();
  });
  beforeEach(() => frame.evaluate('heard.length = 0'));
  afterEach(() => void page.removeAllListeners());

  const subscription = {
    name: 'ExplorerSubscriptionRequest',
    operationId: 'sub',
    operation: 'subscription { live { viewer { login } } }',
    headers: {},
  };
  const oauth = 'https://sandbox.embed.apollographql.com/oauth';
  it.each<[string, unknown]>([
    [
      'a subscription over a socket',
      { ...subscription, protocol: 'graphql-ws', subscriptionUrl: 'wss://elsewhere.example/' },
    ],
    [
      'one over the older socket',
      {
        ...subscription,
        protocol: 'subscriptions-transport-ws',
        subscriptionUrl: 'wss://elsewhere.example/',
      },
    ],
    [
      'one over HTTP',
      {
        ...subscription,
        protocol: 'http-multipart',
        subscriptionUrl: 'https://elsewhere.example/',
        httpMultipartParams: {},
      },
    ],
    ['a sign-in that would open a window', { name: 'PreflightOAuthRequest', oauthUrl: oauth }],
    [
      'a token to keep here',
      { name: 'SetPartialAuthenticationTokenForParent', localStorageKey: 'k', partialToken: 't' },
    ],
    ['a sign-out', { name: 'TriggerLogoutInParent', localStorageKey: 'k' }],
    ['a question for a token', { name: 'ExplorerListeningForPartialToken', localStorageKey: 'k' }],
    ['an unknown name', { name: 'SomethingElse', operation: VIEWER, operationId: 'unknown' }],
    ['an inherited name', { name: 'constructor' }],
    ['nothing', null],
    ['a text', 'ExplorerRequest'],
    [
      'a query that is larger than the server takes',
      request('large', `{ viewer { login } } # ${'x'.repeat(1_000_000)}`),
    ],
    [
      'a query with a file',
      request('file', VIEWER, { fileVariables: [{ variableKey: 'f', files: [{}], isMultiFile: false }] }),
    ],
    ['a query that is no text', request('list', VIEWER, { operation: [VIEWER] })],
    ['a query without an address', request('nowhere', VIEWER, { endpointUrl: '' })],
    ['headers that are none', request('headers', VIEWER, { headers: 'x: y' })],
    [
      'an introspection that is no JSON',
      {
        name: 'IntrospectionQueryWithHeaders',
        operationId: 'i',
        introspectionRequestBody: '{',
        sandboxEndpointUrl: 'x',
      },
    ],
  ])('%s', async (_, message) => {
    const posts = await postsOf(page);
    const problems: string[] = [];
    page.on('pageerror', ({ message: problem }) => problems.push(problem));
    page.on('websocket', (socket) => problems.push(socket.url()));
    page.on('popup', (popup) => problems.push(popup.url()));
    await say(frame, message);
    // Messages come in their order: once this one is answered, the one before has had its turn.
    expect((await run(frame, VIEWER)).data).toEqual({ viewer: { login: 'mira' } });
    expect((await posts(1)).map(({ url }) => url)).toEqual([`${studio.bffUrl}/graphql`]);
    expect(problems).toEqual([]);
    expect((await allHeard(frame)).map(({ name }) => name)).toEqual(['ExplorerResponse']);
    expect(await page.evaluate(`localStorage.getItem('${TOKENS}')`)).toBe('{"k":"kept"}');
  });

  it('a query of another frame of the same host', async () => {
    const posts = await postsOf(page);
    await page.evaluate(`{
      const other = document.createElement('iframe');
      other.id = 'other';
      other.src = '${SANDBOX_ORIGIN}/other?silent';
      document.body.append(other);
    }`);
    const other = await (await page.waitForSelector('#other')).contentFrame();
    await other!.waitForURL(/other/u);
    await say(other!, request('other', '{ viewer { displayName } }'));
    await run(frame, VIEWER);
    expect(await posts(1)).toHaveLength(1);
    expect(await allHeard(other!)).toEqual([]);
  });

  it('a query that only looks as if it came from the frame', async () => {
    const posts = await postsOf(page);
    const forged = JSON.stringify(request('forged', '{ viewer { displayName } }'));
    for (const source of ['null', 'window', `document.querySelector('iframe').contentWindow`])
      for (const origin of [SANDBOX_ORIGIN, 'https://studio.apollographql.com', studio.bffUrl, 'null', '']) {
        // From the frame's own window and origin it is the frame that asks.
        if (source.startsWith('document') && origin === SANDBOX_ORIGIN) continue;
        await page.evaluate(
          `dispatchEvent(new MessageEvent('message', { data: ${forged}, origin: '${origin}', source: ${source} }))`,
        );
      }
    await run(frame, VIEWER);
    expect(await posts(1)).toHaveLength(1);
  });

  it('a subscription, with a notice that subscriptions are not passed on', async () => {
    await say(frame, subscription);
    await page.locator('text=This page passes on queries and changes only.').waitFor();
  });

  it('a query of a frame that has navigated to a host other than Apollo’s', async () => {
    const posts = await postsOf(page);
    await page.evaluate(`document.querySelector('iframe').src = 'about:blank'`);
    await frame.waitForURL('about:blank');
    await say(frame, request('moved', '{ viewer { displayName } }'));
    await page.evaluate(`fetch('/auth/session').then((answer) => answer.text())`);
    expect(await posts(0)).toEqual([]);
  });
});
