import type { CallDraft, PlannedCall } from './planned-call.ts';

type Go = () => void;

/**
 * The planned calls of one request in order. It needs no clock: calls end in starting order, and code that waits
 * for several calls continues after the last.
 */
export class Timeline {
  readonly #calls: PlannedCall[] = [];
  readonly #waiting = new Map<number, Go[]>();
  #ended = 0;

  get calls(): readonly PlannedCall[] {
    return this.#calls;
  }

  /** The call that ended last, on which code without other dependencies waits; none at the start. */
  get now(): readonly PlannedCall[] {
    return this.#calls.slice(Math.max(0, this.#ended - 1), this.#ended);
  }

  begin({ kind, system, type = null, fields = [], filter = null }: CallDraft, after = this.now): PlannedCall {
    const call: PlannedCall = {
      index: this.#calls.length,
      ...{ kind, ...(system !== undefined && { system }), type, fields, filter },
      after: [...new Set(after.map(({ index }) => index))].sort((left, right) => left - right),
      wave: 1 + Math.max(0, ...after.map(({ wave }) => wave)),
    };
    this.#calls.push(call);
    return call;
  }

  /** Continues once all of these have ended: at once if they already have. */
  when(calls: readonly PlannedCall[], go: Go): void {
    const last = Math.max(-1, ...calls.map(({ index }) => index));
    if (last < this.#ended) return go();
    const waiting = this.#waiting.get(last) ?? [];
    this.#waiting.set(last, waiting);
    waiting.push(go);
  }

  /** Ends the next call; false if none is left. */
  endNext(): boolean {
    const call = this.#calls[this.#ended];
    if (call === undefined) return false;
    this.#ended += 1;
    for (const go of this.#waiting.get(call.index) ?? []) go();
    return true;
  }
}
