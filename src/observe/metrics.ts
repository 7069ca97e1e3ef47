import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { MS_PER_SECOND } from '../base/units.ts';

export interface RequestObservation {
  /** The route's pattern: labels contain no ids and no names of people (G21). */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
}

/** One GraphQL request. Tools and operations are those of the lists: names that a client makes up are one label. */
export interface OperationObservation {
  readonly tool: string;
  readonly operation: string;
  /** `ok`, or `errors` for an answer that has some. */
  readonly outcome: string;
  readonly durationMs: number;
}

export interface SiteCallObservation {
  /** The kind of call, such as `search`; no ids, no values. */
  readonly kind: string;
  readonly outcome: string;
  /** The time at the site. */
  readonly durationMs: number;
  /** The time in our own queues before it. */
  readonly waitedMs: number;
}

/** Calls and people that wait for their turn, more or fewer. */
export interface WaitObservation {
  readonly calls: number;
  readonly people: number;
  /** Of a wait that ended. */
  readonly waited?: { readonly ms: number; readonly behind: 'own' | 'others' };
}

export interface SystemCallObservation {
  readonly system: string;
  readonly kind: string;
  readonly outcome: string;
  readonly durationMs: number;
}

/** An operation of a tool that a change of the site touches. */
export interface TouchedOperation {
  readonly tool: string;
  readonly operation: string;
  readonly effect: 'breaks' | 'warns';
  /** Places of the operation. */
  readonly count: number;
}

/** Counters of one server, in a registry of its own so that several can live in one process. */
export interface Metrics {
  observeRequest(observation: RequestObservation): void;
  readonly observeOperation: (observation: OperationObservation) => void;
  /** A document that is on no list. Tools are those of `shotgraph.yml`. */
  readonly countUnlisted: (unlisted: { readonly tool: string; readonly outcome: string }) => void;
  /** Counts a query that was begun before its page asked it. */
  readonly countFirst: (outcome: string) => void;
  observeSiteCall(observation: SiteCallObservation): void;
  readonly observeSystemCall: (observation: SystemCallObservation) => void;
  /** One error of a GraphQL response. Most responses with errors have the status 200. */
  readonly countGraphqlError: (code: string) => void;
  /** A call began to wait for its turn, or ended its wait. */
  observeWaiting(change: WaitObservation): void;
  /** A read was answered by an equal one of the same session that was under way. */
  readonly countJoinedRead: (read: { readonly kind: string }) => void;
  setCircuit(isOpen: boolean): void;
  setReady(checks: readonly { readonly name: string; readonly ok: boolean }[]): void;
  /** Fields of the pulled schema that rows lack because the site has deleted them. */
  setGoneFields(count: number): void;
  /** Counts a search that was made beside the rows that link to what it finds. */
  countBet(outcome: string): void;
  /** Operations that a change of the site breaks, or that only warn. Few have a series of their own. */
  setTouchedOperations(touched: readonly TouchedOperation[]): void;
  /** By how many seconds this server's clock seems to be ahead of ShotGrid's; 0 without any sign of skew. */
  setClockSkew(seconds: number): void;
  /** Of launches in the memory of this process. */
  readonly setLaunchBytes: (bytes: number) => void;
  /** Prometheus text format. */
  text(): Promise<string>;
}

const SECONDS_BUCKETS = [0.005, 0.02, 0.05, 0.1, 0.3, 0.6, 1, 2, 5, 10, 30];
/** For what has many series: each has all buckets. */
const FEW_SECONDS_BUCKETS = [0.1, 0.3, 1, 3, 10];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const make = makersFor(registry);
  const requests = make.seconds('shotgraph_http_request_seconds', 'Time to answer a request, by route.', [
    'route',
    'method',
    'status',
  ]);
  const graphqlErrors = make.count(
    'shotgraph_graphql_errors_total',
    'Errors in GraphQL answers, by code. Most answers with errors have the HTTP status 200.',
    ['code'],
  );
  const systemCalls = make.seconds(
    'shotgraph_system_call_seconds',
    'Time of one call to another system of the studio, with the wait for its token, by system, method and outcome.',
    ['system', 'kind', 'outcome'],
  );
  const parts = make.gauge(
    'shotgraph_part_ready',
    '1 if the last readiness check could use this part: the site, the store, the identity provider.',
    ['part'],
  );
  const clockSkew = make.gauge(
    'shotgraph_clock_ahead_seconds',
    "Seconds by which this server's clock seems to be ahead of ShotGrid's, estimated from the ages of refused launches; 0 without any sign of it.",
  );
  const launchBytes = make.gauge(
    'shotgraph_launch_memory_bytes',
    'What launches take of SHOTGRAPH_LAUNCH_MEMORY_MIB; 0 where the store is Redis.',
  );
  const ready = make.gauge('shotgraph_ready', '1 if the last readiness check passed.');
  return {
    ...siteMetrics(make),
    ...planMetrics(make),
    ...operationMetrics(make),
    ...schemaMetrics(make),
    observeRequest: ({ route, method, status, durationMs }) =>
      requests.observe({ route, method, status: String(status) }, durationMs / MS_PER_SECOND),
    observeSystemCall: ({ durationMs, ...labels }) => systemCalls.observe(labels, durationMs / MS_PER_SECOND),
    countGraphqlError: (code) => graphqlErrors.inc({ code }),
    setReady(checks) {
      for (const { name, ok } of checks) parts.set({ part: name }, ok ? 1 : 0);
      ready.set(checks.every(({ ok }) => ok) ? 1 : 0);
    },
    setClockSkew: (seconds) => clockSkew.set(seconds),
    setLaunchBytes: (bytes) => launchBytes.set(bytes),
    text: () => registry.metrics(),
  };
}

