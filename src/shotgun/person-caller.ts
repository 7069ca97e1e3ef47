import type { Login } from '../base/ids.ts';
import { sendAuthorised } from './authorised-send.ts';
import type { TokenSource } from './authorised-send.ts';
import type { HttpAnswer, HttpCall } from './http-call.ts';
import { AppError } from '../base/errors.ts';
import type { GrantDeps } from './grant.ts';
import { type Minted, mintPersonToken } from './mint-token.ts';
import type { OwnAccounts } from './own-accounts.ts';
import { createPersonShares } from './person-share.ts';
import type { ScriptHealth } from './script-health.ts';
import type { CallOptions } from './shotgun.ts';
import { TokenCache } from './token-cache.ts';
import type { Actor, PersonToken } from './token.ts';
import type { Transport } from './transport.ts';

/** People times their open launches; a token is half a kilobyte. */
const MAX_TOKENS = 5000;

/**
 * Calls ShotGrid as one person. Searches and writes take nothing else, it cannot be made without a login,
 * and every call of it carries a token that was seen to act as that login (G7).
 */
export class PersonCaller {
  readonly login: Login;
  readonly #transport: Transport;
  readonly #tokens: TokenSource<PersonToken>;

  constructor(transport: Transport, tokens: TokenSource<PersonToken>, login: Login) {
    this.login = login;
    this.#transport = transport;
    this.#tokens = tokens;
  }

  send(call: HttpCall, { signal: parent, onSent }: CallOptions = {}): Promise<HttpAnswer> {
    const told = onSent === undefined ? call : { ...call, onSent };
    return this.#transport.inTime(
      (signal) => sendAuthorised(this.#transport, this.#tokens, told, signal),
      parent,
    );
  }
}

export interface PersonCallerDeps extends GrantDeps {
  readonly own?: Pick<OwnAccounts, 'mint' | 'spoil'>;
  readonly health: Pick<ScriptHealth, 'watch'>;
}

/**
 * Makes callers whose tokens are kept per login, window of ShotGrid and, where it is their own, linked account. All
 * callers of a login have one share of the connections.
 */
export function createPersonCallers(deps: PersonCallerDeps): (actor: Actor) => PersonCaller {
  const cache = new TokenCache<PersonToken>(deps.clock, MAX_TOKENS);
  const shareOf = createPersonShares(deps.transport, deps.settings.maxCallsPerPerson);
  return (actor) => {
    const { login, sessionUuid, own } = actor;
    const key = JSON.stringify([login, sessionUuid, own]);
    const tokens: TokenSource<PersonToken> = {
      get: (signal) => cache.get(key, () => mint(deps, actor), signal),
      async forget(token) {
        cache.forget(key, token);
        if (own !== null && own.account !== null) await deps.own?.spoil(own.account, token);
      },
    };
    return new PersonCaller(shareOf(login), tokens, login);
  };
}

function mint(deps: PersonCallerDeps, actor: Actor): Promise<Minted<PersonToken>> {
  const { login, sessionUuid, own } = actor;
  if (own === null) return deps.health.watch(login, () => mintPersonToken(deps, actor));
  // Nothing is tried by `sudo` for somebody who is to act by their own account.
  if (own.account === null || deps.own === undefined)
    return Promise.reject(new AppError('OWN_ACCOUNT_NEEDED'));
  return deps.own.mint(own.account, { login, personId: own.personId }, sessionUuid);
}
