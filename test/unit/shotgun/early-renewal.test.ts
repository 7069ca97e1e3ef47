import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { TokenCache } from '../../../src/shotgun/wire/token-cache.ts';
import type { Minted, ScriptToken } from '../../../src/shotgun/wire/tokens.ts';

const NEVER = new AbortController().signal;
/** A token is renewed from this time on, and used up to that one. */
const [FROM_MS, AT_MS] = [50, 100];

let nowMs: number;
let cache: TokenCache<ScriptToken>;
let asked: { readonly isEarly: boolean; answer(): void; refuse(error: unknown): void }[];

beforeEach(() => {
  [nowMs, asked] = [0, []];
  cache = new TokenCache<ScriptToken>({ now: () => nowMs }, 9);
});

/** The answer comes when the test gives it. */
const mint = (known: Minted<ScriptToken> | null): Promise<Minted<ScriptToken>> => {
  const [number, beganAtMs] = [asked.length + 1, nowMs];
  return new Promise((resolve, reject) => {
    const token = { value: `token ${number}` } as ScriptToken;
    const minted = { token, renewFromMs: beganAtMs + FROM_MS, renewAtMs: beganAtMs + AT_MS };
    asked.push({ isEarly: known !== null, answer: () => resolve(minted), refuse: reject });
  });
};

const get = async (): Promise<string> => (await cache.get('mira', mint, NEVER)).value;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function first(): Promise<void> {
  const token = get();
  asked[0]?.answer();
  expect(await token).toBe('token 1');
}

describe('a token is renewed before its time', () => {
  it('by one request beside the calls, which do not wait for it and use the new one as soon as it is there', async () => {
    await first();
    nowMs = FROM_MS - 1;
    await get();
    expect(asked).toHaveLength(1);
    nowMs = FROM_MS;
    expect(await Promise.all([get(), get(), get()])).toEqual(['token 1', 'token 1', 'token 1']);
    expect(asked.map(({ isEarly }) => isEarly)).toEqual([false, true]);
    asked[1]?.answer();
    await settled();
    expect(await get()).toBe('token 2');
    expect(asked).toHaveLength(2);
  });

  it('and after that time no call uses the old one: it waits for the renewal that is under way', async () => {
    await first();
    nowMs = AT_MS - 1;
    expect(await get()).toBe('token 1');
    nowMs = AT_MS;
    const waiting = get();
    await settled();
    asked[1]?.answer();
    expect(await waiting).toBe('token 2');
    expect(asked).toHaveLength(2);
  });

  it('and the time of the new one is counted from the moment when it was asked for', async () => {
    await first();
    nowMs = FROM_MS;
    await get();
    nowMs = AT_MS - 1;
    asked[1]?.answer();
    await settled();
    nowMs = FROM_MS + AT_MS;
    const waiting = get();
    await settled();
    expect(asked).toHaveLength(3);
    asked[2]?.answer();
    expect(await waiting).toBe('token 3');
  });
});

describe('a renewal before its time that fails', () => {
  it('because the person may not be acted for any more ends the old token at once', async () => {
    await first();
    nowMs = FROM_MS;
    await get();
    asked[1]?.refuse(new AppError('USER_INACTIVE'));
    await settled();
    const next = get();
    expect(asked.map(({ isEarly }) => isEarly)).toEqual([false, true, false]);
    asked[2]?.refuse(new AppError('USER_INACTIVE'));
    await expect(next).rejects.toMatchObject({ code: 'USER_INACTIVE' });
  });

  it('because the site is away leaves the old one until its time, and is not tried by every call', async () => {
    await first();
    nowMs = FROM_MS;
    await get();
    asked[1]?.refuse(new AppError('UPSTREAM_UNAVAILABLE'));
    await settled();
    expect([await get(), await get()]).toEqual(['token 1', 'token 1']);
    expect(asked).toHaveLength(2);
    nowMs = AT_MS;
    const waiting = get();
    asked[2]?.answer();
    expect(await waiting).toBe('token 3');
  });

  it('is not told to anybody who had a token', async () => {
    await first();
    nowMs = FROM_MS;
    const call = get();
    asked[1]?.refuse(new Error('a fault'));
    await settled();
    expect(await call).toBe('token 1');
  });
});

describe('a token that is dropped while it is renewed', () => {
  it('does not come back as its renewal', async () => {
    await first();
    nowMs = FROM_MS;
    await get();
    cache.forgetWhere((key) => key === 'mira');
    asked[1]?.answer();
    await settled();
    const next = get();
    asked[2]?.answer();
    expect(await next).toBe('token 3');
  });

  it('and a renewal that gives the same token again is not repeated by every call', async () => {
    await first();
    nowMs = FROM_MS;
    const same = { token: { value: 'token 1' } as ScriptToken, renewFromMs: FROM_MS, renewAtMs: AT_MS };
    let count = 0;
    const again = async (): Promise<Minted<ScriptToken>> => {
      count += 1;
      return same;
    };
    for (let call = 0; call < 3; call += 1) {
      await cache.get('mira', again, NEVER);
      await settled();
    }
    expect(count).toBe(1);
  });
});
