import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
} from 'cockatiel';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

/** Keeps calls away from a site that is out of order, so that nobody waits for what cannot come and the site can recover. */
export interface Circuit {
  /** @throws AppError UPSTREAM_UNAVAILABLE at once while the circuit is open; whatever `call` throws */
  run<T>(call: () => Promise<T>): Promise<T>;
  isOpen(): boolean;
}

/** More than one page's calls and their repeats: one slow corner of the site does not shut out everybody. */
const FAILURES_TO_OPEN = 20;
/** Then one call at a time tries whether the site is back: soon at first, less often while it is not. */
const RETRY_AFTER_MS = { initialDelay: 1000, maxDelay: 10_000 };

const OUT_OF_ORDER =
  'ShotGrid has been out of order for a while. It is tried every few seconds: come back in a moment.';

/** A circuit for one pool of connections. Any answer of the site closes it, also one that refuses. */
export function createCircuit(logger: Logger): Circuit {
  const breaker = circuitBreaker(handleWhen(isOutage), {
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    halfOpenAfter: new ExponentialBackoff(RETRY_AFTER_MS),
  });
  breaker.onBreak((failure) => {
    const error = 'error' in failure ? failure.error : undefined;
    logger.error('shotgrid circuit opened', { count: FAILURES_TO_OPEN, error });
  });
  breaker.onReset(() => logger.info('shotgrid circuit closed'));
  return {
    isOpen: () => breaker.state === CircuitState.Open,
    async run(call) {
      try {
        return await breaker.execute(call);
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        throw new AppError('UPSTREAM_UNAVAILABLE', { message: OUT_OF_ORDER });
      }
    },
  };
}

/** A caller who leaves says nothing of the site. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  if (error.code === 'UPSTREAM_UNAVAILABLE') return true;
  return error.code === 'UPSTREAM_TIMEOUT' && !isAbortError(error.cause);
}

function isAbortError(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'name' in cause && cause.name === 'AbortError';
}
