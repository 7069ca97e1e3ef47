import { isSameSecret, sha256 } from '../base/digest.ts';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { isRandomToken, type LaunchId, randomToken } from '../base/ids.ts';
import type { Config } from '../config/config.ts';
import type { Principal } from '../identity/person/principal.ts';
import { BRIEF_WAITS_MS, untilWritten } from '../store/until-written.ts';
import { hashedKey, type Vault } from '../store/vault.ts';
import type { AmiPayload, Launch } from './launch.ts';
import { type PackedIds, packIds, unpackIds } from './packed-ids.ts';
import type {
  BrowserLaunch,
  ClaimOutcome,
  KeptLaunch,
  LaunchAccess,
  LaunchPlace,
  Launches,
} from './launches.ts';

export interface LaunchesDeps {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly settings: Pick<Config['launch'], 'claimTtlMs' | 'ttlMs'>;
}

/** Without its ids, which are kept packed. */
type KeptPayload = Omit<AmiPayload, 'ids' | 'selectedIds'>;

interface LaunchRecord {
  readonly ami: string;
  /** With its ids in a record of an earlier version. */
  readonly payload: AmiPayload | KeptPayload;
  readonly packed?: PackedIds;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** Hashes of the cookies that prove the browser, as `proofOf` makes them: that of the post first. */
  readonly browserHashes: readonly string[];
  readonly owner: { readonly issuer: string; readonly subject: string } | null;
}

/** An expired launch is kept this long, so that its person reads "expired" instead of "unknown" (B6). */
const REMEMBERED_MS = 3_600_000;
/** The number of later cookies that prove the launch, for each place. They never displace the cookie of the post. */
const MAX_LATER_PROOFS = 7;

