import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express from 'express';
import type { RequestHandler } from 'express';
import type { HttpDeps } from '../http-deps.ts';
import { wantsPage } from '../guard/request-checks.ts';
import { allowExplorer } from '../guard/security-headers.ts';

const MOUNT = '/graphql/explorer';

/** GET /graphql as a page, in development: tries queries out with the session's cookie. */
export function explorerPage(deps: HttpDeps): RequestHandler {
  const root = explorerDirectory();
  return (request, response, next) => {
    const isVisit = request.method === 'GET' && request.query['query'] === undefined;
    const isPage = deps.config.graphql.explorer && isVisit && wantsPage(request);
    if (!isPage) {
      next();
      return;
    }
    allowExplorer(response, deps);
    if (existsSync(join(root, 'index.html'))) response.sendFile('index.html', { root, cacheControl: false });
    else response.type('text').send('The explorer is not built. Run: npm run build\n');
  };
}

/** The explorer's own files, below /graphql/explorer/. */
export function explorerFiles(deps: HttpDeps): RequestHandler {
  const serve = express.static(explorerDirectory(), { index: false, redirect: false, cacheControl: false });
  return (request, response, next) => {
    if (!deps.config.graphql.explorer) {
      next();
      return;
    }
    allowExplorer(response, deps);
    request.url = request.url.slice(MOUNT.length);
    void serve(request, response, next);
  };
}

/** `dist/explorer` of the package, found from the sources and from `dist` alike. */
function explorerDirectory(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'dist', 'explorer');
}
