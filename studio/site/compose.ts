import { setTimeout as sleep } from 'node:timers/promises';
import express, { type Express, type Request, type Response } from 'express';
import { createAuth } from './auth/auth.ts';
import { createControl } from './control/control.ts';
import { createFaults } from './control/faults.ts';
import { createRequestLog } from './control/request-log.ts';
import { createRecordValues } from './data-types/record-values.ts';
import type { EntityDeps } from './entities/entity-deps.ts';
import { createEntityRoutes } from './entities/entity-routes.ts';
import { createSchemaRoutes } from './entities/schema-routes.ts';
import { createEventLog } from './events/event-log.ts';
import { createFiles } from './files/files.ts';
import { apiErrors, notFound } from './http/api-error.ts';
import { cors } from './http/cors.ts';
import { refuseVendorAccept } from './http/media-types.ts';
import { createSiteRoutes } from './http/site-routes.ts';
import { createPermissions } from './permissions/permissions.ts';
import type { Caller, SiteOptions, StoredRecord } from './ports.ts';
import { createSchemaModel } from './schema-model/schema-model.ts';
import { fillStorage } from './storage/fill-storage.ts';
import { createMemoryStorage } from './storage/memory-storage.ts';
import { createFollows } from './threads/follows.ts';
import { createThreadRoutes } from './threads/thread-routes.ts';
import { createStorageLinks } from './web/storage-links.ts';
import { createWebFace } from './web/web.ts';
import { createWebhooks } from './webhooks/webhooks.ts';

export interface ComposedSite {
  readonly app: Express;
  start(host: string): Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_LIFETIME_SECONDS = 600;

/** Puts the parts of the site together. */
export function composeSite(options: SiteOptions, origin: () => string): ComposedSite {
  const now = options.now ?? Date.now;
  const switches = options.switches ?? {};
  const schema = createSchemaModel(options.dataset.entityTypes, options.dataset.fields);
  const storage = createMemoryStorage();
  fillStorage(storage, schema, options.dataset);
  const permissions = createPermissions({ storage, schema });
  const events = createEventLog({ storage, schema, now, eventLagMs: options.eventLagMs ?? 0, switches });
  const host = (): string => new URL(origin()).host;
  const tokenLifetimeSeconds = options.tokenLifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS;
  const auth = createAuth({ storage, now, switches, tokenLifetimeSeconds, host });
  const callerOf = (request: Request, response?: Response): Caller => {
    const caller = auth.callerOf(request.headers.authorization);
    if (response) response.locals['caller'] = caller;
    return caller;
  };
  const shared = {
    storage,
    permissions,
    callerOf,
    typeOfPath: (segment: string) => schema.resolvePathSegment(segment),
    isEventVisible: (entry: StoredRecord) => events.isVisible(entry),
  };
  const files = createFiles({
    ...shared,
    now,
    events,
    switches,
    dataTypeOf: (type, field) => schema.field(type, field)?.dataType,
  });
  const links = createStorageLinks({ now, origin });
  const webhooks = createWebhooks({
    now,
    switches,
    siteUrl: origin,
    subscribe: (listener) => events.subscribe(listener),
    callerOf: (authorization) => auth.callerOf(authorization),
  });
  const deps: EntityDeps = {
    storage,
    schema,
    values: createRecordValues(storage, schema),
    permissions,
    events,
    now,
    switches,
    readFile: (caller, value) => links.read(files.read(caller, value)),
    callerOf,
  };
  const faults = createFaults();
  const requestLog = createRequestLog();
  const follows = createFollows();
  const reset = (): void => {
    fillStorage(storage, schema, options.dataset);
    webhooks.clear();
    follows.clear();
  };

  const app = express();
  app.disable('x-powered-by');
  app.set('etag', 'weak');
  app.use(createControl({ storage, faults, requestLog, reset }));
  const api = express.Router({ caseSensitive: true });
  api.use(requestLog.middleware, delay(options.delayMs ?? 0), faults.middleware, cors, refuseVendorAccept);
  api.post('/auth/access_token', (request, response, next) => auth.tokenEndpoint(request, response, next));
  api.use(
    createSiteRoutes(deps),
    createSchemaRoutes(deps),
    files.routes,
    createThreadRoutes({ ...shared, follows }),
    webhooks.routes,
    createEntityRoutes(deps),
  );
  api.use(() => {
    throw notFound(null, 103);
  });
  app.use(['/api/v1.1', '/api/v1'], api, apiErrors);
  app.use('/api', () => {
    throw notFound(null, 103);
  });
  app.use(auth.appSessionRoutes);
  app.get('/__storage/*path', (request, response) => links.handle(request, response));
  app.use(
    createWebFace({
      storage,
      schema,
      events,
      permissions,
      values: deps.values,
      now,
      site: { url: origin },
      readFile: deps.readFile,
    }),
  );
  app.use(apiErrors);
  return {
    app,
    start: (address) => files.start(address),
    async close() {
      webhooks.close();
      await files.close();
    },
  };
}

/** An asynchronous wait, so that two hundred calls wait side by side. */
function delay(delayMs: number): express.RequestHandler {
  if (delayMs === 0) return (_request, _response, next) => next();
  return (_request, _response, next) => {
    sleep(delayMs).then(() => next(), next);
  };
}
