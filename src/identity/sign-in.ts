import type { SessionId } from '../base/ids.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/config.ts';
import type { Locks } from '../store/locks.ts';
import type { Store } from '../store/store.ts';
import { createBegunRenewals } from '../store/begun-renewals.ts';
import { WRITTEN_WITHIN_MS } from '../store/until-written.ts';
import type { Vault } from '../store/vault.ts';
import { createAttempts, type Attempts } from './session/attempts.ts';
import { createAccountMemory, type OnAccountNews } from './person/account-memory.ts';
import { createBearer, type Bearer } from './session/bearer.ts';
import type { EndedSession, Ending } from './session/session-life.ts';
import { createHandovers, type Handovers } from './session/handovers.ts';
import { createMapping, type Mapping, neededClaims, type PeopleSource } from './person/mapping.ts';
import { createOidc } from './provider/oidc.ts';
import type { Oidc, OidcSettings } from './provider/oidc-port.ts';
import { createLogoutTokens, type LogoutTokens } from './session/logout-tokens.ts';
import type { Principal } from './person/principal.ts';
import { createProviderJwts } from './provider/provider-jwts.ts';
import { loginUrlAt } from './provider/step-up.ts';
import { createProviderSignOuts, type ProviderSignOuts } from './session/provider-sign-outs.ts';
import { createExpectCheck, type ExpectCheck } from './session/expected-check.ts';
import { createRecheck, type Recheck, type StandingSource } from './session/recheck.ts';
import { createRenewalFailures } from './session/renewal-failures.ts';
import { createRevocations, type Revocations } from './session/revocations.ts';
import { announceEnd, createSessionWatch, type SessionWatch } from './session/session-watch.ts';
import { createSessions } from './session/sessions.ts';
import type { Sessions } from './session/sessions-port.ts';
import { createTokenKeeper, type TokenKeeper } from './session/token-keeper.ts';

/** Of the provider: its document or its keys, and the tokens. */
const CALLS_PER_RENEWAL = 2;

/** The parts of signing in. */
export interface SignIn {
  readonly oidc: Oidc;
  readonly attempts: Attempts;
  readonly sessions: Sessions;
  readonly sessionWatch: SessionWatch;
  readonly mapping: Mapping;
  readonly recheck: Recheck;
  readonly expectCheck: ExpectCheck;
  readonly tokenKeeper: TokenKeeper;
  readonly handovers: Handovers;
  readonly providerSignOuts: ProviderSignOuts;
  readonly bearer: Bearer;
  readonly logoutTokens: LogoutTokens;
  readonly revocations: Revocations;
}

export interface SignInDeps {
  readonly config: Pick<Config, 'bearer' | 'environment' | 'http' | 'identity' | 'oidc' | 'session' | 'site'>;
  readonly people: PeopleSource & StandingSource;
  readonly store: Pick<Store, 'publish' | 'subscribe'>;
  readonly vault: Vault;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Deletes what else was kept for a session; called again after a failure. */
  readonly onSessionEnded?: (id: SessionId, principal: Principal) => Promise<void>;
  readonly onAccountNews?: OnAccountNews;
  /** Records that a session was ended. */
  readonly recordEnd: (ended: EndedSession, ending: Ending) => void;
}

/** The settings of the provider's client. */
export const oidcSettings = ({
  oidc,
  identity,
  http: { publicUrl },
  environment,
}: Pick<Config, 'oidc' | 'identity' | 'http' | 'environment'>): OidcSettings => ({
  ...oidc,
  neededClaims: neededClaims(identity),
  redirectUri: new URL('/auth/callback', publicUrl).href,
  postLogoutRedirectUri: new URL('/', publicUrl).href,
  loginUrl: loginUrlAt(publicUrl),
  allowInsecureRequests: environment === 'development',
});

/** Builds the parts of signing in from the configuration. */
export function createSignIn(deps: SignInDeps): SignIn {
  const { config, people, store, vault, locks, clock, logger, onSessionEnded } = deps;
  // Assigned below: no token is given back before the server runs.
  const giveBack = (refreshToken: string): void => revocations.revokeLater(refreshToken);
  const settings = oidcSettings(config);
  const oidc = createOidc(settings, { clock, logger, giveBack });
  const onNews = loggedNews(deps);
  const mapping = createMapping(config.identity, people, vault, onNews);
  const jwts = createProviderJwts({ oidc, clock, awayMs: config.oidc.awayMs });
  const revocations = createRevocations({ oidc, vault, locks, clock, logger });
  const sessions = createSessions({
    vault,
    clock,
    logger,
    settings: config.session,
    async settle({ id, principal, tokens: { refreshToken }, isGrantUsed }, { reason }) {
      const isKept = refreshToken === null || isGrantUsed || reason === 'not_begun';
      await Promise.all([
        announceEnd(deps, id),
        onSessionEnded?.(id, principal),
        isKept ? undefined : revocations.revoke(refreshToken),
      ]);
    },
    onEnded(ended, ending) {
      if (ending.reason !== 'not_begun') deps.recordEnd(ended, ending);
      logger.info('session.ended', { ...ending, login: ended.principal.login });
    },
  });
  const { recheckMs } = config.site;
  const recheck = createRecheck({
    ...{ people, sessions, onNews, clock, recheckMs },
    memory: createAccountMemory(vault),
    policies: config.identity.acting,
  });
  return {
    oidc,
    attempts: createAttempts({ vault, clock }),
    sessions,
    sessionWatch: createSessionWatch({ store, sessions, clock, logger }),
    handovers: createHandovers({ vault, clock }),
    providerSignOuts: createProviderSignOuts({ vault, clock }),
    tokenKeeper: createTokenKeeper({
      ...{ locks, clock, logger, sessions, oidc, revocations },
      ...renewalNotes(config.oidc, vault, clock),
      awayMs: config.oidc.awayMs,
      loginUrl: settings.loginUrl,
    }),
    logoutTokens: createLogoutTokens({ jwts, vault, clock, clientId: settings.clientId }),
    revocations,
    mapping,
    recheck,
    expectCheck: createExpectCheck({ recheck, clock, logger, recheckMs }),
    bearer: createBearer({
      ...{ jwts, clock, mapping },
      settings: config.bearer,
      strength: config.oidc.strength,
    }),
  };
}

function loggedNews({ logger, onAccountNews }: SignInDeps): OnAccountNews {
  return (news, principal) => {
    const { subject, login } = principal;
    if (news.kind === 'renamed') logger.info('account.renamed', { subject, login });
    // An operator who removed a key from the settings too early should see the effect.
    else if (news.isLost)
      logger.warn('account.mapped_without_memory', { code: 'UNAVAILABLE', subject, login });
    else logger.info('account.mapped', { subject, login });
    onAccountNews?.(news, principal);
  };
}

/** What is noted in the store of renewals under way, and of those that failed. */
const renewalNotes = (oidc: Config['oidc'], vault: Vault, clock: Clock) => ({
  failures: createRenewalFailures(vault, clock),
  begun: createBegunRenewals({
    ...{ vault, clock },
    answerMs: CALLS_PER_RENEWAL * oidc.timeoutMs + WRITTEN_WITHIN_MS,
  }),
});
