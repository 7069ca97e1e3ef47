import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import type { CallOptions } from '../../shotgun/port/records.ts';
import type { Operation } from '../../shotgun/client/operation.ts';
import type { ChangeLog } from './change-log.ts';

/**
 * Takes points of what a person's requests may cost.
 *
 * @throws AppError RATE_LIMITED if there are none left
 */
export type Spend = (points: number) => Promise<void>;

/** Rows of an answer that cost about as much here as another call. */
const ROWS_OF_A_POINT = 500;

/**
 * Counts what the calls of one request cost: a point each, and one more for each 500 rows. The first point was
 * taken with the request. A read is refused before it is sent. Once the request has begun a change it is counted and
 * goes on: a change whose result cannot be read would be made again.
 */
export class CallCost {
  readonly #spend: Spend;
  #isPaid = true;
  readonly #changes: Pick<ChangeLog, 'hasAny'>;
  #hasChanged = false;

  /** @param changes those of other systems count, too */
  constructor(spend: Spend, changes: Pick<ChangeLog, 'hasAny'>) {
    this.#spend = spend;
    this.#changes = changes;
  }

  /** The client, with each of its calls counted. */
  observe(client: ActingClient): ActingClient {
    const call = async <T>(operation: Operation<T>, options?: CallOptions): Promise<T> => {
      if (this.#isPaid) this.#isPaid = false;
      else if (this.#hasChanged || this.#changes.hasAny) this.#note(1);
      else await this.#spend(1);
      this.#hasChanged ||= operation.changes !== undefined;
      const answer = await client.call(operation, options);
      const more = Array.isArray(answer) ? Math.floor(answer.length / ROWS_OF_A_POINT) : 0;
      if (more > 0) this.#note(more);
      return answer;
    };
    return { login: client.login, call };
  }

  /** What has been done is not refused: the next request is. */
  #note(points: number): void {
    this.#spend(points).catch(() => undefined);
  }
}
