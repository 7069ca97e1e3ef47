import { describe, expect, it } from 'vitest';
import { TokenCache } from '../../../src/shotgun/wire/token-cache.ts';
import type { ScriptToken } from '../../../src/shotgun/wire/tokens.ts';

const NEVER = new AbortController().signal;

/** A cache of so many entries, a mint that numbers its tokens, and the time. */
function cacheOf(maxEntries: number): {
  get: (key: string) => Promise<string>;
  forget: (key: string, value: string) => void;
  minted: string[];
  time: { nowMs: number };
} {
  const time = { nowMs: 0 };
  const minted: string[] = [];
  const tokens = new Map<string, ScriptToken>();
  const cache = new TokenCache<ScriptToken>({ now: () => time.nowMs }, maxEntries);
  const mint = (key: string) => async () => {
    minted.push(key);
    const token = { value: `${key}${minted.length}` } as ScriptToken;
    tokens.set(token.value, token);
    return { token, renewFromMs: time.nowMs + 100, renewAtMs: time.nowMs + 100 };
  };
  return {
    get: async (key) => (await cache.get(key, mint(key), NEVER)).value,
    forget: (key, value) => cache.forget(key, tokens.get(value)!),
    minted,
    time,
  };
}

describe('the tokens of many people', () => {
  it('are kept up to a limit; the least recently used is requested again', async () => {
    const { get, minted } = cacheOf(2);
    await get('a');
    await get('b');
    await get('a');
    await get('c');
    await get('a');
    expect(minted).toEqual(['a', 'b', 'c']);
    await get('b');
    expect(minted).toEqual(['a', 'b', 'c', 'b']);
  });

  it('are renewed in time, each by itself', async () => {
    const { get, time } = cacheOf(9);
    expect(await get('a')).toBe('a1');
    time.nowMs = 50;
    expect(await get('b')).toBe('b2');
    time.nowMs = 100;
    expect([await get('a'), await get('b')]).toEqual(['a3', 'b2']);
  });

  it('are dropped by their value: the replacement of a refused token stays', async () => {
    const { get, forget, minted } = cacheOf(9);
    const first = await get('a');
    forget('a', first);
    const second = await get('a');
    forget('a', first);
    expect(await get('a')).toBe(second);
    expect(minted).toHaveLength(2);
  });

  it('are not kept if the request failed', async () => {
    const cache = new TokenCache<ScriptToken>({ now: () => 0 }, 9);
    const fails = () => Promise.reject(new Error('refused'));
    await expect(cache.get('a', fails, NEVER)).rejects.toThrow('refused');
    const token = { value: 'x' } as ScriptToken;
    await expect(cache.get('a', async () => ({ token, renewFromMs: 9, renewAtMs: 9 }), NEVER)).resolves.toBe(
      token,
    );
  });

  it('do not keep a client waiting that has already left', async () => {
    const cache = new TokenCache<ScriptToken>({ now: () => 0 }, 9);
    const never = () => new Promise<never>(() => undefined);
    await expect(cache.get('a', never, AbortSignal.abort())).rejects.toMatchObject({
      code: 'CLIENT_LEFT',
    });
  });
});
