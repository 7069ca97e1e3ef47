import type { Request, RequestHandler, Response } from 'express';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { sha256 } from '../../base/digest.ts';
import { AppError } from '../../base/errors.ts';
import { MS_PER_SECOND, SECONDS_PER_MINUTE } from '../../base/units.ts';
import type { Config } from '../../config/config.ts';
import type { RateLimit } from '../../store/rate-limits.ts';
import type { Store } from '../../store/store.ts';
import { principalOf, stateOf } from '../request/request-state.ts';

/** A household or a studio gets at least a /64 of IPv6, and may use any address in it. */
const PREFIX_PARTS = 4;

/**
 * The key of a limit by address: a normalized IPv4 address, or the first 64 bits of an IPv6 address. A client with
 * many addresses would otherwise get the limit once per address.
 */
export function addressKey({ ip = '' }: Pick<Request, 'ip'>): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  if (address.kind() === 'ipv4') return address.toString();
  const { parts } = address as ipaddr.IPv6;
  return `${parts
    .slice(0, PREFIX_PARTS)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}

/** Limits of requests that cost us something. Each refuses with `RATE_LIMITED` and `details.retryAfterSeconds`. */
export interface RequestLimits {
  readonly logins: LoginLimit;
  readonly guesses: GuessLimit;
  /**
   * Refused launches, by address (A43). Only refusals count, so an honest studio behind one address is never
   * limited.
   */
  readonly rejects: Limit;
  /** By person, not by address: a studio shares its address (F24). */
  readonly graphql: Limit;
  /** By person: a point for each request and for each further call to ShotGrid, and one for each 500 rows. */
  readonly cost: Limit;
  readonly uploads: Limit;
}

interface Limit {
  /** Refuses if there is no room; counts nothing. */
  assertRoom(key: string): Promise<void>;
  /** Counts points, one by default, and refuses if they exceed the limit. */
  count(key: string, points?: number): Promise<void>;
}

/** Each sign-in leaves a record in the store and a visit to the provider, so a flood of them is slowed down. */
interface LoginLimit {
  /**
   * Counts the request as the start of a sign-in, once even if called several times. Every route that starts a
   * sign-in calls this.
   */
  count(request: Request, response: Response): Promise<void>;
}

/**
 * Slows down a client that guesses session ids. Only ids that were not seen before count, so a page that keeps
 * sending an old cookie costs its studio nothing. While an address is refused, sessions that this server has seen
 * still work.
 */
interface GuessLimit {
  /** Looks a session up by its token. */
  guard<T>(request: Request, token: string, find: () => Promise<T | undefined>): Promise<T | undefined>;
  /** Marks a token of ours as known: it is no guess. */
  know(token: string): void;
}

const MAX_SEEN = 50_000;
/** An address may occasionally have the refusals of this many extra seconds. */
const BURST_SECONDS = 2;
const BURST_WINDOW_SECONDS = 10;

type Settings = Pick<Config, 'session' | 'launch' | 'graphql'>;

/** All limits of requests: what is counted, how often in how long. */
export function createRequestLimits(
  {
    session: { loginsPerMinute },
    launch: { rejectsPerSecond },
    graphql: { requestsPerMinute, costPerMinute },
  }: Settings,
  store: Pick<Store, 'limit'>,
): RequestLimits {
  const perMinute = (name: string, points: number): RateLimit =>
    store.limit({ name, points, seconds: SECONDS_PER_MINUTE });
  const steady = store.limit({ name: 'rejects', points: rejectsPerSecond, seconds: 1 });
  const burst = store.limit({
    name: 'rejects-burst',
    points: rejectsPerSecond * BURST_SECONDS,
    seconds: BURST_WINDOW_SECONDS,
  });
  return {
    logins: loginLimit(limitOf(perMinute('logins', loginsPerMinute))),
    guesses: guessLimit(perMinute('guesses', loginsPerMinute)),
    rejects: limitOf(withBurst(steady, burst)),
    graphql: limitOf(perMinute('graphql', requestsPerMinute)),
    cost: limitOf(perMinute('cost', costPerMinute), 'This asks too much of ShotGrid within a minute.'),
    uploads: limitOf(perMinute('uploads', requestsPerMinute)),
  };
}

type Counter = Pick<RateLimit, 'take' | 'spent'>;

const limitOf = (limit: Counter, why?: string): Limit => ({
  assertRoom: async (key) => refuseUntil(await limit.spent(key), why),
  count: async (key, points) => refuseUntil(await limit.take(key, points), why),
});

/** Allows a request if either counter has room. */
const withBurst = (steady: Counter, burst: Counter): Counter => ({
  async take(key) {
    const waitMs = await steady.take(key);
    return waitMs === undefined || (await burst.take(key)) === undefined ? undefined : waitMs;
  },
  async spent(key) {
    const [now, kept] = await Promise.all([steady.spent(key), burst.spent(key)]);
    return kept === undefined ? undefined : now;
  },
});

const loginLimit = (limit: Limit): LoginLimit => ({
  async count(request, response) {
    const state = stateOf(response);
    if (state.isCountedLogin === true) return;
    state.isCountedLogin = true;
    await limit.count(addressKey(request));
  },
});

function guessLimit(guesses: RateLimit): GuessLimit {
  const seen = new LRUCache<string, true>({ max: MAX_SEEN });
  return {
    async guard(request, token, find) {
      const mark = sha256(token);
      if (seen.has(mark)) return find();
      const address = addressKey(request);
      refuseUntil(await guesses.spent(address));
      const found = await find();
      seen.set(mark, true);
      // This request gets its answer; the next may be refused.
      if (found === undefined) await guesses.take(address);
      return found;
    },
    know: (token) => void seen.set(sha256(token), true),
  };
}

/** States the wait in words: people do not see the header. */
function refuseUntil(waitMs: number | undefined, why = 'Too many requests.'): void {
  if (waitMs === undefined) return;
  const seconds = Math.max(1, Math.ceil(waitMs / MS_PER_SECOND));
  throw new AppError('RATE_LIMITED', {
    message: `${why} Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`,
    details: { retryAfterSeconds: seconds },
  });
}

/** A person who is renamed keeps one share. */
export const shareKey = (response: Response): string => String(principalOf(response).person.id);

/** Counts the request in each of these limits. */
export const limitPerPerson =
  (
    { limits }: { readonly limits: RequestLimits },
    ...names: readonly ('graphql' | 'cost' | 'uploads')[]
  ): RequestHandler =>
  async (_request, response, next) => {
    const key = shareKey(response);
    // One after the other: what one limit refuses takes nothing of the next.
    for (const name of names) await limits[name].count(key);
    next();
  };

/** A request of this size costs about as much to read and to plan as a small one costs in all. */
const BYTES_OF_A_REQUEST = 16_384;

/** Each person has a share of the work, not only of the number of requests: a large one counts as several. */
export const limitBySize =
  ({ limits }: { readonly limits: RequestLimits }, sizes: WeakMap<object, number>): RequestHandler =>
  async (request, response, next) => {
    const more = Math.floor((sizes.get(request) ?? 0) / BYTES_OF_A_REQUEST);
    if (more > 0) await limits.graphql.count(shareKey(response), more);
    next();
  };
