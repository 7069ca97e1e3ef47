import type { Clock } from '../base/clock.ts';
import { AppError, toAppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { MS_PER_SECOND } from '../base/units.ts';
import type { AmiConfig, Config } from '../config/config.ts';
import { type AmiField, parseAmiBody } from './ami-body.ts';
import { parseAmiPayload } from './ami-payload.ts';
import { verifyAmiSignature } from './ami-signature.ts';
import { amiTexts, assertAmiNames } from './ami-text.ts';
import { parseAmiTimestamp } from './ami-timestamp.ts';
import { clockSentence, type ClockWatch } from './clock-watch.ts';
import type { AmiPayload } from './launch.ts';
import type { KeptLaunch, Launches, LaunchPlace } from './launches.ts';
import type { ReplayMemory } from './replay-memory.ts';
import { type ClickEvents, EVENT_FIELD, isLightPayload, readLightPayload } from './light-payload.ts';

export interface LandingDeps {
  readonly config: Config['launch'];
  readonly launches: Launches;
  readonly clicks: ClickEvents;
  readonly replays: Pick<ReplayMemory, 'assertFirstUse'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly clockWatch: ClockWatch;
}

export interface Landing {
  /**
   * Takes in the body of a menu item's post: verified first, then kept once.
   *
   * @param place where the browser made the post
   * @throws AppError with an AMI_... code; UNAVAILABLE where replays cannot be ruled out (A14)
   */
  land(
    ami: AmiConfig,
    body: Uint8Array,
    place: LaunchPlace,
  ): Promise<KeptLaunch & { readonly payload: AmiPayload }>;
}

const endOfSecond = (ms: number): number => ms - (ms % MS_PER_SECOND) + MS_PER_SECOND - 1;

export function createLanding(deps: LandingDeps): Landing {
  const { launches, logger, replays } = deps;
  return {
    async land(ami, body, place) {
      try {
        const { proof, payload } = await readPost(deps, ami, body);
        await replays.assertFirstUse(ami.name, proof.once, proof.madeAtMs);
        const kept = await launches.keep(ami.name, payload, place);
        logger.info('ami.accepted', {
          ami: ami.name,
          ...(proof.secretIndex !== null && { secretIndex: proof.secretIndex }),
          login: payload.userLogin,
          ...(payload.entityType !== null && { entityType: payload.entityType }),
          count: payload.ids.length,
          selectedCount: payload.selectedIds.length,
        });
        return { ...kept, payload };
      } catch (error) {
        const refusal = toAppError(error);
        logger[refusal.rule.logLevel]('ami.rejected', { ami: ami.name, reason: refusal.code, error });
        throw refusal;
      }
    },
  };
}

/** What shows that ShotGrid sent the post: its signature, or an event that ShotGrid wrote. */
interface Proof {
  /** Null where the post is not signed. */
  readonly secretIndex: number | null;
  /** Each may be used once. */
  readonly once: readonly string[];
  /** When ShotGrid made it at the latest: its times are whole seconds. Milliseconds since 1970. */
  readonly madeAtMs: number;
}

interface ReadPost {
  readonly proof: Proof;
  readonly payload: AmiPayload;
}

async function readPost(deps: LandingDeps, ami: AmiConfig, body: Uint8Array): Promise<ReadPost> {
  const { config, clock } = deps;
  const fields = parseAmiBody(body);
  assertAmiNames(fields);
  const secretIndex = proofOf(fields, ami);
  const texts = amiTexts(fields);
  const signature = texts.get('signature')?.[0] ?? '';
  const signedAtMs = secretIndex === null ? null : freshTime(texts.get('timestamp')?.[0] ?? '', deps);
  if (!isLightPayload(texts)) {
    // Only a light payload has an event to vouch for it.
    if (signedAtMs === null) throw new AppError('AMI_SIGNATURE');
    const payload = parseAmiPayload(texts, ami, config);
    return { proof: { secretIndex, once: [signature], madeAtMs: endOfSecond(signedAtMs) }, payload };
  }
  const light = await readLightPayload(deps.clicks, texts);
  assertRecent(light.createdAtMs, config, clock.now());
  const payload = parseAmiPayload(light.texts, ami, config);
  const click = `event:${texts.get(EVENT_FIELD)?.[0] ?? ''}`;
  const once = secretIndex === null ? [click] : [click, signature];
  const proof = { secretIndex, once, madeAtMs: endOfSecond(light.createdAtMs) };
  return { proof, payload };
}

/** Index of the secret that signed the post; null where it is not signed and need not be. Errors: `AMI_SIGNATURE`. */
function proofOf(fields: readonly AmiField[], ami: AmiConfig): number | null {
  const isSigned = fields.some(({ name }) => name.equals(Buffer.from('signature')));
  if (!isSigned && ami.unsignedLightPayload) return null;
  const secretIndex = verifyAmiSignature(fields, ami.secrets);
  if (secretIndex === undefined) throw new AppError('AMI_SIGNATURE');
  return secretIndex;
}

/** An event stays for ever; a click is good for as long as a signed post is. */
function assertRecent(createdAtMs: number, config: Config['launch'], nowMs: number): void {
  if (createdAtMs - nowMs > config.clockSkewMs) {
    throw new AppError('AMI_CLOCK', {
      details: { aheadSeconds: Math.round((createdAtMs - nowMs) / MS_PER_SECOND) },
    });
  }
  if (nowMs - createdAtMs > config.maxAgeMs + config.clockSkewMs) throw new AppError('AMI_STALE');
}

/** When the post was signed. Asked only after the signature: before it, the answer would tell a forger about our clock (A8). */
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
