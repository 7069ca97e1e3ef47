import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';

const PER_MINUTE = 6;
const MANY = 4 * PER_MINUTE;

let bff: Bff;
beforeEach(async () => {
  bff = await startBff({
    change: (config) => ({ ...config, session: { ...config.session, loginsPerMinute: PER_MINUTE } }),
  });
});
afterEach(() => bff.stop());

const guess = (name: string, value = randomBytes(32).toString('base64url')) => {
  const client = new BrowserClient();
  client.setCookie(bff.url, name, value);
  return client;
};

async function statusesOf(clients: readonly BrowserClient[]): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (const client of clients) {
    statuses.push((await client.get(`${bff.url}/auth/session`, { from: 'same-origin' })).status);
  }
  return statuses;
}

describe('an attacker who tries session ids, one after another', () => {
  it.each(['__Host-sid', '__Host-sid_m'])(
    'is slowed down with %s, while people of that address continue to work',
    async (name) => {
      const mira = new BrowserClient();
      await mira.get(`${bff.url}/auth/login`);
      const statuses = await statusesOf(Array.from({ length: MANY }, () => guess(name)));
      expect(statuses.slice(0, PER_MINUTE)).toEqual(Array.from({ length: PER_MINUTE }, () => 401));
      expect(new Set(statuses.slice(PER_MINUTE))).toEqual(new Set([429]));
      expect(await statusesOf([mira])).toEqual([200]);
      // So does somebody who signs in meanwhile.
      const joao = new BrowserClient();
      bff.idp.person = { sub: 'sub-joao', preferred_username: 'joao', name: 'João Lima' };
      await joao.get(`${bff.url}/auth/login`);
      expect(await statusesOf([joao])).toEqual([200]);
    },
  );
});

describe('a page whose session is over', () => {
  it('may continue to send requests: an old cookie counts as one guess', async () => {
    const old = guess('__Host-sid');
    await statusesOf([old]);
    const statuses = await statusesOf(Array.from({ length: MANY }, () => old));
    expect(new Set(statuses)).toEqual(new Set([401]));
  });
});
