import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { isRandomToken, type LaunchId, randomToken } from '../base/ids.ts';
import type { Config } from '../config/config.ts';
import type { Principal } from '../identity/principal.ts';
import { hashedKey, type Vault } from '../store/vault.ts';
import type { AmiPayload, Launch } from './launch.ts';
import type { BrowserLaunch, ClaimOutcome, KeptLaunch, LaunchAccess, Launches } from './launches.ts';

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
  /** SHA-256 of the values of cookies that prove the browser: the launch cookie first. */
  readonly browserHashes: readonly string[];
  /** Who alone may claim it besides being the payload's login; null where the payload itself was signed. */
  readonly personId: number | null;
  readonly owner: { readonly issuer: string; readonly subject: string } | null;
}

/** A launch that is over is kept this long, so that its person is told so instead of "unknown" (B6). */
const REMEMBERED_MS = 3_600_000;
const MAX_BROWSER_HASHES = 8;

export function createLaunches(deps: LaunchesDeps): Launches {
  return new VaultLaunches(deps);
}

class VaultLaunches implements Launches {
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #settings: LaunchesDeps['settings'];

  constructor({ vault, clock, settings }: LaunchesDeps) {
    this.#vault = vault;
    this.#clock = clock;
    this.#settings = settings;
  }

  async keep(ami: string, payload: AmiPayload, personId: number | null = null): Promise<KeptLaunch> {
    const { claimTtlMs } = this.#settings;
    const id = randomToken();
    const browserToken = randomToken();
    const createdAtMs = this.#clock.now();
    const record: LaunchRecord = {
      ami,
      payload,
      createdAtMs,
      expiresAtMs: createdAtMs + claimTtlMs,
      browserHashes: [hashOf(browserToken)],
      personId,
      owner: null,
    };
    await this.#vault.set(keyOf(id), record, this.#keptMs(record));
    return { id: id as LaunchId, browserToken };
  }

  async access(
    id: string,
    browserToken: string | undefined,
    principal: Principal | undefined,
  ): Promise<LaunchAccess> {
    const record = await this.#find(id);
    if (record === undefined) return { kind: 'unknown' };
    const isAllowed =
      record.owner === null ? isSameBrowser(record, browserToken) : isOwner(record, principal);
    if (!isAllowed) return { kind: 'unknown' };
    if (this.#isOver(record)) return { kind: 'expired', ami: record.ami };
    return { kind: record.owner === null ? 'unclaimed' : 'claimed', launch: launchOf(id, record) };
  }

  async claim(id: LaunchId, principal: Principal): Promise<ClaimOutcome> {
    let outcome: ClaimOutcome = 'unknown';
    const change = (value: unknown): LaunchRecord | undefined => {
      const record = value as LaunchRecord;
      outcome = claimOutcome(record, principal);
      return outcome === 'claimed' && record.owner === null ? this.#bind(record, principal) : undefined;
    };
    await this.#vault.update(keyOf(id), change, (changed) => this.#keptMs(changed as LaunchRecord));
    return outcome;
  }

  async ofBrowser(id: string, browserTokens: readonly string[]): Promise<BrowserLaunch | undefined> {
    const record = await this.#find(id);
    if (record === undefined || !browserTokens.some((token) => isSameBrowser(record, token)))
      return undefined;
    return { launch: launchOf(id, record), isOver: this.#isOver(record) };
  }

  async waits(id: string): Promise<boolean> {
    const record = await this.#find(id);
    return record !== undefined && record.owner === null && !this.#isOver(record);
  }

  async admit(id: LaunchId, browserToken: string): Promise<void> {
    const hash = hashOf(browserToken);
    const change = (value: unknown): LaunchRecord => {
      const current = value as LaunchRecord;
      const others = current.browserHashes.filter((known) => known !== hash);
      return { ...current, browserHashes: [...others, hash].slice(-MAX_BROWSER_HASHES) };
    };
    await this.#vault.update(keyOf(id), change, (changed) => this.#keptMs(changed as LaunchRecord));
  }

  async admitNew(id: string): Promise<KeptLaunch | undefined> {
    if (!(await this.waits(id))) return undefined;
    const kept = { id: id as LaunchId, browserToken: randomToken() };
    await this.admit(kept.id, kept.browserToken);
    return kept;
  }

  async burn(id: LaunchId): Promise<void> {
    const record = await this.#find(id);
    if (record?.owner === null) await this.#vault.delete(keyOf(id));
  }

  async read(id: string, principal: Principal): Promise<Launch | undefined> {
    const found = await this.access(id, undefined, principal);
    if (found.kind === 'expired') throw new AppError('LAUNCH_EXPIRED');
    return found.kind === 'claimed' ? found.launch : undefined;
  }

  /** What the vault gives is what this module wrote: it is authenticated with its key. */
  async #find(id: string): Promise<LaunchRecord | undefined> {
    return isRandomToken(id) ? ((await this.#vault.get(keyOf(id))) as LaunchRecord | undefined) : undefined;
  }

  #isOver(record: LaunchRecord): boolean {
    return this.#clock.now() >= record.expiresAtMs;
  }

  #keptMs({ expiresAtMs }: LaunchRecord): number {
    return Math.max(0, expiresAtMs - this.#clock.now()) + REMEMBERED_MS;
  }

  #bind(record: LaunchRecord, { issuer, subject }: Principal): LaunchRecord {
    const expiresAtMs = this.#isOver(record) ? record.expiresAtMs : this.#clock.now() + this.#settings.ttlMs;
    return { ...record, owner: { issuer, subject }, expiresAtMs };
  }
}

/** The id opens the launch to its owner: the store knows only its hash. */
const keyOf = (id: string): string => hashedKey('launch', id);

const hashOf = (browserToken: string): string =>
  createHash('sha256').update(browserToken).digest('base64url');

function claimOutcome(record: LaunchRecord, principal: Principal): ClaimOutcome {
  if (record.owner !== null) return isOwner(record, principal) ? 'claimed' : 'unknown';
  const { personId, payload } = record;
  const isTheirs =
    payload.userLogin === principal.login && (personId ?? principal.person.id) === principal.person.id;
  return isTheirs ? 'claimed' : 'mismatch';
}

function isOwner({ owner }: LaunchRecord, principal: Principal | undefined): boolean {
  return owner !== null && owner.issuer === principal?.issuer && owner.subject === principal.subject;
}

function isSameBrowser(record: LaunchRecord, browserToken: string | undefined): boolean {
  if (browserToken === undefined) return false;
  const hash = Buffer.from(hashOf(browserToken));
  return record.browserHashes.some((known) => timingSafeEqual(hash, Buffer.from(known)));
}

const launchOf = (id: string, record: LaunchRecord): Launch => ({
  id: id as LaunchId,
  ami: record.ami,
  payload: record.payload,
  createdAtMs: record.createdAtMs,
});
