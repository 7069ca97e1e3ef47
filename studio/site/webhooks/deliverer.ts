import { createHmac, randomUUID } from 'node:crypto';
import { setImmediate as soon, setTimeout as sleep } from 'node:timers/promises';
import type { DeliveredEvent, Delivery, Hook } from './hook.ts';

export interface DelivererDeps {
  readonly now: () => number;
  readonly siteUrl: () => string;
  /** How long events are gathered for one batch. */
  readonly batchWindowMs: number;
  /** Of a delivery of one event; 6 s without it. */
  readonly timeoutMs?: number;
  /** Told after every delivery. */
  readonly onDelivered: (hook: Hook, delivery: Delivery) => void;
}

export interface Deliverer {
  /** Puts an event at the end of the hook's queue. Deliveries of one hook go out one after the other. */
  enqueue(hook: Hook, event: DeliveredEvent): void;
  /** Forgets what waits for a hook that is disabled, failed or gone. */
  drop(hookId: string): void;
  /** Sends at once, past the queue. */
  sendNow(hook: Hook, events: readonly DeliveredEvent[]): Promise<void>;
  close(): void;
}

const MAX_BATCH = 50;
const MS_PER_BATCHED_EVENT = 1000;
const MAX_PAYLOAD_BYTES = 1_000_000;
const KEPT_RESPONSE_CHARACTERS = 100;

/** Where a delivery stands among the events that came together. */
interface Place {
  readonly batchId: number;
  readonly size: number;
  /** Of its first event, from 1. */
  readonly index: number;
}

/** Sends events to the consumers of hooks (API 10.1). */
export function createDeliverer(deps: DelivererDeps): Deliverer {
  const queues = new Map<string, DeliveredEvent[]>();
  const closing = new AbortController();
  let batchCount = 0;

  const send = async (hook: Hook, events: readonly DeliveredEvent[], place: Place): Promise<void> => {
    const id = randomUUID();
    const requestBody = bodyOf(hook, events, { id, nowMs: deps.now() });
    const requestHeaders = headersOf(hook, requestBody, {
      'x-sg-delivery-id': id,
      'x-sg-webhook-site-url': deps.siteUrl(),
      'x-sg-event-batch-id': String(place.batchId),
      'x-sg-event-batch-size': String(place.size),
      'x-sg-event-batch-index': String(place.index),
    });
    const startedMs = performance.now();
    const timeoutMs = deliveryTimeoutMs(hook, events.length, deps.timeoutMs);
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), closing.signal]);
    const answer = await post(hook.url, { body: requestBody, headers: requestHeaders, signal });
    if (closing.signal.aborted) return;
    deps.onDelivered(hook, {
      id,
      hookId: hook.id,
      eventTimeMs: deps.now(),
      events,
      processTimeMs: performance.now() - startedMs,
      acknowledgement: null,
      requestHeaders,
      requestBody,
      ...answer,
    });
  };

  const sendBatch = async (hook: Hook, queue: DeliveredEvent[]): Promise<void> => {
    const size = Math.min(queue.length, MAX_BATCH);
    if (size === 0) return undefined;
    batchCount += 1;
    const batchId = batchCount;
    if (hook.isBatched) return send(hook, queue.splice(0, size), { batchId, size, index: 1 });
    // Dropped events are gone from the queue: the batch ends there.
    for (let index = 1; index <= size && queue.length > 0; index += 1) {
      await send(hook, queue.splice(0, 1), { batchId, size, index });
    }
  };

  const drain = async (hook: Hook, queue: DeliveredEvent[]): Promise<void> => {
    try {
      // The events of one write come together: they are one batch, also where each is sent by itself.
      await soon();
      while (queue.length > 0) {
        if (hook.isBatched) await sleep(deps.batchWindowMs, undefined, { signal: closing.signal });
        await sendBatch(hook, queue);
      }
    } finally {
      queues.delete(hook.id);
    }
  };

  return {
    enqueue(hook, event) {
      const waiting = queues.get(hook.id);
      if (waiting) {
        waiting.push(event);
        return;
      }
      const queue = [event];
      queues.set(hook.id, queue);
      // Only closing interrupts it, and then nobody waits for the rest.
      drain(hook, queue).catch(() => undefined);
    },
    drop(hookId) {
      queues.get(hookId)?.splice(0);
    },
    sendNow(hook, events) {
      batchCount += 1;
      return send(hook, events, { batchId: batchCount, size: events.length, index: 1 });
    },
    close: () => closing.abort(),
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
  url: string,
  request: { body: string; headers: Record<string, string>; signal: AbortSignal },
): Promise<Pick<Delivery, 'body' | 'responseCode' | 'responseHeaders'>> {
  try {
    const answer = await fetch(url, { method: 'POST', redirect: 'manual', ...request });
    const body = (await answer.text()).slice(0, KEPT_RESPONSE_CHARACTERS);
    return { body, responseCode: answer.status, responseHeaders: Object.fromEntries(answer.headers) };
  } catch {
    return { body: '', responseCode: 0, responseHeaders: {} };
  }
}
