import type { FilterGroup } from '../../shotgun/port/requests.ts';

/** A call that a request would make, found without sending anything. */
export interface PlannedCall {
  /** From 0, in starting order. */
  readonly index: number;
  readonly kind: string;
  /** Another system of the studio, if it is called instead of ShotGrid. */
  readonly system?: string;
  /** Entity type of the call; null if it concerns none or several. */
  readonly type: string | null;
  readonly fields: readonly string[];
  readonly filter: FilterGroup | null;
  /** Indexes of the calls that it waits for. */
  readonly after: readonly number[];
  /** One more than the latest wave of those; 1 if it waits for none. */
  readonly wave: number;
}

/** The content of a call, without its place among the others. */
export type CallDraft = Pick<PlannedCall, 'kind'> &
  Partial<Pick<PlannedCall, 'system' | 'type' | 'fields' | 'filter'>>;
