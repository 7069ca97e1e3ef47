import express from 'express';
import type { RequestHandler } from 'express';
import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import type { SessionKind } from '../../identity/person/principal.ts';
import { bundledFiles } from './bundled-files.ts';
import type { HttpDeps } from '../http-deps.ts';
import { wantsPage } from '../guard/request-checks.ts';
import { expectVisit } from '../session/first-sign.ts';
import { allowApp, allowOverlayApp } from '../guard/security-headers.ts';

/** Where front ends are served: `/overlay` serves the same ones for ShotGrid's frame. */
const ROOTS = { tab: '/apps', overlay: '/overlay/apps' } as const;

/**
 * /apps/<name>/: the built files of a front end. They hold no data, so they need no session. A path without a file
 * belongs to the front end's router: a navigation to it gets index.html, even if the path has dots. A subresource
 * that is missing, such as an old script, is 404.
 */
export function serveFrontEnd(deps: HttpDeps, place: SessionKind): RequestHandler {
  const allow = place === 'tab' ? allowApp : allowOverlayApp;
  const apps = new Map(deps.config.apps.map((app) => [app.name, { app, serve: filesOf(app.directory) }]));
  return (request, response, next) => {
    const name = String(request.params['name']);
    const found = apps.get(name);
    if (found === undefined) throw new AppError('NOT_FOUND');
    const { app, serve } = found;
    // The name may be written with escapes, so take its length from the address.
    const { path, query } = partsOf(request.originalUrl);
    const begin = path.indexOf('/', ROOTS[place].length + 1);
    if (begin === -1) {
      response.redirect(HTTP_STATUS.TEMPORARY_REDIRECT, `${ROOTS[place]}/${name}/${query}`);
      return;
    }
    allow(response, deps, app);
    if (wantsPage(request)) expectVisit(request, deps);
    request.url = `${path.slice(begin)}${query}`;
    void serve(request, response, (error?: unknown) => {
      if (error !== undefined || !wantsPage(request) || hasNoPlace(path)) {
        next(error ?? new AppError('NOT_FOUND'));
      } else sendIndex(app.directory);
    });

    function sendIndex(directory: string): void {
      response.sendFile('index.html', { root: directory, cacheControl: false }, (error?: Error) => {
        if (error !== undefined && !response.headersSent) next(new AppError('NOT_FOUND', { cause: error }));
      });
    }
  };
}

function partsOf(url: string): { readonly path: string; readonly query: string } {
  const end = url.indexOf('?');
  return end === -1 ? { path: url, query: '' } : { path: url.slice(0, end), query: url.slice(end) };
}

/** Names that begin with a dot are private, and an escaped character is in no path of a front end. */
function hasNoPlace(path: string): boolean {
  try {
    return path.split('/').some((part) => /^\.|[/\\\0]/u.test(decodeURIComponent(part)));
  } catch {
    return true;
  }
}

function filesOf(directory: string): RequestHandler {
  const isBundled = bundledFiles(directory);
  return express.static(directory, {
    index: false,
    redirect: false,
    cacheControl: false,
    setHeaders: (response, path) => {
      // All other files keep the `no-store` of every answer.
      if (!isBundled(path)) return;
      response.removeHeader('Vary');
      response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    },
  });
}
