import type { Login, SessionUuid } from '../base/ids.ts';
import type { CallTimes, CallOptions } from '../shotgun/port/records.ts';
import type { ActingClient, ActingOptions, Shotgun } from '../shotgun/client/shotgun.ts';
import type { ExposedSchema } from '../site/expose.ts';
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
import { Plans } from './read/level-reader.ts';
import { createReader } from './read/reader.ts';
import { createSiteFeatures } from './write/site-features.ts';
import { createWriter } from './write/writer.ts';

/** Everything that one request may do in ShotGrid, as one person. */
export interface Work {
  readonly reader: EntityReader;
  readonly writer: EntityWriter;
  readonly site: SiteFeatures;
  /** The calls of uploads. */
  readonly files: FileCalls;
  /** Everything is read again from here on. */
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
  readonly signal: AbortSignal;
  /** The most searches that the request may need. */
  readonly maxSearches: number;
  /** Called for each change once its outcome is known. */
  readonly onChange?: (change: Change) => void;
}

export interface WorkDeps {
  readonly shotgun: Pick<Shotgun, 'as'>;
  readonly exposed: ExposedSchema;
  readonly plan: PlanOptions;
  /** Cached answers about fields that rows lack. */
  readonly known?: KnownFields;
}

/** Creates the per-request readers and writers. Only query plans and known fields are shared between requests. */
export function createWorkshop({ shotgun, exposed, plan, known = new KnownFields() }: WorkDeps) {
  const plans = new Plans(exposed, plan);
  return (
    login: Login,
    { sessionUuid, personId, own = null, signal, maxSearches, onChange = () => undefined }: WorkOptions,
  ): Work => {
    const log = createCallLog();
    const times: CallTimes[] = [];
    const onTimed = (each: CallTimes): void => void times.push(each);
    const personOf = (more: ActingOptions): ActingClient =>
      log.observe(
        timedClient(
          shotgun.as(login, { own, ...more, ...(personId !== undefined && { personId }) }),
          onTimed,
        ),
      );
    const reading = personOf({});
    const reader = createReader(reading, plans, { signal, maxSearches, known });
    const site = createSiteFeatures(reading, { signal, maxCallsForRows: maxSearches });
    const changes = new ChangeLog();
    const forget = (): void => {
      reader.forget();
      site.forget();
    };
    const writing = auditedClient(personOf(sessionUuid === undefined ? {} : { sessionUuid }), (change) => {
      forget();
      const { type, id } = change.entity;
      changes.note(change.outcome, id === null ? null : { type, id }, change.error);
      onChange(change);
    });
    return {
      reader,
      site,
      writer: createWriter(writing, { signal }),
      files: { client: writing, options: { signal } },
      forget,
      changes,
      calls: () => log.calls(),
      spent: () => ({ ...spentOf(times, performance.now()), ...log.systemsSpent() }),
      ofSystem: (call, run) => log.ofSystem(call, run),
    };
  };
}
