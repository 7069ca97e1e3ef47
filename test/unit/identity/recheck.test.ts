import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import type { Login, SessionId, Subject } from '../../../src/base/ids.ts';
import type { ActingPolicies } from '../../../src/config/config.ts';
import type { Principal, Session } from '../../../src/identity/person/principal.ts';
import { createRecheck, type ScriptSeen } from '../../../src/identity/session/recheck.ts';

const RECHECK_MS = 300_000;

const ada: Principal = {
  issuer: 'https://idp.example',
  subject: 'sub-ada' as Subject,
  displayName: 'Ada',
  email: null,
  login: 'ada' as Login,
  person: { type: 'HumanUser', id: 41, name: 'Ada' },
  permissionRole: 'Admin',
  acting: { way: 'own', account: null },
};

let nowMs: number;
let looks: number;
let seen: ScriptSeen | undefined;
let isAway: boolean;
let standingRole: string | null;
let current: Principal;

beforeEach(() => {
  nowMs = 1_800_000_000_000;
  looks = 0;
  isAway = false;
  standingRole = null;
  current = ada;
  seen = { id: 41, name: 'Ada', email: null, permissionRole: 'Admin', login: 'ada', active: true };
});

const OWN_BY_ROLE: ActingPolicies = { byDefault: 'deny', byRole: new Map([['admin', 'own-credentials']]) };

function rechecked(policies: ActingPolicies = OWN_BY_ROLE) {
  const recheck = createRecheck({
    people: {
      standing: async (login) => ({ id: 41, name: 'Ada', email: null, permissionRole: standingRole, login }),
      describeById: async () => {
        looks += 1;
        if (isAway) throw new AppError('UPSTREAM_UNAVAILABLE');
        return seen;
      },
    },
    sessions: {
      changePrincipal: async (_id, change) => {
        current = change(current);
        return true;
      },
    },
    memory: { keep: async () => undefined },
    policies,
    onNews: () => undefined,
    clock: { now: () => nowMs },
    recheckMs: RECHECK_MS,
  });
  return () =>
    recheck({ id: 'session' as SessionId, principal: current } as Session).then(
      ({ login }) => login,
      (error: { code?: unknown }) => error.code,
    );
}

describe('a person who acts by their own account and has not linked it yet', () => {
  it.each<[string, () => void, string]>([
    ['is disabled', () => (seen = { ...seen!, active: false }), 'USER_INACTIVE'],
    ['is gone', () => (seen = undefined), 'NO_SHOTGUN_USER'],
    [
      'has a role whose people may not',
      () => (seen = { ...seen!, permissionRole: 'Vendor' }),
      'IMPERSONATION_REFUSED',
    ],
  ])('is refused at the next recheck where the person %s', async (_what, change, code) => {
    const ask = rechecked();
    expect(await ask()).toBe('ada');
    change();
    expect(await ask()).toBe('ada');
    nowMs += RECHECK_MS + 1;
    expect(await ask()).toBe(code);
  });

  it('is refused once the settings block their role', async () => {
    const byRole = new Map([['vendor', 'block-admins']] as const);
    const ask = rechecked({ byDefault: 'own-credentials', byRole });
    expect(await ask()).toBe('ada');
    seen = { ...seen!, permissionRole: 'Vendor' };
    nowMs += RECHECK_MS + 1;
    expect(await ask()).toBe('ADMIN_SUDO_BLOCKED');
  });

  it('is read once per recheck time, whatever the number of requests, and gets a new login', async () => {
    const ask = rechecked();
    await Promise.all([ask(), ask(), ask()]);
    expect(looks).toBe(1);
    seen = { ...seen!, login: 'ada.b' };
    nowMs += RECHECK_MS + 1;
    expect(await ask()).toBe('ada.b');
    expect(current.login).toBe('ada.b');
  });

  it('keeps the last known data while ShotGrid is unavailable, and is read again once it is back', async () => {
    const ask = rechecked();
    isAway = true;
    expect(await ask()).toBe('ada');
    isAway = false;
    seen = undefined;
    expect(await ask()).toBe('NO_SHOTGUN_USER');
  });
});

describe('a person whom the script acts for and who cannot see their own role', () => {
  const byRole = new Map([['vendor', 'block-admins']] as const);

  it('is refused once the script sees a blocked role', async () => {
    current = { ...ada, permissionRole: null, acting: { way: 'sudo' } };
    const ask = rechecked({ byDefault: 'deny', byRole });
    expect(await ask()).toBe('ada');
    seen = { ...seen!, permissionRole: 'Vendor' };
    nowMs += RECHECK_MS + 1;
    expect(await ask()).toBe('ADMIN_SUDO_BLOCKED');
  });

  it('is not read as the script where they see the role, or no policy needs it', async () => {
    current = { ...ada, permissionRole: null, acting: { way: 'sudo' } };
    await rechecked({ byDefault: 'deny', byRole: new Map() })();
    standingRole = 'Artist';
    await rechecked({ byDefault: 'deny', byRole })();
    expect(looks).toBe(0);
  });
});
