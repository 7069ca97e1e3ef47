import { setTimeout as sleep } from 'node:timers/promises';
import express, { type Express, type Request, type Response } from 'express';
import { createAuth } from './auth/auth.ts';
import { createControl } from './control/control.ts';
import { createFaults } from './control/faults.ts';
import { createCallLimit } from './control/call-limit.ts';
import { createRateLimit } from './control/rate-limit.ts';
import { createRequestLog } from './control/request-log.ts';
import { createRecordValues } from './data-types/record-values.ts';
import type { EntityDeps } from './entities/entity-deps.ts';
import { createEntityRoutes } from './entities/entity-routes.ts';
import { createSchemaRoutes } from './entities/schema-routes.ts';
import { createViewerState } from './entities/viewer-state.ts';
import { readValue } from './entities/rows.ts';
import { createEventLog } from './events/event-log.ts';
import { createFiles } from './files/files.ts';
import { apiErrors, notFound } from './http/api-error.ts';
import { cors } from './http/cors.ts';
import { refuseVendorAccept } from './http/media-types.ts';
import { responseHeaders } from './http/response-headers.ts';
import { createSpecRoutes } from './http/spec.ts';
import { createSiteRoutes } from './http/site-routes.ts';
import { createPermissions } from './permissions/permissions.ts';
import type { Caller, SiteOptions, StoredRecord } from './ports.ts';
import { createSchemaModel } from './schema-model/schema-model.ts';
import { fillStorage } from './storage/fill-storage.ts';
import { createMemoryStorage } from './storage/memory-storage.ts';
import { createFollows } from './threads/follows.ts';
import { createThreadRoutes } from './threads/thread-routes.ts';
import { createWebFace } from './web/web.ts';
import { createWebhooks } from './webhooks/webhooks.ts';

export interface ComposedSite {
  readonly app: Express;
  start(host: string): Promise<void>;
  /** Known once started. */
  storageUrl(): string;
  close(): Promise<void>;
}

const DEFAULT_LIFETIME_SECONDS = 600;

/** Puts the site together: its parts, and the routes that lead to them. */
export function composeSite(options: SiteOptions, origin: () => string): ComposedSite {
  const parts = composeParts(options, origin);
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(createControl(parts));
  app.use(['/api/v1.1', '/api/v1'], apiRoutes(parts, options.delayMs ?? 0), apiErrors);
  app.use('/api', () => {
    throw notFound(null, 103);
  });
  app.use(parts.auth.appSessionRoutes);
  app.use(createWebFace({ ...parts.deps, site: { url: origin } }));
  app.use(apiErrors);
  return {
    app,
    start: (address) => parts.files.start(address, options.storagePort ?? 0),
    storageUrl: () => parts.files.url(),
    async close() {
      parts.webhooks.close();
      await parts.files.close();
    },
  };
}

type Parts = ReturnType<typeof composeParts>;

function composeParts(options: SiteOptions, origin: () => string) {
  const now = options.now ?? Date.now;
  const switches = options.switches ?? {};
  const schema = createSchemaModel(options.dataset.entityTypes, options.dataset.fields);
  const storage = createMemoryStorage();
  fillStorage(storage, schema, options.dataset);
  const permissions = createPermissions({ storage, schema, switches });
  const events = createEventLog({ storage, schema, now, eventLagMs: options.eventLagMs ?? 0, switches });
  const tokenLifetimeSeconds = options.tokenLifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS;
  const host = (): string => new URL(origin()).host;
  const auth = createAuth({ storage, now, switches, tokenLifetimeSeconds, host });
  const callerOf = (request: Request, response?: Response): Caller => {
    const caller = auth.callerOf(request.headers.authorization);
    if (response) response.locals['caller'] = caller;
    return caller;
  };
  const typeOfPath = (segment: string): string | undefined => schema.resolvePathSegment(segment);
  const dataTypeOf = (type: string, field: string): string | undefined => schema.field(type, field)?.dataType;
  const files = createFiles({
    storage,
    permissions,
    callerOf,
    typeOfPath,
    now,
    events,
    switches,
    dataTypeOf,
    siteUrl: origin,
  });
  const webhooks = createWebhooks({
    now,
    switches,
    siteUrl: origin,
    subscribe: (listener) => events.subscribe(listener),
    callerOf: (authorization) => auth.callerOf(authorization),
  });
  const follows = createFollows();
  const viewers = createViewerState();
  const deps: EntityDeps = {
    ...{ storage, schema, permissions, events, now, switches, callerOf },
    values: createRecordValues(storage, schema, switches),
    viewers,
    readFile: (caller, value) => files.read(caller, value),
  };
  return {
    ...{ deps, storage, auth, files, webhooks, follows, typeOfPath },
    faults: createFaults(),
    requestLog: createRequestLog(),
    reset() {
      fillStorage(storage, schema, options.dataset);
      webhooks.clear();
      follows.clear();
      viewers.clear();
    },
  };
}

function apiRoutes(parts: Parts, delayMs: number): express.Router {
  const { deps, auth, faults, requestLog, files, webhooks, follows, typeOfPath } = parts;
  const isEventVisible = (entry: StoredRecord): boolean => deps.events.isVisible(entry);
  const api = express.Router({ caseSensitive: true });
  api.use(requestLog.middleware, delay(delayMs), faults.middleware);
  api.use(responseHeaders, cors, refuseVendorAccept);
  api.use(createCallLimit(deps.switches), createRateLimit(deps.switches, deps.now));
  api.use(createSpecRoutes(() => api));
  api.post('/auth/access_token', (request, response, next) => auth.tokenEndpoint(request, response, next));
  api.use(
    createSiteRoutes(deps),
    createSchemaRoutes(deps),
    files.routes,
    createThreadRoutes({
      ...deps,
      typeOfPath,
      isEventVisible,
      follows,
      readValue: (caller, row, field) => readValue(deps, caller, row, field),
    }),
    webhooks.routes,
    createEntityRoutes(deps),
  );
  api.use(() => {
    throw notFound(null, 103);
  });
  return api;
}

/** An asynchronous wait, so that two hundred calls wait side by side. */
function delay(delayMs: number): express.RequestHandler {
  if (delayMs === 0) return (_request, _response, next) => next();
  return (_request, _response, next) => {
    sleep(delayMs).then(() => next(), next);
  };
}
