import { beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/base/clock.ts';
import { AppError } from '../../../src/base/errors.ts';
import type { Subject } from '../../../src/base/ids.ts';
import { createMapping, type Mapping, type PeopleSource } from '../../../src/identity/mapping.ts';
import type { SignedIn } from '../../../src/identity/oidc-port.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { createVault, type Vault } from '../../../src/store/vault.ts';

interface Human {
  readonly login: string;
  readonly email: string;
  readonly active: boolean;
}

const HUMANS: readonly Human[] = [
  { login: 'mira', email: 'mira@studio.example', active: true },
  { login: 'double-1', email: 'double@studio.example', active: true },
  { login: 'double-2', email: 'double@studio.example', active: true },
  { login: 'old', email: 'again@studio.example', active: false },
  { login: 'new', email: 'again@studio.example', active: true },
  { login: 'kenji', email: 'kenji@studio.example', active: false },
];

let vault: Vault;
let asked: string[];

const people: PeopleSource = {
  loginsByEmail: async (email) => HUMANS.filter((human) => human.email === email.toLowerCase()),
  describe: async () => undefined,
  self: async (login) => {
    asked.push(login);
    if (!HUMANS.some((human) => human.login === login)) throw new AppError('NO_SHOTGUN_USER');
    return { id: 34, name: 'Mira Fischer', email: null, permissionRole: 'Artist' };
  },
};

const DENY = { byDefault: 'deny', byRole: new Map() } as const;

beforeEach(() => {
  asked = [];
  vault = createVault(createMemoryStore(systemClock), [new Uint8Array(32)], { place: 'test' });
});

const signedIn = (claims: Record<string, unknown>, subject = 'sub-1'): SignedIn => ({
  issuer: 'https://idp.example',
  subject: subject as Subject,
  claims,
  tokens: { idToken: 'x', accessToken: 'x', accessExpiresAtMs: null, refreshToken: null },
  idpSession: { sid: null, redeemedAtMs: 0, endsAtMs: null },
});

const codeOf = (mapping: Mapping, claims: Record<string, unknown>, subject?: string): Promise<unknown> =>
  mapping(signedIn(claims, subject)).then(
    ({ login }) => login,
    (error: { code?: unknown }) => error.code,
  );

describe('a claim that is the login', () => {
  it('names the person, who is read as themselves', async () => {
    const mapping = createMapping(
      { claim: 'preferred_username', field: 'login', rewrite: null, acting: DENY },
      people,
      vault,
    );
    const principal = await mapping(
      signedIn({ preferred_username: 'mira', name: 'Mira', email: 'm@x.example' }),
    );
    expect(principal).toEqual({
      acting: { way: 'sudo' },
      issuer: 'https://idp.example',
      subject: 'sub-1',
      displayName: 'Mira',
      email: 'm@x.example',
      login: 'mira',
      person: { type: 'HumanUser', id: 34, name: 'Mira Fischer' },
      permissionRole: 'Artist',
    });
    expect(asked).toEqual(['mira']);
  });

  it.each([[undefined], [null], [''], ['  '], [7], [['mira']], [{ mira: true }], ['mira\n'], [' mira']])(
    'that is %j names nobody',
    async (claim) => {
      const mapping = createMapping(
        { claim: 'preferred_username', field: 'login', rewrite: null, acting: DENY },
        people,
        vault,
      );
      expect(await codeOf(mapping, { preferred_username: claim })).toBe('NO_SHOTGUN_USER');
      expect(asked).toEqual([]);
    },
  );

  it('is rewritten as a whole or not at all', async () => {
    const rewrite = { pattern: /([^@]+)@studio\.example/u, replacement: '$1' };
    const mapping = createMapping({ claim: 'upn', field: 'login', rewrite, acting: DENY }, people, vault);
    expect(await codeOf(mapping, { upn: 'mira@studio.example' })).toBe('mira');
    expect(await codeOf(mapping, { upn: 'mira@studio.example.evil.example' })).toBe('NO_SHOTGUN_USER');
    expect(await codeOf(mapping, { upn: 'mira' })).toBe('NO_SHOTGUN_USER');
  });
});

describe('a claim that is an e-mail', () => {
  const settings = { claim: 'email', field: 'email', rewrite: null, acting: DENY } as const;

  it.each([
    ['Mira@Studio.Example', 'mira'],
    ['again@studio.example', 'new'],
    ['double@studio.example', 'AMBIGUOUS_USER'],
    ['kenji@studio.example', 'USER_INACTIVE'],
    ['nobody@studio.example', 'NO_SHOTGUN_USER'],
  ])('%s is %s (B7, B8, B9)', async (email, outcome) => {
    expect(await codeOf(createMapping(settings, people, vault), { email })).toBe(outcome);
  });

  it.each([false, 'false'])('that the provider has not verified (%j) names nobody', async (verified) => {
    const claims = { email: 'mira@studio.example', email_verified: verified };
    expect(await codeOf(createMapping(settings, people, vault), claims)).toBe('NO_SHOTGUN_USER');
  });
});

describe('an account that was seen before (B11)', () => {
  const mappingOf = (): Mapping =>
    createMapping(
      { claim: 'preferred_username', field: 'login', rewrite: null, acting: DENY },
      people,
      vault,
    );

  it('stays the same person', async () => {
    expect(await codeOf(mappingOf(), { preferred_username: 'mira' })).toBe('mira');
    expect(await codeOf(mappingOf(), { preferred_username: 'mira' })).toBe('mira');
    expect(await codeOf(mappingOf(), { preferred_username: 'kenji' })).toBe('MAPPING_CHANGED');
    expect(await codeOf(mappingOf(), { preferred_username: 'kenji' }, 'sub-2')).toBe('kenji');
  });

  it('is remembered only once ShotGrid has confirmed it', async () => {
    expect(await codeOf(mappingOf(), { preferred_username: 'typo' })).toBe('NO_SHOTGUN_USER');
    expect(await codeOf(mappingOf(), { preferred_username: 'mira' })).toBe('mira');
  });
});
