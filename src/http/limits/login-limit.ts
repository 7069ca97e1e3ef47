import type { Request, RequestHandler, Response } from 'express';
import { SECONDS_PER_MINUTE } from '../../base/units.ts';
import type { Config } from '../../config/config.ts';
import type { Store } from '../../store/store.ts';
import { addressKey } from './address-key.ts';
import { assertRoom } from './reject-limit.ts';
import { stateOf } from '../request/request-state.ts';

/** Each sign-in that begins leaves a record in the store and a visit to the provider: a flood of them is slowed down. */
export interface LoginLimit {
  /**
   * Counts the request as one that begins a sign-in, once however often it is called. Every way into a sign-in comes
   * here. Errors: `RATE_LIMITED`.
   */
  count(request: Request, response: Response): Promise<void>;
}

export function createLoginLimit(
  { loginsPerMinute }: Pick<Config['session'], 'loginsPerMinute'>,
  store: Pick<Store, 'limit'>,
): LoginLimit {
  const limit = store.limit({ name: 'logins', points: loginsPerMinute, seconds: SECONDS_PER_MINUTE });
  return {
    async count(request, response) {
      const state = stateOf(response);
      if (state.isCountedLogin === true) return;
      state.isCountedLogin = true;
      assertRoom(await limit.take(addressKey(request)));
    },
  };
}

/** For routes that use something up before the sign-in begins, and for those that try passphrases. */
export function limitLogins(limit: LoginLimit): RequestHandler {
  return async (request, response, next) => {
    await limit.count(request, response);
    next();
  };
}
