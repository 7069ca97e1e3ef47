import type { AppError } from '../../base/errors.ts';
import type { RecordRef } from '../ports/ports.ts';

/** The outcome of a change: made, certainly not made, or unknown. */
export type ChangeOutcome = 'done' | 'failed' | 'unknown';

/** The result of one mutation field's changes. */
export interface FieldChanges {
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

  /** A call that may change something was sent to another system. */
  noteSent(): void {
    this.#hasSent = true;
  }

  /** True if one was sent since the field began. */
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

  of(field: string): FieldChanges | undefined {
    return this.#byField.get(field);
  }
}
