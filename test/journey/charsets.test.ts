import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';

let bff: Bff;
beforeEach(async () => {
  bff = await startBff();
});
afterEach(() => bff.stop());

const JSON_BODY = 'application/json';
const FORM = 'application/x-www-form-urlencoded';
const PLACES = [
  ['/graphql', JSON_BODY],
  ['/auth/handover/start', JSON_BODY],
  ['/auth/handover/ticket', JSON_BODY],
  ['/auth/handover/approve', JSON_BODY],
  ['/auth/handover/redeem', JSON_BODY],
  ['/auth/logout', FORM],
  ['/auth/link/passphrase', FORM],
  ['/ami/review', FORM],
] as const;

async function post(path: string, type: string): Promise<number> {
  const browser = new BrowserClient(() => bff.now());
  await browser.get(`${bff.url}/auth/login`);
  const answer = await browser.post(`${bff.url}${path}`, {
    form: type.startsWith(FORM) ? 'a=b' : '{"query":"{ whoami }"}',
    from: 'same-origin',
    headers: { 'content-type': type },
  });
  return answer.status;
}

it.each(PLACES)('%s accepts bodies in UTF-8 only', async (path, type) => {
  const status = await post(path, `${type}; charset=utf-8`);
  expect(status).not.toBe(415);
  for (const charset of ['utf-7', 'utf-16', 'iso-8859-1', 'utf-32', 'bogus']) {
    expect([charset, await post(path, `${type}; charset=${charset}`)]).toEqual([charset, 415]);
  }
});
