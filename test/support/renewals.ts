import { AppError } from '../../src/base/errors.ts';
import type { Login, Subject } from '../../src/base/ids.ts';
import { createLogger } from '../../src/base/logger.ts';
import type { Principal, Session } from '../../src/identity/person/principal.ts';
import type { Tokens } from '../../src/identity/provider/oidc-port.ts';
import { createRenewalFailures } from '../../src/identity/session/renewal-failures.ts';
import { createSessions } from '../../src/identity/session/sessions.ts';
import type { Sessions } from '../../src/identity/session/sessions-port.ts';
import {
  createTokenKeeper,
  type TokenKeeper,
  type TokenKeeperDeps,
} from '../../src/identity/session/token-keeper.ts';
import { createBegunRenewals } from '../../src/store/begun-renewals.ts';
import { createLocks } from '../../src/store/locks.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import type { Store } from '../../src/store/store.ts';
import { createVault } from '../../src/store/vault.ts';

export const LOCK_MS = 200;
/** After this time a process counts as dead that has sent a token. */
export const ANSWER_MS = 60_000;
export const SETTLE_MS = 5000;
export const LIFE_MS = 300_000;
const HOUR_MS = 3_600_000;
const MIRA: Principal = {
  issuer: 'https://idp.example',
  subject: 'sub-mira' as Subject,
  displayName: 'Mira',
  email: null,
  login: 'mira' as Login,
  person: { type: 'HumanUser', id: 1, name: 'Mira' },
  permissionRole: null,
  acting: { way: 'sudo' as const },
};

/** A session as a request finds it, with a token that is over, and processes that may renew it. */
export interface Renewals {
  /** Added to the clock. */
  offsetMs: number;
  /** None: whoever has no living token waits for what becomes of it. */
  awayMs: number;
  readonly store: Store;
  readonly sessions: Sessions;
  readonly session: Session;
  readonly asked: string[];
  readonly revoked: string[];
  /** What the provider does with a refresh token. */
  answer: (refreshToken: string) => Promise<Tokens | 'refused'>;
  tokens(name: string): Tokens;
  /** One process of several: they share the store alone. */
  startProcess(refresh?: TokenKeeperDeps['oidc']['refresh']): TokenKeeper;
}

export async function startRenewals(): Promise<Renewals> {
  const logger = createLogger({ level: 'silent' });
  let offsetMs = 0;
  const clock = { now: (): number => Date.now() + offsetMs };
  const store = createMemoryStore(clock);
  const vault = createVault(store, [new Uint8Array(32)], { place: 'test' });
  const settings = { idleMs: HOUR_MS, absoluteMs: HOUR_MS, overlayIdleMs: HOUR_MS, maxPerPerson: 5 };
  const sessions = createSessions({ vault, clock, settings });
  const tokens = (name: string): Tokens => ({
    idToken: 'id',
    accessToken: `access-${name}`,
    accessExpiresAtMs: clock.now() + LIFE_MS,
    refreshToken: name,
  });
  const { session } = await sessions.create(MIRA, tokens('r'));
  offsetMs = LIFE_MS;
  const renewals: Renewals = {
    get offsetMs() {
      return offsetMs;
    },
    set offsetMs(ms) {
      offsetMs = ms;
    },
    ...{ awayMs: 0, store, sessions, session, asked: [], revoked: [], tokens },
    answer: async (refreshToken) => tokens(`${refreshToken}+`),
    startProcess: (refresh = asAnswered) =>
      createTokenKeeper({
        begun: createBegunRenewals({ vault, clock, answerMs: ANSWER_MS, settleMs: SETTLE_MS }),
        failures: createRenewalFailures(vault, clock),
        awayMs: renewals.awayMs,
        loginUrl: 'https://shotgraph.example/auth/login',
        clock,
        logger,
        sessions,
        oidc: { refresh },
        locks: createLocks({ store, logger, lockMs: LOCK_MS }),
        revocations: { revokeLater: (refreshToken) => void renewals.revoked.push(refreshToken) },
      }),
  };
  const asAnswered = async ({ refreshToken }: Tokens): Promise<Tokens | 'refused'> => {
    if (refreshToken === null) throw new AppError('INTERNAL');
    renewals.asked.push(refreshToken);
    return renewals.answer(refreshToken);
  };
  return renewals;
}

export const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
