import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { AppError } from '../../../src/base/errors.ts';
import type { Login, Subject } from '../../../src/base/ids.ts';
import { createMapping, type Mapping, type PeopleSource } from '../../../src/identity/person/mapping.ts';
import type { SignedIn } from '../../../src/identity/provider/oidc-port.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { createVault, type Vault } from '../../../src/store/vault.ts';

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

describe('a claim that is the login', () => {
  it('names the person, who is read as themselves', async () => {
    const mapping = createMapping(
      { claim: 'preferred_username', field: 'login', rewrite: null, ...STRICT, acting: DENY },
      people,
      vault,
    );
    const principal = await mapping(
      signedIn({ preferred_username: 'mira', name: 'Mira', email: 'm@x.example', email_verified: true }),
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

  it.each([[7], [['mira']], [{ mira: true }], ['mira\n'], [' mira']])(
    'of %j maps to no person',
    async (claim) => {
      const mapping = createMapping(
        { claim: 'preferred_username', field: 'login', rewrite: null, ...STRICT, acting: DENY },
        people,
        vault,
      );
      expect(await codeOf(mapping, { preferred_username: claim })).toBe('NO_SHOTGUN_USER');
      expect(asked).toEqual([]);
    },
  );

  it.each([[undefined], [null], [''], ['  ']])('of %j is reported as missing', async (claim) => {
    const mapping = createMapping(
      { claim: 'upn', field: 'login', rewrite: null, ...STRICT, acting: DENY },
      people,
      vault,
    );
    await expect(mapping(signedIn({ upn: claim }))).rejects.toMatchObject({
      code: 'CLAIM_MISSING',
      details: { claim: 'upn' },
      message: expect.stringContaining('"upn"'),
    });
    expect(asked).toEqual([]);
  });

  it('in another letter case is another login, and only the log names the near one', async () => {
    const settings = { claim: 'upn', field: 'login', rewrite: null, ...STRICT, acting: DENY } as const;
    const refused = await createMapping(
      settings,
      people,
      vault,
    )(signedIn({ upn: 'MIRA' })).catch((error: unknown) => error as AppError);
    expect(refused).toMatchObject({ code: 'NO_SHOTGUN_USER', cause: { login: 'mira' } });
    expect(JSON.stringify([(refused as AppError).message, (refused as AppError).details])).not.toContain(
      'mira',
    );
    const folding = createMapping({ ...settings, letterCase: 'lower' }, people, vault);
    expect(await codeOf(folding, { upn: 'MIRA' })).toBe('mira');
    // Unicode would make a k of the Kelvin sign, and so another person.
    humans.push({ id: 41, login: 'kai', email: 'kai@studio.example', active: true });
    expect(await codeOf(folding, { upn: '\u212Aai' })).toBe('NO_SHOTGUN_USER');
  });

  it('is folded to lower case before it is rewritten', async () => {
    const rewrite = { pattern: /^(?:([^@]+)@studio\.example)$/u, replacement: '$1' };
    const settings = { claim: 'upn', field: 'login', rewrite, ...STRICT, acting: DENY } as const;
    const folding = createMapping({ ...settings, letterCase: 'lower' }, people, vault);
    expect(await codeOf(folding, { upn: 'Mira@Studio.Example' })).toBe('mira');
  });

  it('is rewritten as a whole or not at all', async () => {
    const rewrite = { pattern: /([^@]+)@studio\.example/u, replacement: '$1' };
    const mapping = createMapping(
      { claim: 'upn', field: 'login', rewrite, ...STRICT, acting: DENY },
      people,
      vault,
    );
    expect(await codeOf(mapping, { upn: 'mira@studio.example' })).toBe('mira');
    expect(await codeOf(mapping, { upn: 'mira@studio.example.evil.example' })).toBe('NO_SHOTGUN_USER');
    expect(await codeOf(mapping, { upn: 'mira' })).toBe('NO_SHOTGUN_USER');
  });
});

describe('a claim that is an e-mail', () => {
  const settings = { claim: 'email', field: 'email', rewrite: null, ...STRICT, acting: DENY } as const;

  it.each([
    ['Mira@Studio.Example', 'mira'],
    ['again@studio.example', 'new'],
    ['double@studio.example', 'AMBIGUOUS_USER'],
    ['kenji@studio.example', 'USER_INACTIVE'],
    ['nobody@studio.example', 'NO_SHOTGUN_USER'],
  ])('%s is %s (B7, B8, B9)', async (email, outcome) => {
    expect(await codeOf(createMapping(settings, people, vault), { email, email_verified: true })).toBe(
      outcome,
    );
  });

  it.each([
    [false, 'NO_SHOTGUN_USER', 'NO_SHOTGUN_USER'],
    ['false', 'NO_SHOTGUN_USER', 'NO_SHOTGUN_USER'],
    ['TRUE', 'NO_SHOTGUN_USER', 'NO_SHOTGUN_USER'],
    [0, 'NO_SHOTGUN_USER', 'NO_SHOTGUN_USER'],
    [1, 'NO_SHOTGUN_USER', 'NO_SHOTGUN_USER'],
    ['', 'CLAIM_MISSING', 'NO_SHOTGUN_USER'],
    [null, 'CLAIM_MISSING', 'mira'],
    [undefined, 'CLAIM_MISSING', 'mira'],
    [true, 'mira', 'mira'],
    ['true', 'mira', 'mira'],
  ])(
    'with email_verified %j is %s, and %s where the provider never sends it',
    async (...[verified, ...then]) => {
      const claims = { email: 'mira@studio.example', email_verified: verified };
      const mappings = [settings, { ...settings, emailVerified: 'not-sent' } as const].map((each) =>
        createMapping(each, people, vault),
      );
      expect(await Promise.all(mappings.map((mapping) => codeOf(mapping, claims)))).toEqual(then);
    },
  );
});

describe('the address of the person that other systems receive', () => {
  const base = {
    claim: 'preferred_username',
    field: 'login',
    rewrite: null,
    ...STRICT,
    acting: DENY,
  } as const;
  const ofSite: PeopleSource = {
    ...people,
    self: async (login) => ({ ...(await people.self(login)), email: 'mira@studio.example' }),
  };
  const addressOf = async (
    settings: typeof base | (Omit<typeof base, 'emailVerified'> & { emailVerified: 'not-sent' }),
    claims: object,
  ) => {
    const mapping = createMapping(settings, ofSite, vault);
    return (await mapping(signedIn({ preferred_username: 'mira', ...claims }))).email;
  };

  it.each([
    [true, 'boss@studio.example'],
    ['true', 'boss@studio.example'],
    [false, 'mira@studio.example'],
    [undefined, 'mira@studio.example'],
    [1, 'mira@studio.example'],
  ])('with email_verified %j is %s: an unverified address is not passed on', async (verified, address) => {
    expect(await addressOf(base, { email: 'boss@studio.example', email_verified: verified })).toBe(address);
  });

  it('is the claim where the settings say that the provider never sends email_verified', async () => {
    const settings = { ...base, emailVerified: 'not-sent' } as const;
    expect(await addressOf(settings, { email: 'boss@studio.example' })).toBe('boss@studio.example');
    const claims = { email: 'boss@studio.example', email_verified: false };
    expect(await addressOf(settings, claims)).toBe('mira@studio.example');
  });
});

describe('a person who cannot see their own permission role', () => {
  const acting = { byDefault: 'deny', byRole: new Map([['vendor', 'block-admins']] as const) } as const;
  const settings = { claim: 'upn', field: 'login', rewrite: null, ...STRICT, acting } as const;
  const seenByScript = (role: string | null): PeopleSource => ({
    ...people,
    self: async (login) => ({ ...(await people.self(login)), permissionRole: null }),
    describe: async (login) => {
      const found = await people.describe(login);
      return found && { ...found, permissionRole: role };
    },
  });

  it.each([
    ['Vendor', 'ADMIN_SUDO_BLOCKED'],
    [null, 'ADMIN_SUDO_BLOCKED'],
    ['Artist', 'mira'],
  ])('is refused by the role that the script sees (%j): %s', async (role, outcome) => {
    expect(await codeOf(createMapping(settings, seenByScript(role), vault), { upn: 'mira' })).toBe(outcome);
  });

  it("is not shown their role: the script's view decides and is not kept", async () => {
    const principal = await createMapping(settings, seenByScript('Artist'), vault)(signedIn({ upn: 'mira' }));
    expect(principal.permissionRole).toBeNull();
  });

  it('is not read as the script where no policy needs the role', async () => {
    const unasked: PeopleSource = {
      ...seenByScript('Vendor'),
      describe: () => Promise.reject(new Error('was asked')),
    };
    expect(await codeOf(createMapping({ ...settings, acting: DENY }, unasked, vault), { upn: 'mira' })).toBe(
      'mira',
    );
  });
});
