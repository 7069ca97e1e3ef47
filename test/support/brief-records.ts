import { sha256 } from '../../src/base/digest.ts';
import { AppError } from '../../src/base/errors.ts';
import { parseLogin, parseSubject, randomToken, type SessionId } from '../../src/base/ids.ts';
import { createLogger } from '../../src/base/logger.ts';
import type { Principal, Session } from '../../src/identity/person/principal.ts';
import { createHandovers, type Handovers } from '../../src/identity/session/handovers.ts';
import { createLogoutMarks, type LogoutMarks } from '../../src/identity/session/logout-marks.ts';
import { createLogoutTokens, type LogoutTokens } from '../../src/identity/session/logout-tokens.ts';
import { createRenewalFailures, type RenewalFailures } from '../../src/identity/session/renewal-failures.ts';
import {
  createReplacedSessions,
  type ReplacedSessions,
} from '../../src/identity/session/replaced-sessions.ts';
import { createRevocations, type Revocations } from '../../src/identity/session/revocations.ts';
import { type BegunRenewals, createBegunRenewals } from '../../src/store/begun-renewals.ts';
import { createLocks } from '../../src/store/locks.ts';
import type { Store } from '../../src/store/store.ts';
import { createVault, placedStore } from '../../src/store/vault.ts';

/** Known to everybody who reads the tests. */
export const BRIEF_KEY = Buffer.alloc(32, 'brief records');
const PLACE = 'brief';
const ISSUER = 'https://login.lantern.example';
const DAY_MS = 86_400_000;
const ANSWER_MS = 10_000;
export const PERSON = { issuer: ISSUER, subject: parseSubject('subject-of-mira')! };
export const SID = { sid: 'session-at-the-provider', redeemedAtMs: 0, endsAtMs: null };
const MIRA: Principal = {
  ...PERSON,
  displayName: 'Mira Okafor',
  email: 'mira@lantern.example',
  login: parseLogin('mira')!,
  person: { type: 'HumanUser', id: 31, name: 'Mira Okafor' },
  permissionRole: 'artist',
  acting: { way: 'sudo' },
};
export const CONTENT = {
  principal: MIRA,
  tokens: {
    idToken: 'id-token',
    accessToken: 'access-token',
    accessExpiresAtMs: 4_000_000_000_000,
    refreshToken: 'refresh-token',
  },
  idpSession: SID,
};
const ASKED = { login: 'mira', ami: 'review', atMs: 1_796_106_889_650 };

/** What keeps the records that live for minutes, or until the provider answers. */
export interface BriefParts {
  readonly handovers: Handovers;
  readonly revocations: Revocations;
  readonly failures: RenewalFailures;
  readonly begun: BegunRenewals;
  readonly marks: LogoutMarks;
  readonly logouts: LogoutTokens;
  readonly replaced: ReplacedSessions;
  /** Refresh tokens that the provider was asked to end. */
  readonly revoked: string[];
}

export function briefParts(given: Store, now: () => number, isProviderThere: boolean): BriefParts {
  const store = placedStore(given, PLACE);
  const vault = createVault(store, [BRIEF_KEY], { place: PLACE });
  const [clock, logger] = [{ now }, createLogger({ level: 'silent' })];
  const revoked: string[] = [];
  const revoke = async (token: string): Promise<void> => {
    if (!isProviderThere) throw new AppError('IDP_UNAVAILABLE');
    revoked.push(token);
  };
  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const claims = { iss: ISSUER, jti: 'logout-token', sub: PERSON.subject, events };
  return {
    handovers: createHandovers({ vault, clock }),
    revocations: createRevocations({
      ...{ oidc: { revoke }, vault, locks: createLocks({ store, logger }), clock, logger, lookEveryMs: 10 },
    }),
    failures: createRenewalFailures(vault, clock),
    begun: createBegunRenewals({ vault, clock, answerMs: ANSWER_MS, settleMs: 0 }),
    marks: createLogoutMarks(vault, DAY_MS),
    logouts: createLogoutTokens({
      jwts: { verify: async () => ({ claims }) },
      vault,
      clock,
      clientId: 'shotgraph',
    }),
    replaced: createReplacedSessions({
      vault,
      clock,
      records: { kept: async () => undefined, look: async (id) => ({ id }) as Session },
    }),
    revoked,
  };
}

/** Makes a record of each kind. @returns what the other sides hold */
export async function makeBrief({ handovers, ...parts }: BriefParts, now: () => number) {
  const [launchId, verifier, session, successor] = [
    randomToken(),
    randomToken(),
    randomToken(),
    randomToken(),
  ];
  const start = { launchId, challenge: sha256(verifier), asked: ASKED };
  const waiting = await handovers.begin(start);
  const signedIn = await handovers.begin(start);
  const { code, approval } = (await handovers.complete(signedIn.id, CONTENT))!;
  const asking = await handovers.begin(start);
  const held = (await handovers.hold(asking.id, CONTENT))!;
  const tab = await handovers.beginTab(launchId);
  await parts.revocations.revoke('refresh-token-to-end');
  parts.revocations.close();
  await parts.failures.add(session as SessionId, DAY_MS);
  await parts.begun.begin(session, 'refresh-token', DAY_MS);
  await parts.marks.person(PERSON, now());
  await parts.marks.sid(PERSON.issuer, SID.sid, now());
  const logout = await parts.logouts.accept('jwt');
  if ('finish' in logout) await logout.finish();
  const replacement = parts.replaced.replacement({ id: successor as SessionId } as Session, new Map());
  await parts.replaced.keep(session as SessionId, replacement);
  return { launchId, verifier, waiting, signedIn, code, approval, held, tab, session, successor };
}

export type BriefHeld = Awaited<ReturnType<typeof makeBrief>>;
