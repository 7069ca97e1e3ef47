import { Router } from 'express';
import { stringify } from 'yaml';
import { ARRAY_TYPE, HASH_TYPE, JSON_TYPE } from './media-types.ts';

/** A layer of a router, as far as it is looked at: a route, or another router. */
interface Layer {
  readonly route?: { readonly path: unknown; readonly methods?: Readonly<Record<string, boolean>> };
  readonly handle?: { readonly stack?: readonly Layer[] };
}

/** `GET /spec.json` and `/spec.yaml`; any other kind is a 406 (API 0). */
export function createSpecRoutes(api: () => Router): Router {
  const routes = Router({ caseSensitive: true });
  routes.get('/spec.json', (_request, response) => {
    response.json(openApiOf(api()));
  });
  routes.get('/spec.yaml', (_request, response) => {
    response.type('application/yaml').send(stringify(openApiOf(api()), { aliasDuplicateObjects: false }));
  });
  routes.get('/spec.:kind', (_request, response) => {
    response.status(406).end();
  });
  return routes;
}

/**
 * An OpenAPI 3.0 document of what this site serves (API 0), made from the routes themselves, so that
 * it cannot say what is not there.
 */
function openApiOf(api: Router): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const { path, method } of routesOf((api as unknown as { stack: readonly Layer[] }).stack)) {
    const template = path.replaceAll(/:(\w+)/gu, '{$1}');
    paths[template] = { ...paths[template], [method]: operationOf(path, method) };
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Emulated ShotGrid REST API', version: '1.x' },
    servers: [{ url: '/api/v1' }, { url: '/api/v1.1' }],
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  };
}

function routesOf(layers: readonly Layer[]): { path: string; method: string }[] {
  return layers.flatMap(({ route, handle }) => {
    if (route === undefined) return handle?.stack === undefined ? [] : routesOf(handle.stack);
    const methods = Object.keys(route.methods ?? {});
    return [route.path]
      .flat()
      .flatMap((path) =>
        typeof path === 'string' && path !== '/spec.:kind' ? methods.map((method) => ({ path, method })) : [],
      );
  });
}

const OPEN: ReadonlySet<string> = new Set(['/', '/spec.json', '/spec.yaml', '/auth/access_token']);

function operationOf(path: string, method: string): object {
  const parameters = [...path.matchAll(/:(?<name>\w+)/gu)].map((match) => ({
    name: match.groups?.['name'],
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const hasBody = method === 'post' || method === 'put';
  const content = Object.fromEntries(mediaTypesOf(path).map((type) => [type, { schema: {} }]));
  return {
    operationId: `${method}${path.replaceAll(/\W+/gu, '_')}`,
    parameters,
    ...(hasBody && { requestBody: { content } }),
    ...(!OPEN.has(path) && { security: [{ bearer: [] }] }),
    responses: { default: { description: 'An answer of the API, or its errors.' } },
  };
}

/** What the body of a request to this path is written in (API 2.3). */
function mediaTypesOf(path: string): readonly string[] {
  if (path === '/auth/access_token') return ['application/x-www-form-urlencoded'];
  return /^\/entity\/.*_(?:search|summarize)$/u.test(path) ? [ARRAY_TYPE, HASH_TYPE] : [JSON_TYPE];
}
