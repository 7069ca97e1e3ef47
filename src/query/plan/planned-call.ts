import type { FilterGroup } from '../../shotgun/port/requests.ts';

/** A call that a request would make. Nothing is asked to know it. */
export interface PlannedCall {
  /** From 0, in the order in which the calls begin. */
  readonly index: number;
  readonly kind: string;
  /** Entity type that it is about; null where it is about none or several. */
  readonly type: string | null;
  readonly fields: readonly string[];
  readonly filter: FilterGroup | null;
  /** Indexes of the calls that it waits for. */
  readonly after: readonly number[];
  /** One more than the latest wave of those; 1 where it waits for none. */
  readonly wave: number;
}

/** What a call asks, without its place among the others. */
export type CallDraft = Pick<PlannedCall, 'kind'> & Partial<Pick<PlannedCall, 'type' | 'fields' | 'filter'>>;
