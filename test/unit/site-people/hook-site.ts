import type { ServerResponse } from 'node:http';
import express from 'express';
import type { Caller, StoredRecord } from '../../../studio/site/ports.ts';
import { createWebhooks } from '../../../studio/site/webhooks/webhooks.ts';
import { answerRefusal, atEnd, serveApp } from './serve-app.ts';

export interface HookBody {
  data: {
    delivery_id: string;
    event_type: string;
    webhook_status?: string;
    deliveries: { event_log_entry_id: number }[];
  };
}

export interface Received {
  headers: Record<string, string | string[] | undefined>;
  raw: string;
}

/**
 * A consumer of hooks that waits until so many deliveries came. It answers each with the status that is given for the
 * number of it, or never where that never comes.
 */
export async function consumer(answer: (count: number) => number | Promise<number> = () => 200) {
  const received: Received[] = [];
  let wake = () => {};
  const url = await serveApp((req, res) => {
    let raw = '';
    req.on('data', (chunk) => (raw += chunk));
    req.on('end', () => {
      received.push({ headers: req.headers, raw });
      wake();
      void reply(res, answer(received.length));
    });
  });
  const until = async (count: number) => {
    while (received.length < count) await new Promise<void>((resolve) => (wake = resolve));
    return received.map(({ raw }) => JSON.parse(raw) as HookBody);
  };
  return { url, received, until };
}

/** A row of the log as the site tells it to its hooks. */
export const change = (id: number, extra: object = {}): StoredRecord => ({
  type: 'EventLogEntry',
  id,
  retired: false,
  values: {
    event_type: 'Shotgun_Version_Change',
    attribute_name: 'sg_status_list',
    meta: {
      type: 'attribute_change',
      attribute_name: 'sg_status_list',
      entity_type: 'Version',
      entity_id: 9001,
      field_data_type: 'status_list',
      old_value: 'rev',
      new_value: 'apr',
    },
    entity: { type: 'Version', id: 9001 },
    project: { type: 'Project', id: 70 },
    user: { type: 'HumanUser', id: 31 },
    session_uuid: null,
    ...extra,
  },
});

/**
 * A site with hooks. It waits for a consumer as long as a real one does, so that a slow machine is no failure of a consumer: a
 * test of silence says `timeoutMs`.
 */
export async function hookSite(options: { role?: string; loopback?: string; timeoutMs?: number } = {}) {
  const listeners = new Set<(entry: StoredRecord) => void>();
  const clock = { ms: Date.UTC(2026, 8, 4, 12) };
  const webhooks = createWebhooks({
    now: () => clock.ms,
    switches: { 'webhooks.loopback': options.loopback ?? 'allowed' },
    siteUrl: () => 'https://studio.example',
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    callerOf: () => ({ role: options.role ?? 'api_admin', actor: { type: 'HumanUser', id: 1 } }) as Caller,
    batchWindowMs: 20,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
  atEnd(() => webhooks.close());
  const app = express();
  app.use('/api/v1', webhooks.routes);
  app.use(answerRefusal);
  const base = await serveApp(app);
  const call = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${base}/api/v1/webhook${path}`, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  };
  const happen = (entry: StoredRecord) => listeners.forEach((listener) => listener(entry));
  return { call, happen, clock, listeners };
}

export const onVersions = { Version: { update: ['sg_status_list'], create: [], delete: [] } };

async function reply(res: ServerResponse, status: number | Promise<number>): Promise<void> {
  res.statusCode = await status;
  res.end('x'.repeat(150));
}
