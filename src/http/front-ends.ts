import express from 'express';
import type { RequestHandler } from 'express';
import { AppError } from '../base/errors.ts';
import type { SessionKind } from '../identity/principal.ts';
import type { HttpDeps } from './http-deps.ts';
import { allowApp, allowOverlayApp } from './security-headers.ts';

const TEMPORARY_REDIRECT = 307;
/** Names that a bundler made from the content: `index-B7s0kQzA.js`. Such a file never changes. */
const HASHED = /-[A-Za-z0-9_-]{8}\.[a-z0-9]{1,8}$/u;
const HAS_EXTENSION = /\.[A-Za-z0-9]+$/u;

/** Where front ends are: `/overlay` has the same ones for ShotGrid's frame. */
const ROOTS = { tab: '/apps', overlay: '/overlay/apps' } as const;

/**
 * /apps/<name>/: the built files of a front end. They hold no data, so they need no session. A path without a
 * file is the front end's own and gets its index.html.
 */
export function serveFrontEnd(deps: HttpDeps, place: SessionKind): RequestHandler {
  const allow = place === 'tab' ? allowApp : allowOverlayApp;
  const files = new Map(deps.config.apps.map((app) => [app.name, filesOf(app.directory)]));
  const directories = new Map(deps.config.apps.map((app) => [app.name, app.directory]));
  return (request, response, next) => {
    const name = String(request.params['name']);
    const serve = files.get(name);
    if (serve === undefined) throw new AppError('NOT_FOUND');
    const mount = `${ROOTS[place]}/${name}`;
    const [path = '', query] = request.originalUrl.split('?', 2);
    if (path === mount) {
      response.redirect(TEMPORARY_REDIRECT, query === undefined ? `${mount}/` : `${mount}/?${query}`);
      return;
    }
    allow(response, deps);
    request.url = request.url.slice(mount.length);
    void serve(request, response, (error?: unknown) => {
      if (error !== undefined || HAS_EXTENSION.test(path)) next(error ?? new AppError('NOT_FOUND'));
      else sendIndex(String(directories.get(name)));
    });

    function sendIndex(directory: string): void {
      response.sendFile('index.html', { root: directory, cacheControl: false }, (error?: Error) => {
        if (error !== undefined && !response.headersSent) next(new AppError('NOT_FOUND', { cause: error }));
      });
    }
  };
}

function filesOf(directory: string): RequestHandler {
  return express.static(directory, {
    index: false,
    redirect: false,
    cacheControl: false,
    setHeaders: (response, path) => {
      response.removeHeader('Vary');
      response.setHeader(
        'Cache-Control',
        HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
}
