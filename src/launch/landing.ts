import type { Clock } from '../base/clock.ts';
import { AppError, toAppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { MS_PER_SECOND } from '../base/units.ts';
import type { AmiConfig, Config } from '../config/config.ts';
import { type AmiField, parseAmiBody, amiTexts, assertAmiNames } from './ami-body.ts';
import { parseAmiPayload } from './ami-payload.ts';
import { verifyAmiSignature, parseAmiTimestamp } from './ami-signature.ts';
import { clockSentence, type ClockWatch } from './clock-watch.ts';
import type { AmiPayload } from './launch.ts';
import type { KeptLaunch, Launches, LaunchPlace } from './launches.ts';
import type { ReplayMemory } from './replay-memory.ts';
import type { RateLimit } from '../store/rate-limits.ts';
import { type ClickEvents, EVENT_FIELD, isLightPayload, readLightPayload } from './light-payload.ts';

export interface LandingDeps {
  readonly config: Config['launch'];
  readonly launches: Launches;
  readonly clicks: ClickEvents & {
    /** Reads over separate connections: requests by strangers do not delay a signed click. */
    readonly readUnsigned: ClickEvents['read'];
  };
  readonly replays: Pick<ReplayMemory, 'assertFirstUse'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly clockWatch: ClockWatch;
  /** The limit of `UNSIGNED_READS`. */
  readonly unsignedReads: Pick<RateLimit, 'take' | 'giveBack'>;
}

export interface Landing {
  /**
   * Accepts the body of a menu item's post: verifies it first, then keeps it once.
   *
   * @throws AppError with an AMI_... code; UNAVAILABLE where replays cannot be ruled out (A14); RATE_LIMITED after
   * too many unsigned posts
   */
  land(ami: AmiConfig, body: Uint8Array, sender: Sender): Promise<Landed>;
}

export interface Sender {
  /** Where the browser made the post. */
  readonly place: LaunchPlace;
  /** The client address that rate limits count by. */
  readonly address: string;
}

export interface Landed extends KeptLaunch {
  /** The person who clicked, according to ShotGrid; for the operator. */
  readonly login: string | null;
}

/**
 * Limits unsigned posts of one address whose event is being read or was not found. Anyone can post an event
 * number, and each costs several searches, so it is counted before them. A valid click is refunded.
 */
export const UNSIGNED_READS = { name: 'unsigned-reads', points: 10, seconds: 10 } as const;

const endOfSecond = (ms: number): number => ms - (ms % MS_PER_SECOND) + MS_PER_SECOND - 1;

/** See `Landing`. */
export function createLanding(deps: LandingDeps): Landing {
  const { launches, logger, replays } = deps;
  return {
    async land(ami, body, { place, address }) {
      try {
        const { proof, payload } = await readPost(deps, ami, { body, address });
        await replays.assertFirstUse(proof.once, proof.madeAtMs);
        const isSigned = proof.secretIndex !== null;
        // Anyone could have made an unsigned post: never reveal who clicked.
        const kept = await launches.keep(
          ami.name,
          isSigned ? payload : { ...payload, userLogin: null },
          place,
        );
        if (!isSigned) await deps.unsignedReads.giveBack(address);
        logger.info('ami.accepted', {
          ami: ami.name,
          ...(proof.secretIndex !== null && { secretIndex: proof.secretIndex }),
          ...(payload.userLogin !== null && { login: payload.userLogin }),
          ...(payload.entityType !== null && { entityType: payload.entityType }),
          count: payload.ids.length,
          selectedCount: payload.selectedIds.length,
        });
        return { ...kept, login: payload.userLogin };
      } catch (error) {
        const refusal = toAppError(error);
        logger[refusal.rule.logLevel]('ami.rejected', { ami: ami.name, reason: refusal.code, error });
        throw refusal;
      }
    },
  };
}

/** The evidence that ShotGrid sent the post: its signature, or an event that ShotGrid wrote. */
interface Proof {
  /** Null where the post is not signed. */
  readonly secretIndex: number | null;
  /** Each may be used once. */
  readonly once: readonly string[];
  /** The latest time at which ShotGrid made it (its times are whole seconds), in milliseconds since 1970. */
  readonly madeAtMs: number;
}

interface ReadPost {
  readonly proof: Proof;
  readonly payload: AmiPayload;
}

interface Post {
  readonly body: Uint8Array;
  readonly address: string;
}

async function readPost(deps: LandingDeps, ami: AmiConfig, { body, address }: Post): Promise<ReadPost> {
  const { config, clock } = deps;
  const fields = parseAmiBody(body);
  assertAmiNames(fields);
  const secretIndex = proofOf(fields, ami);
  const texts = amiTexts(fields);
  const signed = `signature:${ami.name}:${texts.get('signature')?.[0] ?? ''}`;
  const signedAtMs = secretIndex === null ? null : freshTime(texts.get('timestamp')?.[0] ?? '', deps);
  if (!isLightPayload(texts)) {
    // An unsigned post needs an event as its proof, and only a light payload has one.
    if (signedAtMs === null) throw new AppError('AMI_SIGNATURE');
    const payload = parseAmiPayload(texts, ami, config);
    return { proof: { secretIndex, once: [signed], madeAtMs: endOfSecond(signedAtMs) }, payload };
  }
  const isSigned = secretIndex !== null;
  if (!isSigned) await countUnsigned(deps, address);
  const { clicks } = deps;
  const read = (id: number) => (isSigned ? clicks.read(id) : clicks.readUnsigned(id));
  const light = await readLightPayload({ read }, texts);
  assertRecent(light.createdAtMs, config, clock.now());
  const payload = parseAmiPayload(light.texts, ami, config);
  // An event does not contain the menu item, so the click counts as used for all menu items.
  const click = `event:${texts.get(EVENT_FIELD)?.[0] ?? ''}`;
  const once = isSigned ? [click, signed] : [click];
  const proof = { secretIndex, once, madeAtMs: endOfSecond(light.createdAtMs) };
  return { proof, payload };
}

/** Errors: `RATE_LIMITED`. */
async function countUnsigned({ unsignedReads }: LandingDeps, address: string): Promise<void> {
  const waitMs = await unsignedReads.take(address);
  if (waitMs === undefined) return;
  throw new AppError('RATE_LIMITED', {
    details: { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / MS_PER_SECOND)) },
  });
}

