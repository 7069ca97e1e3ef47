export type Operation = 'create' | 'update' | 'delete' | 'revive';
export type HookStatus = 'active' | 'unstable' | 'failed' | 'disabled';
/** The stored record; `unstable` is derived from the failures. */
export type KeptStatus = Exclude<HookStatus, 'unstable'>;

/** Fields whose updates are delivered, by type and operation; an empty list means every field. */
export type Subscriptions = Readonly<Record<string, Partial<Record<Operation, readonly string[]>>>>;

/** What a client may set of a hook (API 10.2). */
export interface HookSettings {
  url: string;
  /** Exactly one of this and `eventType`. */
  entityTypes: Subscriptions | null;
  eventType: string | null;
  /** Null for the whole site. */
  projects: readonly number[] | null;
  token: string | null;
  name: string | null;
  description: string | null;
  validatesCertificate: boolean;
  isBatched: boolean;
}

export interface Hook extends HookSettings {
  readonly id: string;
  status: KeptStatus;
  deliveryCount: number;
  /** Milliseconds since 1970 of failures; those of the last 24 hours count. */
  failuresAtMs: number[];
}

/** One event of the log, ready to be delivered. */
export interface DeliveredEvent {
  readonly operation: Operation | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Record of one request that went out, kept for seven days (API 10.1). */
export interface Delivery {
  readonly id: string;
  readonly hookId: string;
  readonly eventTimeMs: number;
  readonly events: readonly DeliveredEvent[];
  processTimeMs: number;
  body: string;
  /** 0 if there was no answer. */
  responseCode: number;
  acknowledgement: string | null;
  requestHeaders: Readonly<Record<string, string>>;
  responseHeaders: Readonly<Record<string, string>>;
  requestBody: string;
}

const DAY_MS = 86_400_000;

/** Failures of the last 24 hours. */
export function recentFailures({ failuresAtMs }: Hook, nowMs: number): number[] {
  return failuresAtMs.filter((atMs) => atMs > nowMs - DAY_MS);
}

/** State of a hook: an active one is called unstable for a day after a failure (API 10.1). */
export function statusOf(hook: Hook, nowMs: number): HookStatus {
  return hook.status === 'active' && recentFailures(hook, nowMs).length > 0 ? 'unstable' : hook.status;
}

/** A hook as its routes show it: the token is never given back. */
export function hookRow(hook: Hook, nowMs: number): object {
  return {
    id: hook.id,
    url: hook.url,
    entity_types: hook.entityTypes,
    ...(hook.eventType === null ? {} : { event_type: hook.eventType }),
    status: statusOf(hook, nowMs),
    projects: hook.projects,
    num_deliveries: hook.deliveryCount,
    validate_ssl_cert: hook.validatesCertificate,
    batch_deliveries: hook.isBatched,
    is_token_set: hook.token !== null,
    name: hook.name,
    description: hook.description,
  };
}

export function deliveryRow(delivery: Delivery): object {
  return {
    id: delivery.id,
    event_time: new Date(delivery.eventTimeMs).toISOString(),
    // Means that it was sent; `response_code` shows whether it arrived (API 10.2).
    status: 'delivered',
    process_time: delivery.processTimeMs / 1000,
    body: delivery.body,
    response_code: delivery.responseCode,
    acknowledgement: delivery.acknowledgement,
    request_headers: delivery.requestHeaders,
    response_headers: delivery.responseHeaders,
    request_body: delivery.requestBody,
  };
}
