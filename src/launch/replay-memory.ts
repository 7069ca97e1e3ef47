import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { randomToken } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { MS_PER_SECOND } from '../base/units.ts';
import type { Config } from '../config/config.ts';
import { hashedKey } from '../store/vault.ts';
import type { Store } from '../store/store.ts';

export interface ReplayMemoryDeps {
  readonly config: Pick<Config['launch'], 'maxAgeMs' | 'clockSkewMs'>;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Remembers which posts of menu items were used, across all processes. */
export interface ReplayMemory {
  /** Reads the memory's mark, so that a later loss is noticed. Errors: `UNAVAILABLE`. */
  look(): Promise<void>;
  /**
   * Refuses a post with a proof that was used before (A11), for any menu item.
   *
   * @param provedAtMs the latest time at which ShotGrid made the post, milliseconds since 1970
   * @throws AppError AMI_REPLAYED; UNAVAILABLE where replays cannot be ruled out: the store is away (A14), or the
   * post is older than the memory (D24)
   */
  assertFirstUse(proofs: readonly string[], provedAtMs: number): Promise<void>;
}

/**
 * A mark in the store beside the replay records: if it is missing or different, the records are lost as well.
 * Posts from before `sinceMs` may have been used in a lost memory. Every process refuses them, also one that has
 * just started and could not notice the loss.
 */
const MARK = z.object({ id: z.string(), sinceMs: z.number() });
type Mark = z.infer<typeof MARK>;

const MARK_KEY = 'replay-memory';
const MARK_TTL_MS = 7 * 24 * 3_600_000;
/** Renewed long before its expiry, and not trusted until then: a mark that expires does not mean a loss. */
const MARK_RENEWED_MS = 3_600_000;
const MARK_TRUSTED_MS = MARK_TTL_MS / 2;

const CLICK_AGAIN =
  'It cannot be known whether this was opened before. Choose the menu item in ShotGrid again.';

/** A replay memory in the store. */
export function createReplayMemory(deps: ReplayMemoryDeps): ReplayMemory {
  return new SharedReplayMemory(deps);
}

class SharedReplayMemory implements ReplayMemory {
  readonly #deps: ReplayMemoryDeps;
  #known: { id: string; seenAtMs: number; renewedAtMs: number } | undefined;

  constructor(deps: ReplayMemoryDeps) {
    this.#deps = deps;
  }

  async look(): Promise<void> {
    await this.#lookAt();
  }

  async #lookAt(): Promise<Mark> {
    const { clock, logger } = this.#deps;
    const nowMs = clock.now();
    const known = this.#known;
    const isTrusted = known !== undefined && nowMs - known.seenAtMs < MARK_TRUSTED_MS;
    const mark = await this.#readMark(isTrusted ? nextSecond(nowMs) : nowMs);
    if (isTrusted && known.id !== mark.id) logger.error('replay.memory_lost', { code: 'UNAVAILABLE' });
    const isRenewed = known?.id === mark.id && nowMs - known.renewedAtMs < MARK_RENEWED_MS;
    if (!isRenewed) await this.#renew(mark);
    this.#known = { id: mark.id, seenAtMs: nowMs, renewedAtMs: isRenewed ? known.renewedAtMs : nowMs };
    return mark;
  }

  async assertFirstUse(proofs: readonly string[], provedAtMs: number): Promise<void> {
    const { config, store } = this.#deps;
    const { sinceMs } = await this.#lookAt();
    if (provedAtMs < sinceMs) throw new AppError('UNAVAILABLE', { message: CLICK_AGAIN });
    // The record outlives the time in which the post is fresh (A13).
    const ttlMs = config.maxAgeMs + 2 * config.clockSkewMs + MS_PER_SECOND;
    for (const proof of proofs) {
      const isFirst = await store.add(hashedKey('replay', proof), '1', ttlMs);
      if (!isFirst) throw new AppError('AMI_REPLAYED');
    }
  }

  /** The memory's mark; a new one where there is none. */
  async #readMark(sinceMs: number): Promise<Mark> {
    const { store } = this.#deps;
    const fresh: Mark = { id: randomToken(), sinceMs };
    const found = await store.get(MARK_KEY);
    if (found !== undefined) return MARK.parse(JSON.parse(found));
    if (await store.add(MARK_KEY, JSON.stringify(fresh), MARK_TTL_MS)) return fresh;
    const others = await store.get(MARK_KEY);
    return others === undefined ? fresh : MARK.parse(JSON.parse(others));
  }

  /** Never restores the mark of a lost memory. */
  async #renew(mark: Mark): Promise<void> {
    const text = JSON.stringify(mark);
    await this.#deps.store.replace(MARK_KEY, text, text, MARK_TTL_MS);
  }
}

/**
 * Where a running server notices a loss, a post of this second may have been used before it. If ShotGrid's clock is ahead of
 * ours, a post may carry a time after the loss although it was used before. It can then be used once more, by the person who
 * clicked. We accept that: refusing it would hold up every new click for the whole clock skew.
 */
const nextSecond = (ms: number): number => ms - (ms % MS_PER_SECOND) + MS_PER_SECOND;
