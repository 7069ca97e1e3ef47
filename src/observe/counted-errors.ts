import type { AppError } from '../base/errors.ts';
import type { Metrics } from './metrics.ts';
import type { OutageLog } from './outage-log.ts';

/** The HTTP status of a GraphQL response does not show its errors, so they have their own metric. */
export const countedErrors =
  (metrics: Pick<Metrics, 'countGraphqlError'>, outages: OutageLog) =>
  (error: AppError, requestId: string): void => {
    metrics.countGraphqlError(error.code);
    outages.note(error, requestId);
  };
