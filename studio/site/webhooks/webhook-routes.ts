import { Router } from 'express';
import type { Request, Response } from 'express';
import type { Caller } from '../ports.ts';
import { invalidParameters } from '../http/api-error.ts';
import { SiteError } from '../ports.ts';
import { jsonBody } from '../threads/json-body.ts';
import { deliveryRow, hookRow, statusOf } from './hook.ts';
import type { Delivery, Hook } from './hook.ts';
import { parseHookChange, parseNewHook } from './hook-input.ts';
import type { HookBook } from './hook-book.ts';

export interface WebhookRouteDeps {
  readonly book: HookBook;
  readonly callerOf: (authorization: string | undefined) => Caller;
  readonly isLoopbackAllowed: boolean;
  readonly now: () => number;
}

/** Roles with the right "Show Webhooks" (API 10.1). */
const ROLES: ReadonlySet<string> = new Set(['admin', 'manager', 'api_admin']);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MAX_ACKNOWLEDGEMENT_BYTES = 4096;
const DEFAULT_PAGE_SIZE = 500;

/** The operations on hooks and deliveries (API 10.2). */
export function createWebhookRoutes(deps: WebhookRouteDeps): Router {
  const routes = Router();
  routes.use('/webhook', (req, res, next) => {
    const caller = deps.callerOf(req.headers.authorization);
    res.locals.caller = caller;
    if (!ROLES.has(caller.role)) throw new SiteError(401, 102, 'Unauthorized');
    next();
  });
  addHookRoutes(routes, deps);
  addDeliveryRoutes(routes, deps.book);
  return routes;
}

function addHookRoutes(routes: Router, { book, isLoopbackAllowed, now }: WebhookRouteDeps): void {
  const rowOf = (hook: Hook): object => hookRow(hook, now());
  const hookOf = (req: Request): Hook => found(book.hooks, req, 'hook');
  routes.get('/webhook/hooks', (req, res) => {
    const { status } = req.query;
    const rows = [...book.hooks.values()].filter(
      (hook) => status === undefined || statusOf(hook, now()) === status,
    );
    list(req, res, rows.map(rowOf));
  });
  routes.post('/webhook/hooks', ...jsonBody, (req, res) => {
    const hook = book.add(parseNewHook(req.body, isLoopbackAllowed));
    res.status(201).json({ data: rowOf(hook), links: { self: `${req.originalUrl}/${hook.id}` } });
  });
  routes.get('/webhook/hooks/:uuid', (req, res) => one(req, res, rowOf(hookOf(req))));
  routes.put('/webhook/hooks/:uuid', ...jsonBody, (req, res) => {
    const hook = hookOf(req);
    const { status, ...settings } = parseHookChange(req.body, isLoopbackAllowed);
    Object.assign(hook, settings);
    if (status) book.setStatus(hook, status);
    one(req, res, rowOf(hook));
  });
  routes.delete('/webhook/hooks/:uuid', (req, res) => {
    book.remove(hookOf(req).id);
    res.status(204).end();
  });
  routes.post('/webhook/hooks/:uuid/test_connection', (req, res) => {
    const hook = book.hooks.get(req.params.uuid);
    if (hook) void book.deliverer.sendNow(hook, [testEvent(res.locals.caller as Caller)]);
    res.status(204).end();
  });
}

function addDeliveryRoutes(routes: Router, book: HookBook): void {
  const deliveryOf = (req: Request): Delivery => found(book.deliveries, req, 'delivery');
  routes.get('/webhook/hooks/:uuid/deliveries', (req, res) => {
    const { id } = found(book.hooks, req, 'hook');
    const rows = [...book.deliveries.values()].filter(({ hookId }) => hookId === id).toReversed();
    const meanMs = rows.reduce((sum, { processTimeMs }) => sum + processTimeMs, 0) / Math.max(1, rows.length);
    const metrics = { mean_process_time: meanMs / 1000, num_deliveries: rows.length };
    list(req, res, rows.filter(matching(req)).map(deliveryRow), {
      included: [],
      performance_metrics: metrics,
    });
  });
  routes.get('/webhook/deliveries/:uuid', (req, res) => one(req, res, deliveryRow(deliveryOf(req))));
  routes.put('/webhook/deliveries/:uuid', ...jsonBody, (req, res) => {
    const delivery = deliveryOf(req);
    const { acknowledgement } = req.body as { acknowledgement?: unknown };
    if (
      typeof acknowledgement !== 'string' ||
      Buffer.byteLength(acknowledgement) > MAX_ACKNOWLEDGEMENT_BYTES
    ) {
      throw invalidParameters({ acknowledgement: ['acknowledgement must be a text of at most 4 KB'] });
    }
    delivery.acknowledgement = acknowledgement;
    one(req, res, deliveryRow(delivery));
  });
  routes.post('/webhook/deliveries/:uuid/redeliver', (req, res) => {
    const delivery = deliveryOf(req);
    const hook = book.hooks.get(delivery.hookId);
    if (hook) void book.deliverer.sendNow(hook, delivery.events);
    res.status(204).end();
  });
}

function found<T>(rows: ReadonlyMap<string, T>, req: Request, kind: string): T {
  const uuid = String(req.params.uuid);
  if (!UUID.test(uuid)) throw new SiteError(404, 103, 'Not Found');
  const row = rows.get(uuid);
  if (!row) throw new SiteError(404, 104, 'Not Found', { detail: `${kind}: ${uuid} not found` });
  return row;
}

function one(req: Request, res: Response, data: object): void {
  res.json({ data, links: { self: req.originalUrl } });
}

function list(req: Request, res: Response, rows: readonly object[], extra: object = {}): void {
  const query = new URL(req.originalUrl, 'http://localhost').searchParams;
  const size = Number(query.get('page[size]') ?? DEFAULT_PAGE_SIZE);
  const start = (Number(query.get('page[number]') ?? 1) - 1) * size;
  res.json({ data: rows.slice(start, start + size), ...extra, links: { self: req.originalUrl } });
}

function matching(req: Request): (delivery: Delivery) => boolean {
  const { status, entity_type: type, entity_id: id, from, acknowledgement } = req.query;
  return (delivery) => {
    const entities = delivery.events.map(
      ({ payload }) => payload.entity as { type: string; id: number } | null,
    );
    return (
      (status === undefined || status === 'delivered') &&
      (type === undefined || entities.some((entity) => entity?.type === type)) &&
      (id === undefined || entities.some((entity) => entity?.id === Number(id))) &&
      (typeof from !== 'string' || delivery.eventTimeMs >= Date.parse(from)) &&
      (acknowledgement === undefined || delivery.acknowledgement === acknowledgement)
    );
  };
}

/** It has the keys of an event, but contains only who requested it (API 10.1). */
function testEvent({ actor: user }: Caller) {
  const nothing = { user, project: null, entity: null };
  const event = { id: '0', event_log_entry_id: 0, event_type: 'Test_Connection', meta: { type: 'test' } };
  return { operation: null, payload: { ...event, ...nothing } };
}
