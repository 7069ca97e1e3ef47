import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import type { RequestHandler } from 'express';
import { packageFolder } from '../../base/package-folder.ts';
import type { HttpDeps } from '../http-deps.ts';
import { wantsPage } from '../guard/request-checks.ts';
import { allowExplorer } from '../guard/security-headers.ts';

const MOUNT = '/graphql/explorer';

/** GET /graphql as a page, in development: runs queries with the session's cookie. */
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

const explorerDirectory = (): string => join(packageFolder(), 'dist', 'explorer');
