import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserContext, Frame, Page } from 'playwright-core';

/** Where the package finds Apollo's page. */
export const SANDBOX_ORIGIN = 'https://sandbox.embed.apollographql.com';
/** Anything of Apollo's, so that a test sees what is asked of it. */
export const APOLLO = /^https:\/\/[^/]*apollographql\.com\//u;

/** Speaks the package's own messages (version 2.7.4, src/helpers/postMessageRelayHelpers): the real host is not reached. */
const PAGE = `<!doctype html><title>stand-in</title><body><textarea></textarea><script>
window.heard = [];
addEventListener('message', ({ data, origin }) => heard.push({ ...data, origin }));
if (!location.search.includes('silent')) parent.postMessage({ name: 'ExplorerListeningForHandshake' }, '*');
</script>`;

export interface Heard {
  readonly name: string;
  readonly origin: string;
  readonly operationId?: string;
  readonly schema?: unknown;
  readonly parentHref?: string;
  readonly response?: {
    readonly status?: number;
    readonly data?: Record<string, unknown> | null;
    readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
  };
}

/** Answers for Apollo's host with a page that does what a test tells it to. */
export async function standIn(page: Page, body = PAGE): Promise<{ readonly asked: string[] }> {
  const asked: string[] = [];
  await page.context().route(APOLLO, (route) => {
    asked.push(route.request().url());
    return route.fulfill({ contentType: 'text/html', body });
  });
  return { asked };
}

/** The frame, once it has had its handshake. */
export async function frameOf(page: Page): Promise<Frame> {
  const element = await page.waitForSelector('iframe[title="Apollo Sandbox"]');
  const frame = await element.contentFrame();
  if (frame === null) throw new Error('no frame');
  await heard(frame, 'HandshakeResponse');
  return frame;
}

/** Sends a message to the page that holds the frame. */
export const say = (frame: Frame, message: unknown): Promise<void> =>
  frame.evaluate(`parent.postMessage(${JSON.stringify(message)}, '*')`);

/** Waits for a message of the package to the frame. */
export async function heard(frame: Frame, name: string, operationId?: string): Promise<Heard> {
  const isIt = operationId === undefined ? '' : ` && message.operationId === ${JSON.stringify(operationId)}`;
  const found = await frame.waitForFunction(
    `heard.find((message) => message.name === ${JSON.stringify(name)}${isIt})`,
  );
  return (await found.jsonValue()) as Heard;
}

export const allHeard = (frame: Frame): Promise<readonly Heard[]> => frame.evaluate('heard');

let operations = 0;

/** Asks as the Sandbox does when a person clicks Run, and waits for the answer. */
export async function run(
  frame: Frame,
  operation: string,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<NonNullable<Heard['response']>> {
  operations += 1;
  const operationId = `operation-${operations}`;
  await say(frame, request(operationId, operation, changes));
  const { response } = await heard(frame, 'ExplorerResponse', operationId);
  if (response === undefined) throw new Error('an answer without a response');
  return response;
}

export const request = (
  operationId: string,
  operation: string,
  changes: Readonly<Record<string, unknown>> = {},
) => ({
  name: 'ExplorerRequest',
  operationId,
  operation,
  variables: {},
  headers: {},
  includeCookies: true,
  endpointUrl: 'http://localhost/graphql',
  ...changes,
});

/** Signed in, at the explorer, with the Sandbox chosen on an earlier visit; GraphiQL is not loaded then. */
export async function openExplorer(context: BrowserContext, bffUrl: string, name: string): Promise<Page> {
  await context.addInitScript(`localStorage.setItem('shotgraph:explorer', 'sandbox')`);
  const page = await context.newPage();
  await page.goto(`${bffUrl}/auth/login?returnTo=/graphql`);
  await page.click(`button:has-text("${name}")`);
  return page;
}

/** The Sandbox after Mira's click on Load. */
export async function loadSandbox(context: BrowserContext, bffUrl: string) {
  const page = await openExplorer(context, bffUrl, 'Mira Okafor');
  const { asked } = await standIn(page);
  await page.click('button:has-text("Load")');
  return { page, frame: await frameOf(page), asked };
}

interface Posted {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What the page posts from now on, once there are so many, as the browser tells it. Of a request and of what a frame of another
 * site got for it, it tells in no certain order.
 */
export async function postsOf(page: Page): Promise<(count: number) => Promise<readonly Posted[]>> {
  const seen: Posted[] = [];
  const browser = await page.context().newCDPSession(page);
  browser.on('Network.requestWillBeSent', ({ request: { method, url, headers } }) => {
    if (method === 'POST') seen.push({ url, headers: lowerCased(headers) });
  });
  await browser.send('Network.enable');
  return async (count) => {
    while (seen.length < count) await pause(20);
    return seen;
  };
}

const lowerCased = (headers: Readonly<Record<string, string>>): Posted['headers'] =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
