import { type AppError, toAppError } from '../../base/errors.ts';
import type { RecordRef } from '../ports/ports.ts';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import type { CallOptions } from '../../shotgun/port/records.ts';
import type { Changed, Operation } from '../../shotgun/client/operation.ts';

/** The outcome of a change: made, certainly not made, or unknown. */
export type ChangeOutcome = 'done' | 'failed' | 'unknown';

/** The result of one mutation field's changes. */
interface FieldChanges {
  readonly outcome: 'done' | 'unknown';
  /** The records that were changed at the site. */
  readonly written: readonly RecordRef[];
}

/**
 * The outcomes of a request's changes, by mutation field: these run one after the other (GraphQL 6.2.2). They are
 * noted at the change itself, so they hold even if the response fails afterwards.
 */
export class ChangeLog {
  #field = '';
  #hasSent = false;
  readonly #byField = new Map<string, FieldChanges>();
  /** `field code` of each change that certainly was not made. */
  readonly #failures = new Set<string>();

  /** Starts a field, by its name in the response: all later changes belong to it. */
  begin(field: string): void {
    this.#field = field;
    this.#hasSent = false;
  }

  /** True in a mutation. */
  get hasBegun(): boolean {
    return this.#field !== '';
  }

  /** A call to another system may have changed something. */
  noteSent(): void {
    this.#hasSent = true;
  }

  /** True if one may have since the field began. */
  get hasSent(): boolean {
    return this.#hasSent;
  }

  /** @param error why it was not made, or may not have been */
  note(outcome: ChangeOutcome, record: RecordRef | null, error: AppError | null): void {
    if (error !== null) this.#failures.add(`${this.#field} ${error.code}`);
    if (outcome === 'failed') return;
    const before = this.#byField.get(this.#field);
    this.#byField.set(this.#field, {
      outcome: before?.outcome === 'done' ? 'done' : outcome,
      written: [...(before?.written ?? []), ...(outcome === 'done' && record !== null ? [record] : [])],
    });
  }

  /** True if a change of the field failed for this reason. */
  hasFailed(field: string, { code }: AppError): boolean {
    return this.#failures.has(`${field} ${code}`);
  }

  /** True if a change of the request was made, or may have been, here or at another system. */
  get hasAny(): boolean {
    return this.#byField.size > 0;
  }

  of(field: string): FieldChanges | undefined {
    return this.#byField.get(field);
  }
}

/** A change that was made or tried. */
export interface Change extends Changed {
  readonly outcome: ChangeOutcome;
  /** False if nothing was sent to the site. */
  readonly isSent: boolean;
  readonly error: AppError | null;
}

/** A client that reports each change once its outcome is known. */
export function auditedClient(client: ActingClient, onChange: (change: Change) => void): ActingClient {
  return {
    login: client.login,
    async call<T>(operation: Operation<T>, options?: CallOptions): Promise<T> {
      if (operation.changes === undefined) return client.call(operation, options);
      let isSent = false;
      const onSent = (): void => {
        isSent = true;
      };
      const tell = (answer: T | undefined, told: Omit<Change, keyof Changed>): void => {
        for (const change of operation.changes(answer)) onChange({ ...change, ...told });
      };
      try {
        const answer = await client.call(operation, { ...options, onSent });
        tell(answer, { outcome: 'done', isSent: true, error: null });
        return answer;
      } catch (thrown) {
        const error = toAppError(thrown);
        tell(undefined, { outcome: outcomeOf(error, isSent), isSent, error });
        throw thrown;
      }
    },
  };
}

/** A bug of ours after the call was sent does not show what the site did. */
function outcomeOf({ code, details }: AppError, isSent: boolean): ChangeOutcome {
  if (details?.['outcome'] === 'unknown') return 'unknown';
  return code === 'INTERNAL' && isSent ? 'unknown' : 'failed';
}