/** Launches as records of the vault. */
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

  async keep(ami: string, payload: AmiPayload, place: LaunchPlace = 'tab'): Promise<KeptLaunch> {
    const { claimTtlMs } = this.#settings;
    const id = randomToken();
    const browserToken = randomToken();
    const createdAtMs = this.#clock.now();
    const { ids, selectedIds, ...rest } = payload;
    const record: LaunchRecord = {
      ami,
      payload: rest,
      packed: packIds({ ids, selectedIds }),
      createdAtMs,
      expiresAtMs: createdAtMs + claimTtlMs,
      browserHashes: [proofOf(place, browserToken)],
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
      record.owner === null
        ? isProven(record, 'tab', browserToken) || isMeant(record, principal)
        : isOwner(record, principal);
    if (!isAllowed) return { kind: 'unknown' };
    if (this.#isOver(record)) return { kind: 'expired', ami: record.ami };
    return { kind: record.owner === null ? 'unclaimed' : 'claimed', launch: launchOf(id, record) };
  }

  async claim(id: LaunchId, principal: Principal): Promise<ClaimOutcome> {
    let outcome: ClaimOutcome = 'unknown';
    const change = (value: unknown): LaunchRecord | undefined => {
      const record = value as LaunchRecord;
      outcome = this.#isOver(record) ? 'unknown' : claimOutcome(record, principal);
      return outcome === 'claimed' && record.owner === null ? this.#bind(record, principal) : undefined;
    };
    const lifeOf = (changed: unknown): number => this.#keptMs(changed as LaunchRecord);
    // Where the store's answer was lost, a second look at the record shows whether the claim succeeded.
    const update = (): Promise<boolean> => {
      // A failed attempt must not decide the outcome of the next one.
      outcome = 'unknown';
      return this.#vault.update(keyOf(id), change, lifeOf);
    };
    await untilWritten(update, BRIEF_WAITS_MS);
    return outcome;
  }

  async ofFrame(id: string, browserTokens: readonly string[]): Promise<BrowserLaunch | undefined> {
    const record = await this.#find(id);
    if (record === undefined || !browserTokens.some((token) => isProven(record, 'frame', token)))
      return undefined;
    return { launch: launchOf(id, record), isOver: this.#isOver(record) };
  }

  async waits(id: string): Promise<boolean> {
    const record = await this.#find(id);
    return record !== undefined && record.owner === null && !this.#isOver(record);
  }

  async admit(id: LaunchId, frameToken: string): Promise<void> {
    await this.#addProof(id, proofOf('frame', frameToken), () => true);
  }

  async admitTab(id: string): Promise<KeptLaunch | undefined> {
    if (!isRandomToken(id)) return undefined;
    const kept = { id: id as LaunchId, browserToken: randomToken() };
    const waits = (record: LaunchRecord): boolean => record.owner === null && !this.#isOver(record);
    return (await this.#addProof(id, proofOf('tab', kept.browserToken), waits)) ? kept : undefined;
  }

  #addProof(id: string, proof: string, mayChange: (record: LaunchRecord) => boolean): Promise<boolean> {
    const change = (value: unknown): LaunchRecord | undefined => {
      const current = value as LaunchRecord;
      if (!mayChange(current)) return undefined;
      const [first, ...later] = current.browserHashes.filter((known) => known !== proof);
      const isOfPlace = (known: string): boolean => placeOf(known) === placeOf(proof);
      const surplus = later.filter(isOfPlace).slice(0, -(MAX_LATER_PROOFS - 1));
      const kept = later.filter((known) => !surplus.includes(known));
      return { ...current, browserHashes: [...(first === undefined ? [] : [first]), ...kept, proof] };
    };
    return this.#vault.update(keyOf(id), change, (changed) => this.#keptMs(changed as LaunchRecord));
  }

  async read(id: string, principal: Principal): Promise<Launch | undefined> {
    const found = await this.access(id, undefined, principal);
    if (found.kind === 'expired') throw new AppError('LAUNCH_EXPIRED');
    return found.kind === 'claimed' ? found.launch : undefined;
  }

  /** The vault authenticates its records, so the value is one that this module wrote. */
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
    const expiresAtMs = this.#clock.now() + this.#settings.ttlMs;
    return { ...record, owner: { issuer, subject }, expiresAtMs };
  }
}

/** The id opens the launch to its owner: the store has only its hash. */
const keyOf = (id: string): string => hashedKey('launch', id);

/** Bound to its place, so that a tab's cookie under the name of the frame's cookie proves nothing there. */
const proofOf = (place: LaunchPlace, browserToken: string): string => `${place}.${sha256(browserToken)}`;

const placeOf = (proof: string): string => proof.slice(0, proof.indexOf('.'));

function claimOutcome(record: LaunchRecord, principal: Principal): ClaimOutcome {
  if (record.owner !== null) return isOwner(record, principal) ? 'claimed' : 'unknown';
  return isMeant(record, principal) ? 'claimed' : 'mismatch';
}

/** True for the person who clicked. Compares the id alone: a login changes and may be reassigned to another person. */
function isMeant({ payload }: LaunchRecord, principal: Principal | undefined): boolean {
  return principal !== undefined && payload.userId === principal.person.id;
}

/** True for the account that claimed it, while that account still is the person who clicked. */
function isOwner(record: LaunchRecord, principal: Principal | undefined): boolean {
  const { owner } = record;
  if (owner === null || !isMeant(record, principal)) return false;
  return owner.issuer === principal?.issuer && owner.subject === principal.subject;
}

function isProven(record: LaunchRecord, place: LaunchPlace, browserToken: string | undefined): boolean {
  if (browserToken === undefined) return false;
  const proof = proofOf(place, browserToken);
  return record.browserHashes.some((known) => isSameSecret(known, proof));
}

const launchOf = (id: string, record: LaunchRecord): Launch => ({
  id: id as LaunchId,
  ami: record.ami,
  payload: { ...NO_IDS, ...record.payload, ...(record.packed !== undefined && unpackIds(record.packed)) },
  createdAtMs: record.createdAtMs,
});

const NO_IDS = { ids: [], selectedIds: [] };
