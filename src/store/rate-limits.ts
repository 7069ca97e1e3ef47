import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

export interface RateLimitOptions {
  /** One for each kind of limit. */
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

/** How often something may happen. Where the store is shared, all processes together allow what one alone does. */
export interface RateLimit {
  /** Counts one. Where it was one too many: milliseconds until there is room again. */
  take(key: string): Promise<number | undefined>;
  /** The same without counting. */
  spent(key: string): Promise<number | undefined>;
  /** Makes room for one that was counted and need not have been. */
  giveBack(key: string): Promise<void>;
}

type Limiter = Pick<RateLimiterMemory, 'consume' | 'get' | 'points' | 'reward'>;

export function memoryLimit(options: RateLimitOptions): RateLimit {
  const limiter = memoryLimiter(options);
  return limitOf(limiter, [limiter]);
}

/** What the library asks of a client of Redis. */
export interface LimitClient {
  readonly isReady: boolean;
  eval(script: string, options: { readonly keys: string[]; readonly arguments: string[] }): Promise<unknown>;
  multi(): unknown;
  del(key: string): Promise<number>;
}

/** While Redis cannot be reached or takes no writes, each process counts by itself: a limit never opens. */
export function redisLimit(options: RateLimitOptions, client: LimitClient): RateLimit {
  const own = memoryLimiter(options);
  const shared = new RateLimiterRedis({
    storeClient: client,
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
    keyPrefix: options.name,
    points: options.points,
    duration: options.seconds,
    insuranceLimiter: own,
  });
  // A Redis that takes no writes is read all the same, and holds nothing of what is counted here meanwhile.
  return limitOf(shared, [shared, own]);
}

const memoryLimiter = ({ name, points, seconds }: RateLimitOptions): RateLimiterMemory =>
  new RateLimiterMemory({ keyPrefix: name, points, duration: seconds });

const limitOf = (limiter: Limiter, counters: readonly Limiter[]): RateLimit => ({
  async take(key) {
    try {
      await limiter.consume(key);
      return undefined;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return refusal.msBeforeNext;
      throw refusal;
    }
  },
  async giveBack(key) {
    await limiter.reward(key);
  },
  async spent(key) {
    const states = await Promise.all(counters.map((counter) => counter.get(key)));
    return states.find((state) => state !== null && state.consumedPoints >= limiter.points)?.msBeforeNext;
  },
});
