import { describe, expect, it } from '@jest/globals';
import type { Login, Subject } from '../../../src/base/ids.ts';
import type { Principal } from '../../../src/identity/principal.ts';
import type { AmiPayload } from '../../../src/launch/launch.ts';
import { createLaunches } from '../../../src/launch/launch-registry.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { createVault } from '../../../src/store/vault.ts';

const personOf = (login: string): Principal => ({
  issuer: 'https://idp.example',
  subject: `sub-${login}` as Subject,
  displayName: login,
  email: null,
  login: login as Login,
  person: { type: 'HumanUser', id: 1, name: login },
  permissionRole: null,
  acting: { way: 'sudo' as const },
});

describe('a launch that was opened', () => {
  it('is read by its person alone; once it is over, they are told so and others learn nothing', async () => {
    let nowMs = 1_800_000_000_000;
    const clock = { now: () => nowMs };
    const vault = createVault(createMemoryStore(clock), [new Uint8Array(32)]);
    const launches = createLaunches({ vault, clock, settings: { claimTtlMs: 1000, ttlMs: 60_000 } });
    const [mira, joao] = [personOf('mira'), personOf('joao')];
    const { id } = await launches.keep('review', { userLogin: 'mira' } as AmiPayload);
    expect(await launches.claim(id, mira)).toBe('claimed');
    expect((await launches.read(id, mira))?.ami).toBe('review');
    expect(await launches.read(id, joao)).toBeUndefined();
    nowMs += 60_000;
    await expect(launches.read(id, mira)).rejects.toMatchObject({ code: 'LAUNCH_EXPIRED' });
    expect(await launches.read(id, joao)).toBeUndefined();
    expect(await launches.read('guess', mira)).toBeUndefined();
  });
});
