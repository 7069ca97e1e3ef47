import type { Clock } from '../base/clock.ts';
import { AppError, toAppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { AmiConfig, Config } from '../config/config.ts';
import { hashedKey } from '../store/vault.ts';
import type { Store } from '../store/store.ts';
import { parseAmiBody } from './ami-body.ts';
import { parseAmiPayload } from './ami-payload.ts';
import { verifyAmiSignature } from './ami-signature.ts';
import { amiTexts, assertAmiNames } from './ami-text.ts';
import { parseAmiTimestamp } from './ami-timestamp.ts';
import type { AmiPayload } from './launch.ts';
import type { KeptLaunch, Launches } from './launches.ts';

export interface LandingDeps {
  readonly config: Config['launch'];
  readonly launches: Launches;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Landing {
  /**
   * Takes in the body of a menu item's post: verified first, then kept once.
   *
   * @throws AppError with an AMI_... code; UNAVAILABLE where replays cannot be ruled out (A14)
   */
  land(ami: AmiConfig, body: Uint8Array): Promise<KeptLaunch & { readonly payload: AmiPayload }>;
}

const MS_PER_SECOND = 1000;

export function createLanding(deps: LandingDeps): Landing {
  const { config, launches, store, clock, logger } = deps;

  /** Refuses a signature that was taken before. The record outlives the time in which the post is fresh (A11, A13). */
  const assertFirstUse = async (ami: AmiConfig, signature: string): Promise<void> => {
    const ttlMs = config.maxAgeMs + 2 * config.clockSkewMs + MS_PER_SECOND;
    const isFirst = await store.add(hashedKey(`replay:${ami.name}`, signature), '1', ttlMs);
    if (!isFirst) throw new AppError('AMI_REPLAYED');
  };

  const take = async (ami: AmiConfig, body: Uint8Array) => {
    const fields = parseAmiBody(body);
    assertAmiNames(fields);
    const secretIndex = verifyAmiSignature(fields, ami.secrets);
    if (secretIndex === undefined) throw new AppError('AMI_SIGNATURE');
    const texts = amiTexts(fields);
    assertFresh(texts.get('timestamp') ?? '', config, clock.now());
    const payload = parseAmiPayload(texts, ami, config.maxIds);
    await assertFirstUse(ami, texts.get('signature') ?? '');
    return { ...(await launches.keep(ami.name, payload)), payload, secretIndex };
  };

  return {
    async land(ami, body) {
      try {
        const { secretIndex, ...kept } = await take(ami, body);
        logger.info('ami.accepted', {
          ami: ami.name,
          secretIndex,
          login: kept.payload.userLogin,
          entityType: kept.payload.entityType,
          count: kept.payload.ids.length,
          selectedCount: kept.payload.selectedIds.length,
        });
        return kept;
      } catch (error) {
        const refusal = toAppError(error);
        logger[refusal.rule.logLevel]('ami.rejected', { ami: ami.name, reason: refusal.code, error });
        throw refusal;
      }
    },
  };
}

/** Asked only after the signature: before it, the answer would tell a forger about our clock (A8). */
function assertFresh(timestamp: string, config: Config['launch'], nowMs: number): void {
  const signedAtMs = parseAmiTimestamp(timestamp);
  if (signedAtMs === undefined) throw new AppError('AMI_TIMESTAMP');
  if (signedAtMs - nowMs > config.clockSkewMs) {
    const aheadSeconds = Math.round((signedAtMs - nowMs) / MS_PER_SECOND);
    throw new AppError('AMI_CLOCK', { details: { aheadSeconds } });
  }
  if (nowMs - signedAtMs > config.maxAgeMs) throw new AppError('AMI_STALE');
}
