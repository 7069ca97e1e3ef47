/** The seams between the parts of the emulated ShotGrid site. */

export interface EntityRef {
  readonly type: string;
  readonly id: number;
}

/** Value of a field as stored: scalars as read over the API, links without names, lists of links in order. */
export type StoredValue = string | number | boolean | null | EntityRef | readonly EntityRef[] | object;

export interface StoredRecord {
  readonly type: string;
  readonly id: number;
  readonly retired: boolean;
  /** By system name. Absent means null, false or [] according to the data type. */
  readonly values: Readonly<Record<string, StoredValue>>;
}

/** Who calls: decoded from the bearer token once per request. */
export interface Caller {
  /** The author, whose rights apply: the person under sudo or by own token, else the script. */
  readonly actor: { readonly type: 'HumanUser' | 'ApiUser'; readonly id: number };
  /** The script behind the call, also under sudo; null for a person's own token. */
  readonly script: { readonly type: 'ApiUser'; readonly id: number; readonly name: string } | null;
  readonly sudoLogin: string | null;
  readonly sessionUuid: string | null;
  /** `PermissionRuleSet.code` of the actor: admin, manager, artist, vendor, api_admin or a site's own. */
  readonly role: string;
}

/** Decides what a caller may see and do (API 1.5). Refusals are thrown `SiteError`s with the API's titles. */
export interface Permissions {
  /** Throws the 400 "can not be accessed by this user" for a type that the role cannot read at all. */
  canReadType(caller: Caller, type: string): boolean;
  assertTypeReadable(caller: Caller, type: string): void;
  /** Row filter, prepared once per request and type. */
  rowFilter(caller: Caller, type: string): (record: StoredRecord) => boolean;
  /** False where the role never sees the field: it is then absent as an unknown one is. */
  canReadField(caller: Caller, type: string, field: string): boolean;
  /** `editable.value` of `/schema/<Type>/fields` for this caller; true means maybe. */
  isFieldEditable(caller: Caller, type: string, field: string): boolean;
  assertCanCreate(caller: Caller, type: string, values: Readonly<Record<string, unknown>>): void;
  /** Called per field, before values are validated. */
  assertCanUpdateField(caller: Caller, record: StoredRecord, field: string): void;
  assertCanDelete(caller: Caller, record: StoredRecord): void;
}

export interface FieldChange {
  readonly field: string;
  readonly dataType: string;
  readonly oldValue: StoredValue;
  readonly newValue: StoredValue;
}

/** Writes EventLogEntry rows (API 9.1). Called after a write is committed, in order. */
export interface EventLog {
  created(caller: Caller, record: StoredRecord, changes: readonly FieldChange[]): void;
  changed(caller: Caller, record: StoredRecord, changes: readonly FieldChange[]): void;
  retired(caller: Caller, record: StoredRecord): void;
  revived(caller: Caller, record: StoredRecord): void;
}

/** The rows of the site. Synchronous: everything is in memory. Reads include retired rows only where said. */
export interface Storage {
  get(type: string, id: number): StoredRecord | undefined;
  /** Live rows of a type, by ascending id. */
  all(type: string): Iterable<StoredRecord>;
  retired(type: string): Iterable<StoredRecord>;
  /** Live rows whose link field holds the target; indexed. */
  referring(type: string, field: string, target: EntityRef): readonly StoredRecord[];
  /** Raw write without checks, events or permissions: for the event log, the seed and control routes. */
  insert(type: string, values: Readonly<Record<string, StoredValue>>, id?: number): StoredRecord;
  patch(type: string, id: number, values: Readonly<Record<string, StoredValue>>): StoredRecord;
  setRetired(type: string, id: number, retired: boolean): void;
  /** Leaves nothing that could be brought back. */
  erase(type: string, id: number): void;
  /** `cached_display_name` of a record, as in links' `name`; null where it does not live. */
  displayName(ref: EntityRef): string | null;
  /** Runs `work`; if it throws, every write of it is undone. */
  transaction<T>(work: () => T): T;
}

/** One error of the API's envelope (2.8). */
export class SiteError extends Error {
  readonly status: number;
  readonly code: number;
  readonly title: string;
  readonly source: unknown;
  readonly detail: string | null;
  readonly meta: unknown;

  constructor(
    status: number,
    code: number,
    title: string,
    extra: { source?: unknown; detail?: string | null; meta?: unknown } = {},
  ) {
    super(title);
    this.status = status;
    this.code = code;
    this.title = title;
    this.source = extra.source ?? null;
    this.detail = extra.detail ?? null;
    this.meta = extra.meta ?? null;
  }
}

/** Named behaviours that the API facts leave unknown (every `U`): name -> chosen value. */
export type Switches = Readonly<Record<string, string | number | boolean>>;

/** What the demo data module gives to a new site. */
export interface Dataset {
  /** As `GET /schema` and `GET /schema/<Type>/fields` give them: `{data:{Type:{...}}}` and `{Type:{data:{field:{...}}}}`. */
  readonly entityTypes: unknown;
  readonly fields: unknown;
  /** Rows by type; links as `{type, id}`. */
  readonly rows: Readonly<
    Record<string, readonly (Readonly<Record<string, unknown>> & { readonly id: number })[]>
  >;
}

export interface SiteOptions {
  readonly port: number;
  readonly host?: string;
  /** Port of the storage; 0, a free one, by default. */
  readonly storagePort?: number;
  readonly dataset: Dataset;
  /** Added to every API answer as an asynchronous wait. */
  readonly delayMs?: number;
  readonly switches?: Switches;
  /** Milliseconds since 1970; tests move it. */
  readonly now?: () => number;
  /** How long an event takes to be visible (API 2.11: 300 ms); 0 by default. */
  readonly eventLagMs?: number;
  readonly tokenLifetimeSeconds?: number;
}

export interface Site {
  readonly url: string;
  /** Origin of the storage where uploaded files are (API 6). */
  readonly storageUrl: string;
  readonly port: number;
  close(): Promise<void>;
}
