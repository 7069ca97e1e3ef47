import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { randomToken } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { Locks } from '../../store/locks.ts';
import type { Vault } from '../../store/vault.ts';
import type { Oidc } from '../provider/oidc-port.ts';

/**
 * Ends refresh tokens at the provider, in the background: the session here is over already. Failed revocations are
 * queued in the store and retried by any process, also after a restart (D16).
 */
export interface Revocations {
  /**
   * Ends the token at the provider; retried later where the provider is unavailable.
   * Errors: `UNAVAILABLE` where the provider and the store are both unavailable: the token is then lost.
   */
  revoke(refreshToken: string): Promise<void>;
  /** The same for a caller that does not wait. A failure is logged. */
  revokeLater(refreshToken: string): void;
  /** Stops retries here. Queued tokens stay for the other processes, or for the next start. */
  close(): void;
}

export interface RevocationsDeps {
  readonly oidc: Pick<Oidc, 'revoke'>;
  readonly vault: Vault;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The wait before each retry, in milliseconds. */
  readonly retryAfterMs?: readonly number[];
  readonly lookEveryMs?: number;
}

interface Waiting {
  readonly id: string;
  readonly refreshToken: string;
  /** Attempts so far. */
  readonly tries: number;
  readonly dueAtMs: number;
}

const RETRY_AFTER_MS = [5000, 30_000, 120_000, 600_000, 3_600_000] as const;
const LOOK_EVERY_MS = 5000;
const KEPT_MS = 7_200_000;
const MAX_WAITING = 1000;
const MAX_TRIES_TO_ADD = 8;
const QUEUE = 'revocations';

/** Revocations with a queue in the store. */
export function createRevocations(deps: RevocationsDeps): Revocations {
  return new QueuedRevocations(deps);
}

class QueuedRevocations implements Revocations {
  readonly #deps: RevocationsDeps;
  readonly #retryAfterMs: readonly number[];
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;

  constructor(deps: RevocationsDeps) {
    this.#deps = deps;
    this.#retryAfterMs = deps.retryAfterMs ?? RETRY_AFTER_MS;
    this.#timer = setInterval(() => void this.#look(), deps.lookEveryMs ?? LOOK_EVERY_MS);
    this.#timer.unref();
  }

  async revoke(refreshToken: string): Promise<void> {
    try {
      await this.#deps.oidc.revoke(refreshToken);
    } catch (error) {
      const waitMs = this.#waitAfter(1, error);
      if (waitMs === undefined) return;
      const dueAtMs = this.#deps.clock.now() + waitMs;
      await this.#enqueue({ id: randomToken(), refreshToken, tries: 1, dueAtMs });
    }
  }

  revokeLater(refreshToken: string): void {
    this.revoke(refreshToken).catch((error: unknown) => {
      this.#deps.logger.warn('revocation.given_up', { error });
    });
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Undefined after the last retry. */
  #waitAfter(tries: number, error: unknown): number | undefined {
    const waitMs = this.#retryAfterMs[tries - 1];
    const event = waitMs === undefined ? 'revocation.given_up' : 'revocation.postponed';
    this.#deps.logger.warn(event, { error });
    return waitMs;
  }

  async #enqueue(waiting: Waiting): Promise<void> {
    for (let tries = 0; tries < MAX_TRIES_TO_ADD; tries += 1) {
      let pushedOut = 0;
      const withThis = (all: readonly Waiting[]): readonly Waiting[] => {
        const kept = [...all, waiting].slice(-MAX_WAITING);
        pushedOut = all.length + 1 - kept.length;
        return kept;
      };
      if (await this.#change(withThis)) {
        if (pushedOut > 0) {
          this.#deps.logger.warn('revocation.given_up', { code: 'UNAVAILABLE', reason: 'queue_full' });
        }
        return;
      }
      if (await this.#deps.vault.add(QUEUE, [waiting], KEPT_MS)) return;
    }
    throw new AppError('UNAVAILABLE');
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const isAnyDue = (await this.#due()).length > 0;
      if (isAnyDue) await this.#deps.locks.hold(QUEUE, () => this.#tryAllDue());
    } catch (error) {
      // The store is unavailable; the queue in it is still there afterwards.
      this.#deps.logger.debug('revocation.not_looked_at', { error });
    } finally {
      this.#isLooking = false;
    }
  }

  async #due(): Promise<readonly Waiting[]> {
    const all = ((await this.#deps.vault.get(QUEUE)) ?? []) as readonly Waiting[];
    return all.filter(({ dueAtMs }) => this.#deps.clock.now() >= dueAtMs);
  }

  /** One process at a time. The queue is read again under the lock: another process may have worked through it. */
  async #tryAllDue(): Promise<void> {
    for (const waiting of await this.#due()) await this.#tryAgain(waiting);
  }

  async #tryAgain(waiting: Waiting): Promise<void> {
    const tries = waiting.tries + 1;
    let dueAtMs: number | undefined;
    try {
      await this.#deps.oidc.revoke(waiting.refreshToken);
    } catch (error) {
      const waitMs = this.#waitAfter(tries, error);
      dueAtMs = waitMs === undefined ? undefined : this.#deps.clock.now() + waitMs;
    }
    const next = dueAtMs === undefined ? [] : [{ ...waiting, tries, dueAtMs }];
    await this.#change((all) => all.flatMap((each) => (each.id === waiting.id ? next : [each])));
  }

  #change(change: (all: readonly Waiting[]) => readonly Waiting[] | undefined): Promise<boolean> {
    return this.#deps.vault.update(QUEUE, (all) => change(all as readonly Waiting[]), KEPT_MS);
  }
}
