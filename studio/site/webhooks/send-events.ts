import { createHmac, randomUUID } from 'node:crypto';
import { Agent, fetch } from 'undici';
import type { DeliveredEvent, Delivery, Hook } from './hook.ts';

export interface SenderDeps {
  readonly now: () => number;
  readonly siteUrl: () => string;
  /** Of a delivery of one event; 6 s without it. */
  readonly timeoutMs?: number;
}

/** Where a delivery stands among the events that came together. */
export interface Place {
  readonly batchId: number;
  readonly size: number;
  /** Of its first event, from 1. */
  readonly index: number;
}

const MS_PER_BATCHED_EVENT = 1000;
const MAX_PAYLOAD_BYTES = 1_000_000;
const KEPT_RESPONSE_CHARACTERS = 100;

/** Posts events to the consumer of a hook, and gives the record of it (API 10.1). Never rejects. */
export async function sendEvents(
  deps: SenderDeps,
  hook: Hook,
  { events, place }: { readonly events: readonly DeliveredEvent[]; readonly place: Place },
  closing: AbortSignal,
): Promise<Delivery> {
  const id = randomUUID();
  const requestBody = bodyOf(hook, events, { id, nowMs: deps.now() });
  const requestHeaders = headersOf(hook, requestBody, {
    'x-sg-delivery-id': id,
    'x-sg-webhook-site-url': `${deps.siteUrl()}/`,
    'x-sg-event-batch-id': String(place.batchId),
    'x-sg-event-batch-size': String(place.size),
    'x-sg-event-batch-index': String(place.index),
  });
  const startedMs = performance.now();
  const timeout = AbortSignal.timeout(deliveryTimeoutMs(hook, events.length, deps.timeoutMs));
  const signal = AbortSignal.any([timeout, closing]);
  const answer = await post(hook, { body: requestBody, headers: requestHeaders, signal });
  return {
    id,
    hookId: hook.id,
    eventTimeMs: deps.now(),
    events,
    processTimeMs: performance.now() - startedMs,
    acknowledgement: null,
    requestHeaders,
    requestBody,
    ...answer,
  };
}

/** How long a consumer may take: longer for many events at once (API 10.1). */
export function deliveryTimeoutMs({ isBatched }: Hook, eventCount: number, leastMs = 6000): number {
  return isBatched ? Math.max(leastMs, eventCount * MS_PER_BATCHED_EVENT) : leastMs;
}

function bodyOf(
  hook: Hook,
  events: readonly DeliveredEvent[],
  { id, nowMs }: { id: string; nowMs: number },
): string {
  const now = new Date(nowMs).toISOString();
  const items = events.map(({ payload }) => capped({ ...payload, delivery_id: id }));
  if (hook.isBatched) return JSON.stringify({ timestamp: now, data: { deliveries: items } });
  return JSON.stringify({ data: items[0], timestamp: `${now.slice(0, 19)}Z` });
}

/** Beyond the size limit the values go, and a warning says so (API 10.1). */
function capped(payload: Record<string, unknown>): Record<string, unknown> {
  if (Buffer.byteLength(JSON.stringify(payload)) <= MAX_PAYLOAD_BYTES) return payload;
  const { old_value: _old, new_value: _new, ...meta } = payload.meta as Record<string, unknown>;
  return { ...payload, meta, warning: 'old_value and new_value were removed: the payload was too large' };
}

function headersOf(hook: Hook, body: string, own: Record<string, string>): Record<string, string> {
  const signature = hook.token === null ? null : createHmac('sha1', hook.token).update(body).digest('hex');
  return {
    'content-type': 'application/json; charset=utf-8',
    'x-sg-webhook-id': hook.id,
    ...own,
    ...(signature === null ? {} : { 'x-sg-signature': `sha1=${signature}` }),
  };
}

async function post(
  { url, validatesCertificate }: Hook,
  request: { body: string; headers: Record<string, string>; signal: AbortSignal },
): Promise<Pick<Delivery, 'body' | 'responseCode' | 'responseHeaders'>> {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: validatesCertificate } });
  try {
    const answer = await fetch(url, { method: 'POST', redirect: 'manual', dispatcher, ...request });
    const body = (await answer.text()).slice(0, KEPT_RESPONSE_CHARACTERS);
    return { body, responseCode: answer.status, responseHeaders: Object.fromEntries(answer.headers) };
  } catch {
    return { body: '', responseCode: 0, responseHeaders: {} };
  } finally {
    await dispatcher.destroy();
  }
}
