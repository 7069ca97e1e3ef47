import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface RequestObservation {
  /** The route's pattern: labels hold no ids and no names of people (security.md G21). */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
}

export interface SiteCallObservation {
  /** What was asked for, such as `search`; no ids, no values. */
  readonly kind: string;
  readonly outcome: string;
  readonly durationMs: number;
}

/** Counters of one server, in a registry of its own so that several can live in one process. */
export interface Metrics {
  observeRequest(observation: RequestObservation): void;
  observeSiteCall(observation: SiteCallObservation): void;
  setReady(isReady: boolean): void;
  /** Fields of the pulled schema that rows lack because the site has them no more. */
  setGoneFields(count: number): void;
  /** Prometheus text format. */
  text(): Promise<string>;
}

const SECONDS_BUCKETS = [0.005, 0.02, 0.05, 0.1, 0.3, 0.6, 1, 2, 5, 10, 30];
const MS_PER_SECOND = 1000;

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'shotgraph_http_request_seconds',
    help: 'Time to answer a request, by route.',
    labelNames: ['route', 'method', 'status'],
    buckets: SECONDS_BUCKETS,
    registers: [registry],
  });
  const siteCalls = new Histogram({
    name: 'shotgraph_site_call_seconds',
    help: 'Time of one call to ShotGrid, by kind and outcome.',
    labelNames: ['kind', 'outcome'],
    buckets: SECONDS_BUCKETS,
    registers: [registry],
  });
  const ready = new Gauge({
    name: 'shotgraph_ready',
    help: '1 where the last readiness check passed.',
    registers: [registry],
  });
  const goneFields = new Gauge({
    name: 'shotgraph_schema_gone_fields',
    help: 'Fields that were asked for and that ShotGrid has no more, as the pulled schema still says.',
    registers: [registry],
  });
  return {
    observeRequest: ({ route, method, status, durationMs }) =>
      requests.observe({ route, method, status: String(status) }, durationMs / MS_PER_SECOND),
    observeSiteCall: ({ kind, outcome, durationMs }) =>
      siteCalls.observe({ kind, outcome }, durationMs / MS_PER_SECOND),
    setReady: (isReady) => ready.set(isReady ? 1 : 0),
    setGoneFields: (count) => goneFields.set(count),
    text: () => registry.metrics(),
  };
}
