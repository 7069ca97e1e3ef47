import type { Router } from 'express';

/** A layer of a router, as far as it is looked at: a route, or another router. */
interface Layer {
  readonly route?: { readonly path: unknown; readonly methods?: Readonly<Record<string, boolean>> };
  readonly handle?: { readonly stack?: readonly Layer[] };
}

/**
 * `GET /spec.json`: an OpenAPI 3.0 document of what this site serves (API 0), made from the routes themselves, so that
 * it cannot say what is not there.
 */
export function openApiOf(api: Router): object {
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
      .flatMap((path) => (typeof path === 'string' ? methods.map((method) => ({ path, method })) : []));
  });
}

const OPEN: ReadonlySet<string> = new Set(['/', '/spec.json', '/auth/access_token']);

function operationOf(path: string, method: string): object {
  const parameters = [...path.matchAll(/:(?<name>\w+)/gu)].map((match) => ({
    name: match.groups?.['name'],
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const hasBody = method === 'post' || method === 'put';
  return {
    operationId: `${method}${path.replaceAll(/\W+/gu, '_')}`,
    parameters,
    ...(hasBody && { requestBody: { content: { 'application/json': { schema: {} } } } }),
    ...(!OPEN.has(path) && { security: [{ bearer: [] }] }),
    responses: { default: { description: 'An answer of the API, or its errors.' } },
  };
}
