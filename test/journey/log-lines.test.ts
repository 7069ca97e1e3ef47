import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger, duringRequest } from '../../src/base/logger.ts';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';

interface Line {
  readonly level: string;
  readonly event: string;
  readonly requestId?: string;
  readonly code?: string;
}

let bff: Bff;
beforeEach(async () => {
  bff = await startBff();
});
afterEach(() => bff.stop());

const lines = (): readonly Line[] => bff.logLines.map((line) => JSON.parse(line) as Line);

/** What a busy day has: people who sign in, providers that are out of order, forged posts, sign-outs of all kinds. */
async function aDay(): Promise<void> {
  const browser = new BrowserClient(() => bff.now());
  await browser.get(`${bff.url}/auth/login?returnTo=/apps/review/`);
  await browser.get(`${bff.url}/auth/session`, { from: 'same-origin' });
  await browser.post(`${bff.url}/graphql`, { json: { query: '{ viewer { login } }' }, from: 'same-origin' });
  await browser.post(`${bff.url}/ami/review`, { form: { signature: 'forged' }, from: 'cross-site' });
  await browser.post(`${bff.url}/ami/nowhere`, { form: { signature: 'forged' }, from: 'cross-site' });
  await browser.get(`${bff.url}/auth/frontchannel-logout?sid=`);
  await browser.post(`${bff.url}/auth/backchannel-logout`, { form: { logout_token: 'forged' } });
  await browser.get(`${bff.url}/auth/callback?state=unknown&code=x`);
  await browser.get(`${bff.url}/nowhere`);
  bff.idp.person = { sub: 'sub-mira' };
  bff.idp.userinfo = { sub: 'sub-mira', preferred_username: 'mira' };
  bff.idp.fault = (path, response) => {
    if (path !== '/userinfo') return false;
    response.writeHead(502).end();
    return true;
  };
  await new BrowserClient(() => bff.now()).get(`${bff.url}/auth/login`);
  bff.idp.fault = undefined;
  bff.idp.person = { sub: 'sub-nobody', preferred_username: 'nobody' };
  await new BrowserClient(() => bff.now()).get(`${bff.url}/auth/login`);
  await browser.post(`${bff.url}/auth/logout`, { json: {}, from: 'same-origin' });
}

it('each log line of a request has its id, and each warning or error its code', async () => {
  const before = bff.logLines.length;
  await aDay();
  const said = lines().slice(before);
  expect(said.filter(({ requestId }) => requestId === undefined)).toEqual([]);
  const troubles = said.filter(({ level }) => level === 'warn' || level === 'error');
  expect(troubles.filter(({ code }) => code === undefined)).toEqual([]);
  expect(new Set(troubles.map(({ event }) => event)).size).toBeGreaterThanOrEqual(3);
  // Nothing is given the id of another request.
  const ids = new Set(said.filter(({ event }) => event === 'http.request').map(({ requestId }) => requestId));
  expect(said.every(({ requestId }) => ids.has(requestId))).toBe(true);
});

it('a log line of an unexpected error has a code as well, and work outside a request has no id', () => {
  const written: Line[] = [];
  const logger = createLogger({ level: 'debug', write: (line) => written.push(JSON.parse(line) as Line) });
  logger.warn('one', { error: new TypeError('x') });
  logger.error('two', { error: undefined });
  duringRequest('r-1', () => logger.info('three'));
  expect(written).toMatchObject([{ code: 'INTERNAL' }, { code: 'INTERNAL' }, { requestId: 'r-1' }]);
  expect(written[0]).not.toHaveProperty('requestId');
});
