import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import type { Login, Subject } from '../../../src/base/ids.ts';
import type { Principal } from '../../../src/identity/person/principal.ts';
import type { AmiPayload } from '../../../src/launch/launch.ts';
import { createLaunches } from '../../../src/launch/launch-registry.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createVault } from '../../../src/store/vault.ts';

const personOf = (login: string): Principal => ({
  issuer: 'https://idp.example',
  subject: `sub-${login}` as Subject,
  displayName: login,
  email: null,
  login: login as Login,
  person: { type: 'HumanUser', id: login === 'mira' ? 31 : 32, name: login },
  permissionRole: null,
  acting: { way: 'sudo' as const },
});

const PAYLOAD = { userId: 31, userLogin: 'mira', ids: [1], selectedIds: [1] } as unknown as AmiPayload;

describe('a launch that was opened', () => {
  it('is read only by its person; once it has expired, they are told so and others learn nothing', async () => {
    let nowMs = 1_800_000_000_000;
    const clock = { now: () => nowMs };
    const vault = createVault(createMemoryStore(clock), [new Uint8Array(32)], { place: 'test' });
    const launches = createLaunches({ vault, clock, settings: { claimTtlMs: 1000, ttlMs: 60_000 } });
    const [mira, joao] = [personOf('mira'), personOf('joao')];
    const { id } = await launches.keep('review', PAYLOAD);
    expect(await launches.claim(id, mira)).toBe('claimed');
    expect((await launches.read(id, mira))?.ami).toBe('review');
    expect(await launches.read(id, joao)).toBeUndefined();
    nowMs += 60_000;
    await expect(launches.read(id, mira)).rejects.toMatchObject({ code: 'LAUNCH_EXPIRED' });
    expect(await launches.read(id, joao)).toBeUndefined();
    expect(await launches.read('guess', mira)).toBeUndefined();
  });
});

describe('a launch whose time has passed', () => {
  it('can no longer be claimed, whether it was claimed before or not', async () => {
    let nowMs = 1_800_000_000_000;
    const clock = { now: () => nowMs };
    const vault = createVault(createMemoryStore(clock), [new Uint8Array(32)], { place: 'test' });
    const launches = createLaunches({ vault, clock, settings: { claimTtlMs: 1000, ttlMs: 60_000 } });
    const [opened, left] = [await launches.keep('review', PAYLOAD), await launches.keep('review', PAYLOAD)];
    expect(await launches.claim(opened.id, personOf('mira'))).toBe('claimed');
    nowMs += 1000;
    expect(await launches.claim(left.id, personOf('mira'))).toBe('unknown');
    expect(await launches.claim(opened.id, personOf('mira'))).toBe('claimed');
    nowMs += 60_000;
    expect(await launches.claim(opened.id, personOf('mira'))).toBe('unknown');
  });
});

describe('a launch that has disappeared when its claim is tried a second time', () => {
  it('is not reported as claimed', async () => {
    const clock = { now: () => 1_800_000_000_000 };
    const store = createMemoryStore(clock);
    const vault = createVault(store, [new Uint8Array(32)], { place: 'test' });
    const launches = createLaunches({ vault, clock, settings: { claimTtlMs: 1000, ttlMs: 60_000 } });
    const { id } = await launches.keep('review', PAYLOAD);
    store.replace = async (key) => {
      await store.delete(key);
      throw new AppError('UNAVAILABLE');
    };
    expect(await launches.claim(id, personOf('mira'))).toBe('unknown');
  });
});

describe('a launch that is claimed while another cookie of its browser is accepted', () => {
  it('lasts as long as any claimed launch', async () => {
    let nowMs = 1_800_000_000_000;
    const clock = { now: () => nowMs };
    const store = createMemoryStore(clock);
    const vault = createVault(store, [new Uint8Array(32)], { place: 'test' });
    const launches = createLaunches({ vault, clock, settings: { claimTtlMs: 600_000, ttlMs: 43_200_000 } });
    const { id } = await launches.keep('review', PAYLOAD);
    const get = store.get.bind(store);
    store.get = async (key) => {
      store.get = get;
      const read = await get(key);
      expect(await launches.claim(id, personOf('mira'))).toBe('claimed');
      return read;
    };
    await launches.admit(id, 'c'.repeat(43));
    nowMs += 43_200_000 - 1;
    expect((await launches.read(id, personOf('mira')))?.ami).toBe('review');
  });
});

describe('a launch at rest (B19)', () => {
  it('is unreadable in the store, and deleted when it expires', async () => {
    let nowMs = 1_800_000_000_000;
    const clock = { now: () => nowMs };
    const kept = createMemoryStore(clock);
    const written: string[] = [];
    const note = (key: string, value: string): void => void written.push(key, value);
    const store: Store = {
      ...kept,
      get: (key) => kept.get(key),
      take: (key) => kept.take(key),
      delete: (key) => kept.delete(key),
      set: (key, value, ttlMs) => (note(key, value), kept.set(key, value, ttlMs)),
      add: (key, value, ttlMs) => (note(key, value), kept.add(key, value, ttlMs)),
      replace: (key, old, value, ttlMs) => (note(key, value), kept.replace(key, old, value, ttlMs)),
    };
    const vault = createVault(store, [new Uint8Array(32)], { place: 'test' });
    const launches = createLaunches({ vault, clock, settings: { claimTtlMs: 1000, ttlMs: 60_000 } });
    const lists = { ids: [1], selectedIds: [1] };
    const payload = {
      userLogin: 'mira',
      title: 'canary-title',
      project: { id: 1, name: 'canary-project' },
      ...lists,
    };
    const { id, browserToken } = await launches.keep('review', payload as unknown as AmiPayload);
    await launches.claim(id, personOf('mira'));
    expect(written.length).toBeGreaterThan(1);
    for (const secret of ['canary', 'mira', id, browserToken])
      expect(written.join('\n')).not.toContain(secret);
    nowMs += 24 * 3_600_000;
    const keys = written.filter((_, place) => place % 2 === 0);
    for (const key of keys) expect(await kept.get(key)).toBeUndefined();
  });
});
