import type { AppError } from '../../base/errors.ts';
import type { RecordRef } from '../ports/ports.ts';

/** What became of a change: made, certainly not made, or nobody can tell. */
export type ChangeOutcome = 'done' | 'failed' | 'unknown';

/** What the changes of one field of a mutation came to. */
export interface FieldChanges {
  readonly outcome: 'done' | 'unknown';
  /** The records that were changed at the site. */
  readonly written: readonly RecordRef[];
}

/**
 * What became of the changes of one request, by the field of its mutation: fields of a mutation are made one after the
 * other (GraphQL 6.2.2). It is told where a change is made, so it holds whatever happens to the answer afterwards.
 */
export class ChangeLog {
  #field = '';
  #hasSent = false;
  readonly #byField = new Map<string, FieldChanges>();
  /** `field code` of each change that was not made for sure. */
  readonly #failures = new Set<string>();

  /** The field, by its name in the answer, that all changes belong to from here on. */
  begin(field: string): void {
    this.#field = field;
    this.#hasSent = false;
  }

  /** A call that may change something has left for another system. */
  noteSent(): void {
    this.#hasSent = true;
  }

  /** Whether one has, since the field began. */
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

  /** Whether a change of the field failed for this reason. */
  hasFailed(field: string, { code }: AppError): boolean {
    return this.#failures.has(`${field} ${code}`);
  }

  of(field: string): FieldChanges | undefined {
    return this.#byField.get(field);
  }
}
