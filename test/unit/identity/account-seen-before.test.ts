import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { AppError } from '../../../src/base/errors.ts';
import type { Login, Subject } from '../../../src/base/ids.ts';
import type { AccountNews } from '../../../src/identity/person/account-memory.ts';
import { createMapping, type Mapping, type PeopleSource } from '../../../src/identity/person/mapping.ts';
import type { SignedIn } from '../../../src/identity/provider/oidc-port.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { createVault, hashedKey, type Vault } from '../../../src/store/vault.ts';

interface Human {
  readonly id: number;
  readonly login: string;
  readonly email: string;
  readonly active: boolean;
}

const EVERYBODY: readonly Human[] = [
  { id: 34, login: 'mira', email: 'mira@studio.example', active: true },
  { id: 35, login: 'double-1', email: 'double@studio.example', active: true },
  { id: 36, login: 'double-2', email: 'double@studio.example', active: true },
  { id: 37, login: 'old', email: 'again@studio.example', active: false },
  { id: 38, login: 'new', email: 'again@studio.example', active: true },
  { id: 39, login: 'kenji', email: 'kenji@studio.example', active: false },
  { id: 40, login: 'joao', email: 'joao@studio.example', active: true },
];

let humans: Human[];
let vault: Vault;
let news: AccountNews[];
let asked: string[];

const people: PeopleSource = {
  loginsByEmail: async (email) => humans.filter((human) => human.email === email.toLowerCase()),
  describe: async (login) => {
    const human = humans.find((each) => each.login === login);
    return human && { ...human, name: login, permissionRole: 'Artist' };
  },
  nearLogin: async (login) =>
    humans.find((each) => each.login !== login && each.login === login.toLowerCase())?.login as Login,
  self: async (login) => {
    asked.push(login);
    const human = humans.find((each) => each.login === login);
    if (human === undefined) throw new AppError('NO_SHOTGUN_USER');
    if (!human.active) throw new AppError('USER_INACTIVE');
    return { id: human.id, name: 'Mira Fischer', email: null, permissionRole: 'Artist' };
  },
};

const STRICT = { letterCase: 'exact', emailVerified: 'required' } as const;
const DENY = { byDefault: 'deny', byRole: new Map() } as const;

beforeEach(() => {
  asked = [];
  news = [];
  humans = [...EVERYBODY];
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

describe('an account that was seen before (B11)', () => {
  const settings = {
    claim: 'preferred_username',
    field: 'login',
    rewrite: null,
    ...STRICT,
    acting: DENY,
  } as const;
  const by = (name: string, subject?: string): Promise<unknown> =>
    codeOf(
      createMapping(settings, people, vault, (heard) => void news.push(heard)),
      { preferred_username: name },
      subject,
    );
  const become = (id: number, changes: Partial<Human>): void => {
    humans = humans.map((human) => (human.id === id ? { ...human, ...changes } : human));
  };

  it('stays the same person', async () => {
    expect(await by('mira')).toBe('mira');
    expect(await by('mira')).toBe('mira');
    expect(await by('joao')).toBe('MAPPING_CHANGED');
    expect(await by('joao', 'sub-2')).toBe('joao');
    expect(await by('mira')).toBe('mira');
    expect(news).toEqual([
      { kind: 'first', isLost: false },
      { kind: 'first', isLost: false },
    ]);
  });

  it('is remembered only once ShotGrid has confirmed it', async () => {
    expect(await by('typo')).toBe('NO_SHOTGUN_USER');
    expect(await by('mira')).toBe('mira');
  });

  it('is refused where another person now has its login', async () => {
    await by('mira');
    become(34, { login: 'mira.gone', active: false });
    become(40, { login: 'mira' });
    expect(await by('mira')).toBe('MAPPING_CHANGED');
    // Whatever is the matter with the other one: an administrator has to look.
    become(40, { active: false });
    expect(await by('mira')).toBe('MAPPING_CHANGED');
    expect(await by('mira', 'sub-2')).toBe('USER_INACTIVE');
  });

  it('stays the same person under a new login, and the new login is reported once', async () => {
    await by('mira');
    become(34, { login: 'mira.okafor@studio.example' });
    expect(await by('mira')).toBe('NO_SHOTGUN_USER');
    for (let times = 0; times < 3; times += 1) {
      expect(await by('mira.okafor@studio.example')).toBe('mira.okafor@studio.example');
    }
    expect(news.slice(1)).toEqual([{ kind: 'renamed', formerLogin: 'mira' }]);
  });

  it('reports its new login once, although several sign-ins run at the same time', async () => {
    await by('mira');
    become(34, { login: 'mira.okafor' });
    await Promise.all(Array.from({ length: 8 }, () => by('mira.okafor')));
    expect(news.slice(1)).toEqual([{ kind: 'renamed', formerLogin: 'mira' }]);
  });

  it('stays one person, although several first sign-ins run at once and the login is reassigned meanwhile', async () => {
    const [first, second] = await Promise.all([by('mira'), by('joao')]);
    expect([first, second].toSorted()).toEqual([
      'MAPPING_CHANGED',
      expect.stringMatching(/^(?:mira|joao)$/u),
    ]);
  });

  describe('in a record of a version that identified people by login', () => {
    const record = hashedKey('mapping', JSON.stringify(['https://idp.example', 'sub-1']));
    beforeEach(() => vault.set(record, { login: 'mira' }, 60_000));

    it('gets the person id at the next sign-in, and is bound to it from then on', async () => {
      expect(await by('mira')).toBe('mira');
      become(34, { login: 'mira.okafor' });
      become(40, { login: 'mira' });
      expect(await by('mira')).toBe('MAPPING_CHANGED');
      expect(await by('mira.okafor')).toBe('mira.okafor');
      expect(news).toEqual([{ kind: 'renamed', formerLogin: 'mira' }]);
    });

    it('is refused under another login: it may be another person', async () => {
      expect(await by('joao')).toBe('MAPPING_CHANGED');
      expect(await by('mira')).toBe('mira');
    });
  });

  it('is mapped again, and the loss is reported, where the key of its record is gone', async () => {
    const store = createMemoryStore(systemClock);
    vault = createVault(store, [new Uint8Array(32).fill(1)], { place: 'test' });
    await by('mira');
    vault = createVault(store, [new Uint8Array(32).fill(2)], { place: 'test' });
    expect(await by('joao')).toBe('joao');
    expect(await by('mira')).toBe('MAPPING_CHANGED');
    expect(news).toEqual([
      { kind: 'first', isLost: false },
      { kind: 'first', isLost: true },
    ]);
  });

  it.each([7, 'mira', { login: 7 }, { login: 'mira', personId: '34' }, { login: 'mira', personId: -1 }])(
    'is refused where its record is %j: the content cannot be guessed',
    async (value) => {
      const record = hashedKey('mapping', JSON.stringify(['https://idp.example', 'sub-1']));
      await vault.set(record, value, 60_000);
      expect(await by('mira')).toBe('MAPPING_CHANGED');
      expect(news).toEqual([]);
    },
  );
});
