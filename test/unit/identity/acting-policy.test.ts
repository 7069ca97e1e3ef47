import { describe, expect, it } from 'vitest';
import type { ActingPolicies, ActingPolicy } from '../../../src/config/config.ts';
import { anyMayLink, assertWanted, policyOf } from '../../../src/identity/person/principal.ts';

const policies = (byDefault: ActingPolicy, byRole: Record<string, ActingPolicy> = {}): ActingPolicies => ({
  byDefault,
  byRole: new Map(Object.entries(byRole)),
});

const isWanted = (given: ActingPolicies, role: string | null): boolean => {
  try {
    assertWanted(given, role);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'ADMIN_SUDO_BLOCKED' });
    return false;
  }
};

describe('the policy of a permission role', () => {
  it('takes precedence over the default policy, in any letter case', () => {
    const given = policies('own-credentials', { admin: 'deny', 'vendor (td)': 'block-admins' });
    expect(policyOf(given, 'Admin')).toBe('deny');
    expect(policyOf(given, 'Vendor (TD)')).toBe('block-admins');
    expect(policyOf(given, 'Artist')).toBe('own-credentials');
  });

  it('is the strictest of all where the role is unknown', () => {
    expect(policyOf(policies('own-credentials'), null)).toBe('own-credentials');
    expect(policyOf(policies('own-credentials', { admin: 'deny' }), null)).toBe('deny');
    expect(policyOf(policies('deny', { admin: 'own-credentials' }), null)).toBe('deny');
    expect(policyOf(policies('own-credentials', { vendor: 'block-admins' }), null)).toBe('block-admins');
  });

  it('allows linking an account where the policy of any role does', () => {
    expect(anyMayLink(policies('deny'))).toBe(false);
    expect(anyMayLink(policies('deny', { admin: 'own-credentials' }))).toBe(true);
    expect(anyMayLink(policies('own-credentials', { admin: 'deny' }))).toBe(true);
  });
});

describe('block-admins keeps administrators out (G12)', () => {
  it.each<[string, ActingPolicies, string | null, boolean]>([
    ['where it is said of everybody', policies('block-admins'), 'Admin', false],
    ['whatever the site calls them', policies('block-admins'), 'Administrator', false],
    ['and nobody else', policies('block-admins'), 'Artist', true],
    ['and anybody whose role nobody sees', policies('block-admins'), null, false],
    ['also where one role alone is kept out', policies('deny', { vendor: 'block-admins' }), null, false],
    ['but nobody for their role where no policy asks for it', policies('deny', { td: 'deny' }), null, true],
    ['also of a role with another name that is meant', policies('deny', { td: 'block-admins' }), 'TD', false],
    [
      'but not where their role has its own policy',
      policies('block-admins', { admin: 'deny' }),
      'Admin',
      true,
    ],
    ['and not where nobody says so', policies('deny'), 'Admin', true],
  ])('%s', (_, given, role, wanted) => {
    expect(isWanted(given, role)).toBe(wanted);
  });
});
