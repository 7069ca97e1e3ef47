import { AppError, toAppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { parseLogin, randomToken, type Login, type SessionUuid } from '../../base/ids.ts';
import type { Locks } from '../../store/locks.ts';
import { BRIEF_WAITS_MS, untilWritten } from '../../store/until-written.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';
import { beginAppSession, pollAppSession } from './app-session.ts';
import { claimsOf, type Granted, type GrantDeps, requestGrant } from '../wire/grant.ts';
import type { Minted, PersonToken } from '../wire/tokens.ts';
import { createRefreshChain, type RefreshChain } from './refresh-chain.ts';
import type { Self, Standing } from '../port/actor.ts';
import type { SiteCondition } from '../wire/site-condition.ts';
import type { OnSiteCall } from '../wire/site-pool.ts';
import type { OnWaiting } from '../wire/fair-turns.ts';
import { createTransport } from '../wire/transport.ts';

/** The person whose account is linked: the one that the sign-in was mapped to. */
export interface OwnPerson {
  readonly login: Login;
  readonly personId: number;
}

/** The credentials that a person enters to link their own account. */
export interface Passphrase {
  /** The login for scripts and tools, if it differs from `HumanUser.login` (API 1.1). */
  readonly login: string;
  readonly passphrase: string;
  /** Window of the launch that led here (API 1.6). Writes of this account for that launch carry it. */
  readonly sessionUuid: SessionUuid | null;
}

/** Which token of an account is asked for. */
export interface AskedToken {
  readonly sessionUuid: SessionUuid | null;
  /** For a renewal before its time: until when the token before it is used. */
  readonly usedUntilMs: number | null;
}

/** A request for approval that waits for the person. */
export interface ApprovalAsked {
  /** Page of the site on which the person approves. */
  readonly url: string;
}

/**
 * ShotGrid through the person's own credentials, for people whom `sudo` may not impersonate. Only tokens that
 * ShotGrid issued are kept: encrypted, under an account id that a session holds. The passphrase is never kept.
 */
export interface OwnAccounts {
  /**
   * Links by login and passphrase. On sites with Autodesk Identity the passphrase belongs to a personal access
   * token (API 1.1).
   *
   * @returns the account id
   * @throws AppError OWN_ACCOUNT_REFUSED, OWN_ACCOUNT_OTHER, or a failure of the site
   */
  linkByPassphrase(person: OwnPerson, passphrase: Passphrase, ttlMs: number): Promise<string>;
  /** Requests an approval by the person in the browser (API 1.8). @param key of the requesting session */
  askApproval(key: string, person: OwnPerson): Promise<ApprovalAsked>;
  /**
   * The account id once the person has approved; undefined while the approval is pending.
   *
   * @throws AppError OWN_ACCOUNT_REFUSED if the request has ended, OWN_ACCOUNT_OTHER
   */
  takeApproval(key: string, person: OwnPerson, ttlMs: number): Promise<string | undefined>;
  /** A token of the account. Errors: `OWN_ACCOUNT_NEEDED` if it is no longer linked, `USER_INACTIVE`. */
  mint(account: string, person: OwnPerson, asked: AskedToken): Promise<Minted<PersonToken>>;
  /** Never returns a token again that the site refused. */
  spoil(account: string, token: PersonToken): Promise<void>;
  /** False once the account was forgotten, or ShotGrid refused its tokens. */
  has(account: string): Promise<boolean>;
  /** Deletes the account and its tokens. */
  forget(account: string): Promise<void>;
  /** Waits for the renewals that are under way: the person would have to link their account again. */
  close(): Promise<void>;
}

export interface OwnAccountsDeps extends Omit<GrantDeps, 'transport'> {
  readonly logger: Logger;
  readonly onSiteCall?: OnSiteCall;
  readonly onWaiting?: OnWaiting;
  readonly condition?: SiteCondition;
  readonly vault: Vault;
  readonly locks: Locks;
  /** Aborted once the server stops. */
  readonly stopping?: AbortSignal;
  /** The person's current state. The site's own tokens may not reveal that the person is disabled (API 1.4). */
  describe(
    personId: number,
  ): Promise<(Self & { readonly login: string; readonly active: boolean }) | undefined>;
}

/**
 * The passphrase is no longer available for a later window. So one chain carries the launch's window, the other
 * none.
 */
interface WindowChain {
  readonly sessionUuid: SessionUuid | null;
  readonly chain: string;
}

type Secret =
  | { readonly kind: 'session'; readonly sessionToken: string }
  | { readonly kind: 'refresh'; readonly chains: readonly WindowChain[] };

interface Account {
  readonly personId: number;
  readonly login: Login;
  readonly secret: Secret;
}

/** A request for approval, and the site's token for it. */
interface Approval {
  readonly requestId: string;
  readonly sessionToken: string | null;
}

/** The site keeps a request for approval for about this long (API 1.8). */
const APPROVAL_MS = 300_000;

/** It has its own connections, so that a person's credentials never queue with other calls. */
export function createOwnAccounts(deps: OwnAccountsDeps): OwnAccounts {
  return new VaultAccounts({ ...deps, transport: createTransport({ ...deps, maxConnections: 4 }) });
}

class VaultAccounts implements OwnAccounts {
  readonly #deps: OwnAccountsDeps & GrantDeps;
  readonly #chains: RefreshChain;

  constructor(deps: OwnAccountsDeps & GrantDeps) {
    this.#deps = deps;
    this.#chains = createRefreshChain(deps);
  }

  async linkByPassphrase(person: OwnPerson, given: Passphrase, ttlMs: number): Promise<string> {
    const windows = given.sessionUuid === null ? [null] : [null, given.sessionUuid];
    const chains: WindowChain[] = [];
    try {
      for (const sessionUuid of windows) {
        const granted = await this.#grant(person.login, {
          grant_type: 'password',
          username: given.login,
          password: given.passphrase,
          ...(sessionUuid !== null && { session_uuid: sessionUuid }),
        });
        assertOwn(granted, person);
        chains.push({ sessionUuid, chain: await this.#chains.begin(granted, ttlMs) });
      }
      return await this.#keep(person, { kind: 'refresh', chains }, ttlMs);
    } catch (error) {
      // No account holds these chains, so nothing could end them later.
      await Promise.allSettled(chains.map(({ chain }) => this.#chains.end(chain)));
      throw error;
    }
  }

  async askApproval(key: string, { login }: OwnPerson): Promise<ApprovalAsked> {
    const { url, requestId } = await beginAppSession(this.#deps.transport, this.#deps.settings, login);
    const asked: Approval = { requestId, sessionToken: null };
    await this.#deps.vault.set(approvalKey(key), asked, APPROVAL_MS);
    return { url };
  }

  async takeApproval(key: string, person: OwnPerson, ttlMs: number): Promise<string | undefined> {
    const asked = (await this.#deps.vault.get(approvalKey(key))) as Approval | undefined;
    if (asked === undefined) throw new AppError('OWN_ACCOUNT_REFUSED');
    const sessionToken =
      asked.sessionToken ?? (await pollAppSession(this.#deps.transport, asked.requestId, person.login));
    if (sessionToken === undefined) return undefined;
    // The site returns the token once. Store it, so that a retry finds it after any later failure.
    const taken: Approval = { ...asked, sessionToken };
    if (asked.sessionToken === null) {
      await untilWritten(() => this.#deps.vault.set(approvalKey(key), taken, APPROVAL_MS));
    }
    try {
      const parameters = { grant_type: 'session_token', session_token: sessionToken };
      assertOwn(await this.#grant(person.login, parameters), person);
    } catch (error) {
      const isRefused = ['OWN_ACCOUNT_REFUSED', 'OWN_ACCOUNT_OTHER'].includes(toAppError(error).code);
      if (isRefused) await this.#deps.vault.delete(approvalKey(key));
      throw error;
    }
    const account = await this.#keep(person, { kind: 'session', sessionToken }, ttlMs);
    await this.#deps.vault.delete(approvalKey(key)).catch((error: unknown) => {
      this.#deps.logger.warn('account.approval_left', { error });
    });
    return account;
  }

  async mint(account: string, person: OwnPerson, asked: AskedToken): Promise<Minted<PersonToken>> {
    const found = (await this.#deps.vault.get(accountKey(account))) as Account | undefined;
    // An account id must not work for another person.
    if (found === undefined || found.personId !== person.personId) throw new AppError('OWN_ACCOUNT_NEEDED');
    const now = await this.#deps.describe(person.personId);
    const login = parseLogin(now?.login ?? '');
    if (now?.active !== true || login === undefined) throw new AppError('USER_INACTIVE');
    const { id, name, email, permissionRole } = now;
    try {
      const granted = await this.#renew(found.secret, person.login, asked);
      assertOwn(granted, person);
      const standing: Standing = { id, name, email, permissionRole, login };
      const { value, renewFromMs, renewAtMs } = granted;
      return { token: { value, standing } as PersonToken, renewFromMs, renewAtMs };
    } catch (error) {
      if (toAppError(error).code !== 'OWN_ACCOUNT_REFUSED') throw error;
      await this.forget(account);
      throw new AppError('OWN_ACCOUNT_NEEDED', { cause: error });
    }
  }

  async spoil(account: string, { value }: PersonToken): Promise<void> {
    const found = (await this.#deps.vault.get(accountKey(account))) as Account | undefined;
    await Promise.all(chainsOf(found).map(({ chain }) => this.#chains.spoil(chain, value)));
  }

  async has(account: string): Promise<boolean> {
    return (await this.#deps.vault.get(accountKey(account))) !== undefined;
  }

  /** Retried at once: a client that lost the answer no longer has the account's id either. */
  async forget(account: string): Promise<void> {
    await untilWritten(() => this.#forget(account), BRIEF_WAITS_MS);
  }

  async #forget(account: string): Promise<void> {
    const found = (await this.#deps.vault.get(accountKey(account))) as Account | undefined;
    await Promise.all(chainsOf(found).map(({ chain }) => this.#chains.end(chain)));
    // Delete the account last: until then a retry finds the remaining chains.
    await this.#deps.vault.delete(accountKey(account));
  }

  async close(): Promise<void> {
    await this.#chains.close();
    await this.#deps.transport.close();
  }

  #renew(secret: Secret, login: Login, { sessionUuid, usedUntilMs }: AskedToken): Promise<Granted> {
    if (secret.kind === 'refresh') {
      return this.#chains.token(chainFor(secret.chains, sessionUuid), login, usedUntilMs);
    }
    return this.#grant(login, {
      grant_type: 'session_token',
      session_token: secret.sessionToken,
      ...(sessionUuid !== null && { session_uuid: sessionUuid }),
    });
  }

  /** Never repeats the site's message about these credentials: it quotes the login or the end of the token. */
  async #grant(login: Login, parameters: Readonly<Record<string, string>>): Promise<Granted> {
    try {
      return await requestGrant(this.#deps, parameters, login);
    } catch (error) {
      if (toAppError(error).code === 'UPSTREAM_AUTH') throw new AppError('OWN_ACCOUNT_REFUSED');
      throw error;
    }
  }

  async #keep({ personId, login }: OwnPerson, secret: Secret, ttlMs: number): Promise<string> {
    const account = randomToken();
    const kept: Account = { personId, login, secret };
    await untilWritten(() => this.#deps.vault.set(accountKey(account), kept, ttlMs), BRIEF_WAITS_MS);
    return account;
  }
}

/** The account must belong to the person who signed in. Otherwise that person would act as another. */
function assertOwn({ value }: Granted, { personId }: OwnPerson): void {
  const claims = claimsOf(value);
  if (claims.personId !== personId || claims.sudoAsLogin !== null) throw new AppError('OWN_ACCOUNT_OTHER');
}

const chainsOf = (account: Account | undefined): readonly WindowChain[] =>
  account?.secret.kind === 'refresh' ? account.secret.chains : [];

/** A window without its own chain uses the chain without a window, so that no write shows up in the wrong window. */
function chainFor(chains: readonly WindowChain[], sessionUuid: SessionUuid | null): string {
  const found =
    chains.find((each) => each.sessionUuid === sessionUuid) ??
    chains.find((each) => each.sessionUuid === null);
  if (found === undefined) throw new AppError('OWN_ACCOUNT_REFUSED');
  return found.chain;
}

const accountKey = (account: string): string => hashedKey('own-account', account);
const approvalKey = (key: string): string => hashedKey('own-approval', key);
