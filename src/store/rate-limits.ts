import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

export interface RateLimitOptions {
  /** Distinguishes the kinds of limits. */
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

/** A rate limit. On a shared store it applies to all processes together. */
export interface RateLimit {
  /** Consumes points, one by default. Above the limit: milliseconds until the next point is free. */
  take(key: string, points?: number): Promise<number | undefined>;
  /** Like `take`, but consumes nothing. */
  spent(key: string): Promise<number | undefined>;
  /** Returns a point that was consumed and turned out not to count. */
  giveBack(key: string): Promise<void>;
}

type Limiter = Pick<RateLimiterMemory, 'consume' | 'get' | 'points' | 'reward'>;

export function memoryLimit(options: RateLimitOptions): RateLimit {
  const limiter = memoryLimiter(options);
  return limitOf(limiter, [limiter]);
}

/** The commands of Redis that the library needs. */
export interface LimitClient {
  readonly isReady: boolean;
  eval(script: string, options: { readonly keys: string[]; readonly arguments: string[] }): Promise<unknown>;
  multi(): unknown;
  del(key: string): Promise<number>;
}

/** While Redis is unavailable or takes no writes, each process counts by itself: the limit always applies. */
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
  // A Redis that takes no writes can still be read, but does not have what this process counts meanwhile.
  return limitOf(shared, [shared, own]);
}

const memoryLimiter = ({ name, points, seconds }: RateLimitOptions): RateLimiterMemory =>
  new RateLimiterMemory({ keyPrefix: name, points, duration: seconds });

const limitOf = (limiter: Limiter, counters: readonly Limiter[]): RateLimit => ({
  async take(key, points = 1) {
    try {
      await limiter.consume(key, points);
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
