import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { isRandomToken, type LaunchId, randomToken } from '../base/ids.ts';
import type { Config } from '../config/config.ts';
import type { Principal } from '../identity/principal.ts';
import { hashedKey, type Vault } from '../store/vault.ts';
import type { AmiPayload, Launch } from './launch.ts';
import type { ClaimOutcome, LaunchAccess, Launches } from './launches.ts';

export interface LaunchesDeps {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly settings: Pick<Config['launch'], 'claimTtlMs' | 'ttlMs'>;
}

interface LaunchRecord {
  readonly ami: string;
  readonly payload: AmiPayload;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** SHA-256 of the launch cookie's value. */
  readonly browserHash: string;
  readonly owner: { readonly issuer: string; readonly subject: string } | null;
}

/** A launch that is over is kept this long, so that its person is told so instead of "unknown" (B6). */
const REMEMBERED_MS = 3_600_000;

export function createLaunches({ vault, clock, settings }: LaunchesDeps): Launches {
  // What the vault gives is what this module wrote: it is authenticated with its key.
  const find = async (id: string): Promise<LaunchRecord | undefined> =>
    isRandomToken(id) ? ((await vault.get(keyOf(id))) as LaunchRecord | undefined) : undefined;

  const isOver = (record: LaunchRecord): boolean => clock.now() >= record.expiresAtMs;

  const access = async (
    id: string,
    browserToken: string | undefined,
    principal: Principal | undefined,
  ): Promise<LaunchAccess> => {
    const record = await find(id);
    if (record === undefined) return { kind: 'unknown' };
    const isAllowed =
      record.owner === null ? isSameBrowser(record, browserToken) : isOwner(record, principal);
    if (!isAllowed) return { kind: 'unknown' };
    if (isOver(record)) return { kind: 'expired', ami: record.ami };
    return { kind: record.owner === null ? 'unclaimed' : 'claimed', launch: launchOf(id, record) };
  };

  const bind = (record: LaunchRecord, principal: Principal): LaunchRecord => ({
    ...record,
    owner: { issuer: principal.issuer, subject: principal.subject },
    expiresAtMs: isOver(record) ? record.expiresAtMs : clock.now() + settings.ttlMs,
  });

  return {
    access,
    async keep(ami, payload) {
      const id = randomToken();
      const browserToken = randomToken();
      const createdAtMs = clock.now();
      const record: LaunchRecord = {
        ami,
        payload,
        createdAtMs,
        expiresAtMs: createdAtMs + settings.claimTtlMs,
        browserHash: hashOf(browserToken),
        owner: null,
      };
      await vault.set(keyOf(id), record, settings.claimTtlMs + REMEMBERED_MS);
      return { id: id as LaunchId, browserToken };
    },
    async claim(id, principal) {
      let outcome: ClaimOutcome = 'unknown';
      const change = (value: unknown): LaunchRecord | undefined => {
        const record = value as LaunchRecord;
        outcome = claimOutcome(record, principal);
        return outcome === 'claimed' && record.owner === null ? bind(record, principal) : undefined;
      };
      await vault.update(keyOf(id), change, settings.ttlMs + REMEMBERED_MS);
      return outcome;
    },
    async burn(id) {
      const record = await find(id);
      if (record?.owner === null) await vault.delete(keyOf(id));
    },
    async read(id, principal) {
      const found = await access(id, undefined, principal);
      if (found.kind === 'expired') throw new AppError('LAUNCH_EXPIRED');
      return found.kind === 'claimed' ? found.launch : undefined;
    },
  };
}

/** The id opens the launch to its owner: the store knows only its hash. */
const keyOf = (id: string): string => hashedKey('launch', id);

const hashOf = (browserToken: string): string =>
  createHash('sha256').update(browserToken).digest('base64url');

function claimOutcome(record: LaunchRecord, principal: Principal): ClaimOutcome {
  if (record.owner !== null) return isOwner(record, principal) ? 'claimed' : 'unknown';
  return record.payload.userLogin === principal.login ? 'claimed' : 'mismatch';
}

function isOwner({ owner }: LaunchRecord, principal: Principal | undefined): boolean {
  return owner !== null && owner.issuer === principal?.issuer && owner.subject === principal.subject;
}

function isSameBrowser(record: LaunchRecord, browserToken: string | undefined): boolean {
  if (browserToken === undefined) return false;
  return timingSafeEqual(Buffer.from(hashOf(browserToken)), Buffer.from(record.browserHash));
}

const launchOf = (id: string, record: LaunchRecord): Launch => ({
  id: id as LaunchId,
  ami: record.ami,
  payload: record.payload,
  createdAtMs: record.createdAtMs,
});
