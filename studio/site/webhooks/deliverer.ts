import { setImmediate as soon, setTimeout as sleep } from 'node:timers/promises';
import type { DeliveredEvent, Delivery, Hook } from './hook.ts';
import { type Place, sendEvents, type SenderDeps } from './send-events.ts';

export interface DelivererDeps extends SenderDeps {
  /** How long events are gathered for one batch. */
  readonly batchWindowMs: number;
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

/** The queues of events before the consumers of hooks (API 10.1). */
export function createDeliverer(deps: DelivererDeps): Deliverer {
  const queues = new Map<string, DeliveredEvent[]>();
  const closing = new AbortController();
  let batchCount = 0;

  const send = async (hook: Hook, events: readonly DeliveredEvent[], place: Place): Promise<void> => {
    const delivery = await sendEvents(deps, hook, { events, place }, closing.signal);
    if (!closing.signal.aborted) deps.onDelivered(hook, delivery);
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
      // Only closing interrupts it, and then no caller waits for the rest.
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
