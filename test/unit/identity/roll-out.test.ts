import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/config.ts';
import { type ListedPerson, prospectsOf } from '../../../src/identity/person/roll-out.ts';

const SETTINGS: Config['identity'] = {
  claim: 'preferred_username',
  field: 'login',
  rewrite: null,
  letterCase: 'exact',
  emailVerified: 'required',
  acting: { byDefault: 'deny', byRole: new Map() },
};

let ids = 0;
const personOf = (login: string, changes: Partial<ListedPerson> = {}): ListedPerson => ({
  id: (ids += 1),
  login,
  name: login,
  email: null,
  permissionRole: 'Artist',
  active: true,
  canBeImpersonated: true,
  ...changes,
});
const waysOf = (people: readonly ListedPerson[], settings = SETTINGS): unknown =>
  prospectsOf(people, settings).map(({ person, way, reason }) => [person.login, reason ?? way]);

describe('the forecast of first sign-ins', () => {
  it('refuses a login that differs from another active one only in letter case, as the sign-in does', () => {
    const ways = waysOf([
      personOf('mira'),
      personOf('MIRA'),
      personOf('joao'),
      personOf('Joao', { active: false }),
    ]);
    expect(ways).toEqual([
      ['mira', expect.stringContaining('letter case')],
      ['MIRA', expect.stringContaining('letter case')],
      ['joao', 'sudo'],
      ['Joao', expect.stringContaining('disabled')],
    ]);
  });

  it.each([[' mira'], ['mira '], ['mi\nra'], ['m'.repeat(256)], [' ']])('refuses the login %j', (login) => {
    expect(waysOf([personOf(login)])).toEqual([[login, expect.stringContaining('login')]]);
  });

  it('refuses a person where a role is blocked and their role is unknown', () => {
    const byRole = new Map([['vendor', 'block-admins']] as const);
    const settings = { ...SETTINGS, acting: { byDefault: 'deny', byRole } } as const;
    expect(waysOf([personOf('mira', { permissionRole: null })], settings)).toEqual([
      ['mira', expect.stringContaining('role')],
    ]);
  });
});
