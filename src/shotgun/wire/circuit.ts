import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { HTTP_STATUS, MS_PER_SECOND, SECONDS_PER_MINUTE } from '../../base/units.ts';
import { toAbortError } from './connection-errors.ts';
import { type HttpCall, SCRIPT } from './http-call.ts';

/**
 * Keeps calls away from a site that is out of order, or that asked us to wait. People are refused at once instead
 * of waiting for a time-out, and the site can recover. All connections of the process share one circuit.
 *
 * A problem of one person must not stop the others. So a probe without a person finds out whether everybody is
 * affected.
 */
export interface Circuit {
  /** @throws AppError UPSTREAM_BUSY or UPSTREAM_UNAVAILABLE at once while the site must not be called */
  admit(call: HttpCall, signal: AbortSignal): Promise<void>;
  /** The site answered. A refusal counts too. */
  answered(): void;
  /** The site gave no usable answer, and the caller was still waiting. */
  failed(signal: AbortSignal): Promise<void>;
  /** The answer to this call sets a wait before the next one. */
  busy(call: HttpCall, pause: Pause): Promise<void>;
  isOpen(): boolean;
  /**
   * Probes the site now, whatever the state of the circuit. The probe is skipped only while the site asked us to
   * wait.
   *
   * @throws AppError why the site cannot be used
   */
  look(): Promise<void>;
}

/** How long the site asked us to wait, and with which status. */
export interface Pause {
  readonly status: number;
  readonly ms: number;
}

/** Calls the site without a token. It has its own connection and its own deadline, and never throws. */
export type AskSite = () => Promise<ProbeOutcome>;

/** The result of one probe. */
export interface ProbeOutcome {
  /** Why the site cannot be used. */
  readonly error?: AppError;
  /** True if the site answered. A refusal counts too. */
  readonly isThere: boolean;
  readonly pause?: Pause;
}

export interface CircuitDeps {
  readonly logger: Logger;
  readonly ask: AskSite;
  readonly onOpen?: (isOpen: boolean) => void;
}

/** More calls than one page and its retries make, so that one slow query does not cause a probe. */
const FAILURES_TO_OPEN = 20;
/** While the circuit is open, one probe at a time finds out whether the site is back: soon at first, then less often. */
const FIRST_LOOK_MS = 1000;
const LONGEST_LOOK_MS = 10_000;

const OUT_OF_ORDER =
  'ShotGrid has been out of order for a while. It is tried every few seconds: come back in a moment.';

interface Opened {
  readonly sinceMs: number;
  waitMs: number;
  lookAtMs: number;
  refused: number;
}

/** Creates a closed circuit. */
export function createCircuit(deps: CircuitDeps): Circuit {
  return new SharedCircuit(deps);
}

class SharedCircuit implements Circuit {
  readonly #deps: CircuitDeps;
  readonly #now = (): number => performance.now();
  #failures = 0;
  #opened: Opened | undefined;
  #probe: Promise<ProbeOutcome> | undefined;
  /** No call is sent before this time. */
  #busyUntilMs = 0;
  /** Per person, the time before which no call is sent. */
  readonly #busyPeople = new Map<string, number>();

  constructor(deps: CircuitDeps) {
    this.#deps = deps;
  }

  isOpen(): boolean {
    return this.#opened !== undefined;
  }

