import { setTimeout as sleep } from 'node:timers/promises';
import { type Request, type Response, Router } from 'express';
import { apiBody } from '../http/api-body.ts';
import { invalidParameters, notFound } from '../http/api-error.ts';
import { requireFilterType, requireJson } from '../http/media-types.ts';
import { queryOf, text, typedPath } from '../http/query.ts';
import { setReadCache } from '../http/response-headers.ts';
import { batch } from './batch.ts';
import type { Asking, EntityDeps } from './entity-deps.ts';
import { bodyOf, readField, readList, readOne, readRelationship, search } from './read.ts';
import { createRowWriter } from './rows.ts';
import { summarize } from './summarize.ts';
import { expandHierarchy, searchHierarchy } from './hierarchy.ts';
import { textSearch } from './text-search.ts';
import { thinRow } from './thin-row.ts';
import { createRecord, deleteRecord, reviveRecord, updateRecord } from './write.ts';

/** The routes of records, below `/api/v1` or `/api/v1.1` (API 0). */
export function createEntityRoutes(deps: EntityDeps): Router {
  const routes = Router({ caseSensitive: true });
  routes.post('/entity/_batch', requireJson, apiBody, async (request, response) => {
    const answer = batch(deps, callOf(deps, request, response), request.body);
    // What was written stays written, also where the client has gone meanwhile (API 5.5).
    await sleep(Number(deps.switches['batch.msPerRequest'] ?? 0) * sizeOf(request.body));
    response.json(answer);
  });
  routes.post('/entity/_text_search', requireFilterType, apiBody, (request, response) => {
    answerRead(response, textSearch(deps, callOf(deps, request, response), request));
  });
  routes.post('/entity/:types/_search', requireFilterType, apiBody, (request, response) => {
    answerRead(response, search(deps, askingOf(deps, request, response), request));
  });
  routes.post('/entity/:types/_summarize', requireFilterType, apiBody, (request, response) => {
    answerRead(response, summarize(deps, askingOf(deps, request, response), request));
  });
  addHierarchy(routes, deps);
  addReads(routes, deps);
  addWrites(routes, deps);
  return routes;
}

function addHierarchy(routes: Router, deps: EntityDeps): void {
  routes.post('/hierarchy/_expand', requireJson, apiBody, (request, response) => {
    const data = expandHierarchy(deps, callOf(deps, request, response), bodyOf(request.body));
    answerRead(response, { data, links: { self: typedPath(request) } });
  });
  routes.post('/hierarchy/_search', requireJson, apiBody, (request, response) => {
    const data = searchHierarchy(deps, callOf(deps, request, response), bodyOf(request.body));
    answerRead(response, { data, links: { self: typedPath(request) } });
  });
}

function addReads(routes: Router, deps: EntityDeps): void {
  routes.get('/entity/:types', (request, response) => {
    response.json(readList(deps, askingOf(deps, request, response), request));
  });
  routes.get('/entity/:types/:id', (request, response) => {
    response.json(readOne(deps, askingOf(deps, request, response), idText(request), request));
  });
  routes.get('/entity/:types/:id/relationships/:field', (request, response) => {
    response.json(readRelationship(deps, askingOf(deps, request, response), idText(request), request));
  });
  routes.get('/entity/:types/:id/:field', (request, response) => {
    response.json(readField(deps, askingOf(deps, request, response), idText(request), request));
  });
}

function addWrites(routes: Router, deps: EntityDeps): void {
  routes.post('/entity/:types', requireJson, apiBody, (request, response) => {
    const asking = askingOf(deps, request, response);
    const body = bodyOf(request.body);
    const record = createRecord(deps, asking, body);
    response.status(201).json({ data: thinRow(deps, asking, record, body) });
  });
  routes.put('/entity/:types/:id', requireJson, apiBody, (request, response) => {
    const asking = askingOf(deps, request, response);
    const record = updateRecord(deps, asking, idOf(request), bodyOf(request.body));
    const data = createRowWriter(deps, asking, '*')(record);
    response.json({ data, links: {}, status: 'successful' });
  });
  routes.delete('/entity/:types/:id', (request, response) => {
    deleteRecord(deps, askingOf(deps, request, response), idOf(request));
    response.status(204).end();
  });
  routes.post('/entity/:types/:id', (request, response) => {
    const asking = askingOf(deps, request, response);
    assertRevive(text(queryOf(request), 'revive'));
    const didRevive = reviveRecord(deps, asking, idOf(request));
    response.json({
      data: { type: asking.type, id: idOf(request) },
      links: { self: typedPath(request) },
      meta: { did_revive: didRevive },
    });
  });
}

const sizeOf = (body: unknown): number => {
  const { requests } = bodyOf(body);
  return Array.isArray(requests) ? requests.length : 0;
};

const idText = (request: Request): string => String(request.params['id']);

/** What is no number leads nowhere. */
function idOf(request: Request): number {
  if (/^-?\d+$/u.test(idText(request))) return Number(idText(request));
  throw notFound(null, 103);
}

function assertRevive(value: string | undefined): void {
  if (value === undefined) throw invalidParameters({ revive: ['revive is missing'] });
  if (!['1', 'true', 'yes'].includes(value)) throw invalidParameters({ revive: ['revive must be true'] });
}

function callOf(deps: EntityDeps, request: Request, response: Response): Omit<Asking, 'type'> {
  const caller = deps.callerOf(request);
  response.locals['caller'] = caller;
  return { caller, prefix: request.baseUrl };
}

function askingOf(deps: EntityDeps, request: Request, response: Response): Asking {
  const call = callOf(deps, request, response);
  const segment = String(request.params['types']);
  const type = deps.schema.resolvePathSegment(segment);
  if (type === undefined) throw notFound(`Entity type '${segment}' does not exist.`, 103);
  return { ...call, type };
}

function answerRead(response: Response, body: object): void {
  setReadCache(response);
  response.json(body);
}