/** Index of the secret that signed the post; null where it is not signed and need not be. Errors: `AMI_SIGNATURE`. */
function proofOf(fields: readonly AmiField[], ami: AmiConfig): number | null {
  const isSigned = fields.some(({ name }) => name.equals(Buffer.from('signature')));
  if (!isSigned && ami.unsignedLightPayload) return null;
  const secretIndex = verifyAmiSignature(fields, ami.secrets);
  if (secretIndex === undefined) throw new AppError('AMI_SIGNATURE');
  return secretIndex;
}

/** An event exists for ever, but a click expires like a signed post. */
function assertRecent(createdAtMs: number, config: Config['launch'], nowMs: number): void {
  if (createdAtMs - nowMs > config.clockSkewMs) {
    throw new AppError('AMI_CLOCK', {
      details: { aheadSeconds: Math.round((createdAtMs - nowMs) / MS_PER_SECOND) },
    });
  }
  if (nowMs - createdAtMs > config.maxAgeMs + config.clockSkewMs) throw new AppError('AMI_STALE');
}

/**
 * When the post was signed. Checked only after the signature: before it, the answer would tell a forger about our
 * clock (A8).
 */
function freshTime(timestamp: string, { config, clock, clockWatch }: LandingDeps): number {
  const signedAtMs = parseAmiTimestamp(timestamp);
  if (signedAtMs === undefined) throw new AppError('AMI_TIMESTAMP');
  const nowMs = clock.now();
  const isEarly = signedAtMs - nowMs > config.clockSkewMs;
  const isStale = nowMs - signedAtMs > config.maxAgeMs;
  clockWatch.saw({ signedAtMs, isFresh: !isEarly && !isStale });
  if (!isEarly && !isStale) return signedAtMs;
  const skewSeconds = clockWatch.skewSeconds();
  if (skewSeconds !== undefined) {
    throw new AppError('AMI_CLOCK', {
      message: `${clockSentence(skewSeconds)}, so launches are refused. Choosing the menu item again does not help: tell an administrator.`,
      details: { skewSeconds },
    });
  }
  if (isStale) throw new AppError('AMI_STALE');
  const aheadSeconds = Math.round((signedAtMs - nowMs) / MS_PER_SECOND);
  throw new AppError('AMI_CLOCK', { details: { aheadSeconds } });
}