  async admit(call: HttpCall, signal: AbortSignal): Promise<void> {
    this.#assertNotBusy(call);
    const opened = this.#opened;
    if (opened === undefined) return;
    if (this.#probe === undefined && this.#now() >= opened.lookAtMs) await unlessLeft(this.#look(), signal);
    if (!this.isOpen()) return this.#assertNotBusy(call);
    opened.refused += 1;
    throw new AppError('UPSTREAM_UNAVAILABLE', { message: OUT_OF_ORDER, operation: call.operation });
  }

  answered(): void {
    this.#failures = 0;
  }

  async failed(signal: AbortSignal): Promise<void> {
    this.#failures += 1;
    if (this.#failures < FAILURES_TO_OPEN || this.isOpen()) return;
    await unlessLeft(this.#look(), signal);
  }

  async busy({ person }: HttpCall, pause: Pause): Promise<void> {
    if (pause.status !== HTTP_STATUS.TOO_MANY_REQUESTS || person === undefined) return this.#pauseAll(pause);
    for (const [each, endsAtMs] of this.#busyPeople) {
      if (endsAtMs <= this.#now()) this.#busyPeople.delete(each);
    }
    const isFirst = !this.#busyPeople.has(person);
    this.#busyPeople.set(person, this.#now() + pause.ms);
    // If two people hit a limit at the same time, the limit applies to this server. The script is no person, so
    // its limits do not count as a second person's.
    if ([...this.#busyPeople.keys()].filter((each) => each !== SCRIPT).length > 1) this.#pauseAll(pause);
    else if (isFirst) await this.#look();
  }

  async look(): Promise<void> {
    this.#assertNotBusy();
    const { error } = await this.#look();
    this.#assertNotBusy();
    if (error !== undefined) throw error;
  }

  #pauseAll({ ms, status: upstreamStatus }: Pause): void {
    const untilMs = this.#now() + ms;
    if (untilMs <= this.#busyUntilMs) return;
    if (this.#busyUntilMs <= this.#now()) {
      this.#deps.logger.warn('shotgrid asks to wait', {
        code: 'UPSTREAM_BUSY',
        upstreamStatus,
        deltaSeconds: Math.ceil(ms / MS_PER_SECOND),
      });
    }
    this.#busyUntilMs = untilMs;
  }

  #assertNotBusy({ person, operation = 'ping' }: Partial<HttpCall> = {}): void {
    const own = person === undefined ? 0 : (this.#busyPeople.get(person) ?? 0);
    const leftMs = Math.max(this.#busyUntilMs, own) - this.#now();
    if (leftMs > 0) throw busyError(leftMs, operation);
  }

  /** Callers share a running probe. */
  #look(): Promise<ProbeOutcome> {
    this.#probe ??= this.#ask().finally(() => {
      this.#probe = undefined;
    });
    return this.#probe;
  }

  async #ask(): Promise<ProbeOutcome> {
    const outcome = await this.#deps.ask();
    if (outcome.pause !== undefined) this.#pauseAll(outcome.pause);
    if (outcome.isThere) this.#close();
    // One failed readiness check does not open the circuit: people's own calls have to fail as well.
    else if (this.#opened !== undefined || this.#failures >= FAILURES_TO_OPEN) this.#open(outcome.error);
    return outcome;
  }

  #close(): void {
    this.#failures = 0;
    const opened = this.#opened;
    if (opened === undefined) return;
    this.#opened = undefined;
    const durationMs = Math.round(this.#now() - opened.sinceMs);
    this.#deps.logger.info('shotgrid circuit closed', { durationMs, count: opened.refused });
    this.#deps.onOpen?.(false);
  }

  #open(error: AppError | undefined): void {
    if (this.#opened === undefined) {
      this.#opened = { sinceMs: this.#now(), waitMs: FIRST_LOOK_MS, lookAtMs: 0, refused: 0 };
      this.#deps.logger.warn('shotgrid circuit opened', { count: this.#failures, error });
      this.#deps.onOpen?.(true);
    } else {
      this.#opened.waitMs = Math.min(this.#opened.waitMs * 2, LONGEST_LOOK_MS);
    }
    this.#opened.lookAtMs = this.#now() + this.#opened.waitMs;
  }
}

/** The error of a call that was not sent. It carries no `outcome`, because the change was not made. */
export function busyError(leftMs: number, operation: string): AppError {
  const retryAfterSeconds = Math.max(1, Math.ceil(leftMs / MS_PER_SECOND));
  return new AppError('UPSTREAM_BUSY', {
    message: `ShotGrid asked us to wait. Try again ${sayWhen(retryAfterSeconds)}.`,
    details: { retryAfterSeconds },
    operation,
  });
}

/** Waits for a probe, but no longer than the caller does. The probe itself continues for the others. */
async function unlessLeft(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  let leave = (): void => undefined;
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => reject(toAbortError(signal));
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    await Promise.race([work, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** `in 20 seconds`, `in 5 minutes`. */
function sayWhen(seconds: number): string {
  if (seconds < 100) return seconds === 1 ? 'in a second' : `in ${seconds} seconds`;
  return `in ${Math.ceil(seconds / SECONDS_PER_MINUTE)} minutes`;
}
