import type { RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { HttpDeps } from './http-deps.ts';
import { limited } from './reject-limit.ts';

const SECONDS_PER_MINUTE = 60;

/** Each sign-in that begins leaves a record in the store and a visit to the provider: a flood of them is slowed down. */
export function limitLogins({ config }: HttpDeps): RequestHandler {
  const limiter = new RateLimiterMemory({
    points: config.session.loginsPerMinute,
    duration: SECONDS_PER_MINUTE,
  });
  return async (request, _response, next) => {
    try {
      await limiter.consume(request.ip ?? '');
    } catch (refusal) {
      throw refusal instanceof RateLimiterRes ? limited(refusal) : refusal;
    }
    next();
  };
}