function operationMetrics(make: Makers): Pick<Metrics, 'observeOperation' | 'countUnlisted' | 'countFirst'> {
  const operations = make.seconds(
    'shotgraph_operation_seconds',
    'Time to answer a GraphQL request, by tool, operation and outcome. What is on no list is "unknown".',
    ['tool', 'operation', 'outcome'],
    FEW_SECONDS_BUCKETS,
  );
  const unlisted = make.count(
    'shotgraph_unlisted_documents_total',
    'Documents that are on no list of operations, by tool, refused (documents: only) or run (documents: log).',
    ['tool', 'outcome'],
  );
  const firsts = make.count(
    'shotgraph_first_total',
    'Queries of amis.<name>.first: begun at a claim; then taken by the page, unasked, dropped, failed or left_out.',
    ['outcome'],
  );
  return {
    countFirst: (outcome) => firsts.inc({ outcome }),
    observeOperation: ({ durationMs, ...labels }) => operations.observe(labels, durationMs / MS_PER_SECOND),
    countUnlisted: ({ tool, outcome }) => unlisted.inc({ tool, outcome }),
  };
}

/** What is known of changes of the site since its schema was pulled. */
function schemaMetrics(make: Makers): Pick<Metrics, 'setGoneFields' | 'setTouchedOperations'> {
  const goneFields = make.gauge(
    'shotgraph_schema_gone_fields',
    'Fields that requests asked for and that ShotGrid has deleted since the schema was pulled.',
  );
  const touchedOperations = make.gauge(
    'shotgraph_schema_touched_operations',
    'Places in operations that changes of the site since the pull break (breaks) or may affect (warns), by tool and operation. All but the first 20 operations are "other".',
    ['tool', 'operation', 'effect'],
  );
  return {
    setGoneFields: (count) => goneFields.set(count),
    setTouchedOperations(touched) {
      touchedOperations.reset();
      for (const { tool, operation, effect, count } of touched)
        touchedOperations.inc({ tool, operation, effect }, count);
    },
  };
}

type Makers = ReturnType<typeof makersFor>;

function makersFor(registry: Registry) {
  const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const seconds = (name: string, help: string, labelNames: string[], buckets = SECONDS_BUCKETS): Histogram =>
    new Histogram({ name, help, labelNames, buckets, registers: [registry] });
  const count = (name: string, help: string, labelNames: string[]): Counter =>
    new Counter({ name, help, labelNames, registers: [registry] });
  return { gauge, seconds, count };
}

function planMetrics(make: Makers): Pick<Metrics, 'countBet'> {
  const bets = make.count(
    'shotgraph_plan_beside_total',
    'Searches made in parallel with the rows that link to their results, by outcome: paid, missed, unused, slow, or given_up when a plan stops making one.',
    ['outcome'],
  );
  return { countBet: (outcome) => bets.inc({ outcome }) };
}

type SiteMetrics = Pick<Metrics, 'observeSiteCall' | 'observeWaiting' | 'countJoinedRead' | 'setCircuit'>;

function siteMetrics(make: Makers): SiteMetrics {
  const calls = make.seconds(
    'shotgraph_site_call_seconds',
    'Time of one call to ShotGrid, by kind and outcome, without its wait in this server.',
    ['kind', 'outcome'],
  );
  const waits = make.seconds(
    'shotgraph_site_wait_seconds',
    'Time that a call waited in this server for its turn, before it was sent to ShotGrid, by kind.',
    ['kind'],
  );
  const waiting = make.gauge(
    'shotgraph_site_calls_waiting',
    'Calls to ShotGrid that wait in this server for their turn.',
  );
  const people = make.gauge(
    'shotgraph_site_people_waiting',
    'People with calls to ShotGrid that wait in this server for their turn.',
  );
  const queues = make.seconds(
    'shotgraph_site_queue_seconds',
    'Time in the queue of calls that had to wait, behind calls of the same person (own) or for a connection (others).',
    ['behind'],
  );
  const joined = make.count(
    'shotgraph_site_joined_reads_total',
    'Reads that were answered by an equal call of the same session which was under way, by kind. They are no calls of their own.',
    ['kind'],
  );
  const circuit = make.gauge(
    'shotgraph_site_circuit_open',
    '1 while no calls are sent to ShotGrid because it is out of order.',
  );
  return {
    observeSiteCall({ kind, outcome, durationMs, waitedMs }) {
      calls.observe({ kind, outcome }, durationMs / MS_PER_SECOND);
      waits.observe({ kind }, waitedMs / MS_PER_SECOND);
    },
    observeWaiting({ calls: more, people: morePeople, waited }) {
      waiting.inc(more);
      if (morePeople !== 0) people.inc(morePeople);
      if (waited !== undefined) queues.observe({ behind: waited.behind }, waited.ms / MS_PER_SECOND);
    },
    countJoinedRead: ({ kind }) => joined.inc({ kind }),
    setCircuit: (isOpen) => circuit.set(isOpen ? 1 : 0),
  };
}
