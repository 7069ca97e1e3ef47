import type { Login, SessionUuid } from '../base/ids.ts';
import type { CallTimes, CallOptions } from '../shotgun/port/records.ts';
import type { ActingClient, ActingOptions, Shotgun } from '../shotgun/client/shotgun.ts';
import type { ExposedSchema } from '../site/expose.ts';
import type { SiteFacts } from '../site/facts/fact-table.ts';
import { CallCost, type Spend } from './calls/call-cost.ts';
import { auditedClient, type Change, ChangeLog } from './calls/change-log.ts';
import {
  type CallLog,
  createCallLog,
  type LoggedCall,
  type SiteSpent,
  spentOf,
  type SystemsSpent,
  timedClient,
} from './calls/call-log.ts';
import type { EntityReader, EntityWriter, SiteFeatures } from './ports/ports.ts';
import { KnownFields } from './read/live-fields.ts';
import type { PlanOptions } from './plan/planning.ts';
import { maxRowsOf } from './plan/site-limits.ts';
import type { BetBook } from './read/bets.ts';
import { Plans } from './read/level-reader.ts';
import { createReader } from './read/reader.ts';
import { createSiteFeatures } from './write/site-features.ts';
import { orderPlaylist } from './write/playlist-order.ts';

/** Everything that one request may do in ShotGrid, as one person. */
export interface Work {
  readonly reader: EntityReader;
  readonly writer: EntityWriter;
  readonly site: SiteFeatures;
  /** The calls of uploads. */
  readonly files: FileCalls;
  /** Everything is read again from here on, by every request of the person. */
  forget(): void;
  /** The outcomes of changes so far. */
  readonly changes: ChangeLog;
  /** The calls so far. */
  calls(): readonly LoggedCall[];
  /** Their cost so far. */
  spent(): SiteSpent & SystemsSpent;
  /** Makes a call to another system: it counts among the calls of the request. */
  readonly ofSystem: CallLog['ofSystem'];
}

export interface FileCalls {
  readonly client: Pick<ActingClient, 'call'>;
  readonly options: CallOptions;
}

export interface WorkOptions {
  /** Window of the request's launch: its writes appear there. */
  readonly sessionUuid?: SessionUuid;
  /** `HumanUser.id` of the person, because the login may since have passed to another person. */
  readonly personId?: number;
  /** Set to use the person's own account instead of `sudo`. */
  readonly own?: ActingOptions['own'];
  /** The session of the request: its reads share calls with equal ones that are under way. */
  readonly session?: string;
  readonly signal: AbortSignal;
  /** The most searches that the request may need. */
  readonly maxSearches: number;
  /** Takes what calls cost beyond the first. Without it nothing is counted. */
  readonly spend?: Spend | undefined;
  /** Called for each change once its outcome is known. */
  readonly onChange?: (change: Change) => void;
}

/** Without `noteChange`, clients that join no reads. */
type ReadAndWrite = Pick<Shotgun, 'as'> & Partial<Pick<Shotgun, 'noteChange'>>;

export interface WorkDeps {
  readonly shotgun: ReadAndWrite;
  readonly exposed: ExposedSchema;
  readonly plan: PlanOptions;
  /** Cached answers about fields that rows lack. */
  readonly known?: KnownFields;
  /** Which searches beside others pay. */
  readonly bets?: BetBook;
}

/** Creates the per-request readers and writers. Only query plans and known fields are shared between requests. */
export function createWorkshop({ shotgun, exposed, plan, known = new KnownFields(), bets }: WorkDeps) {
  const plans = new Plans(exposed, plan, bets);
  return (login: Login, options: WorkOptions): Work =>
    new PersonWork({ shotgun, plans, known, login }, options);
}

interface PersonWorkDeps {
  readonly shotgun: ReadAndWrite;
  readonly plans: Plans;
  readonly known: KnownFields;
  readonly login: Login;
}

/**
 * Reader and writer are made once they are needed: a document that does not validate needs none. It is a class,
 * because a getter in an object literal gives each object its own shape.
 */
class PersonWork implements Work {
  readonly changes = new ChangeLog();
  readonly #deps: PersonWorkDeps;
  readonly #options: WorkOptions;
  readonly #log = createCallLog();
  readonly #times: CallTimes[] = [];
  readonly #cost: CallCost | undefined;
  #reading: ActingClient | undefined;
  #writing: ActingClient | undefined;
  #reader: EntityReader | undefined;
  #site: SiteFeatures | undefined;
  #writer: EntityWriter | undefined;

  constructor(deps: PersonWorkDeps, options: WorkOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#cost = options.spend === undefined ? undefined : new CallCost(options.spend, this.changes);
  }

  get reader(): EntityReader {
    const { plans, known } = this.#deps;
    const { signal, maxSearches } = this.#options;
    return (this.#reader ??= createReader(this.#read(), plans, { signal, maxSearches, known }));
  }

  get site(): SiteFeatures {
    const { signal, maxSearches: maxCallsForRows } = this.#options;
    return (this.#site ??= createSiteFeatures(this.#read(), {
      ...{ signal, maxCallsForRows },
      facts: this.#facts,
    }));
  }

  get writer(): EntityWriter {
    const { signal } = this.#options;
    return (this.#writer ??= {
      call: (change) => this.#write().call(change, { signal }),
      orderPlaylist: (playlistId, versionIds) =>
        orderPlaylist(this.#write(), { signal, maxRows: maxRowsOf(this.#facts) }, playlistId, versionIds),
    });
  }

  get files(): FileCalls {
    return { client: this.#write(), options: { signal: this.#options.signal } };
  }

  forget(): void {
    this.#reader?.forget();
    this.#site?.forget();
    const { shotgun, login } = this.#deps;
    shotgun.noteChange?.(login, this.#acting);
  }

  calls(): readonly LoggedCall[] {
    return this.#log.calls();
  }

  spent(): ReturnType<Work['spent']> {
    return { ...spentOf(this.#times, performance.now()), ...this.#log.systemsSpent() };
  }

  ofSystem: Work['ofSystem'] = (call, run) => this.#log.ofSystem(call, run);

  get #facts(): SiteFacts {
    return this.#deps.plans.schema.facts;
  }

  get #acting(): ActingOptions {
    const { own = null, personId } = this.#options;
    return { own, ...(personId !== undefined && { personId }) };
  }

  /** Reads of a mutation join none: a class may have had a system change what it reads next. */
  #read(): ActingClient {
    const { session } = this.#options;
    const isAlone = session === undefined || this.changes.hasBegun;
    return (this.#reading ??= this.#client(isAlone ? {} : { session }));
  }

  #write(): ActingClient {
    const { sessionUuid } = this.#options;
    return (this.#writing ??= auditedClient(
      this.#client(sessionUuid === undefined ? {} : { sessionUuid }),
      (change) => this.#onChange(change),
    ));
  }

  #client(more: ActingOptions): ActingClient {
    const { shotgun, login } = this.#deps;
    const person = shotgun.as(login, { ...this.#acting, ...more });
    const logged = this.#log.observe(timedClient(person, (each) => void this.#times.push(each)));
    return this.#cost?.observe(logged) ?? logged;
  }

  #onChange(change: Change): void {
    this.forget();
    const { type, id } = change.entity;
    this.changes.note(change.outcome, id === null ? null : { type, id }, change.error);
    this.#options.onChange?.(change);
  }
}
