import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { SiteError } from '../ports.ts';
import { amiPost } from './ami-post.ts';
import { eventPage, updatesOf } from './event-page.ts';
import { renderPage } from './layout.ts';
import { webFolder } from './package-folder.ts';
import { createSessions, type WebSession, type WebSessions } from './sessions.ts';
import { tablePage } from './table-page.ts';
import { TABLES } from './tables.ts';
import type { WebDeps } from './web-deps.ts';

/** The pages of the site: sign-in, tables with the right-click menu, event log. */
export function createWebFace(deps: WebDeps): Router {
  const routes = Router();
  const sessions = createSessions(deps.storage);
  const form = express.urlencoded({ extended: false });
  routes.use('/__web/static', express.static(webFolder('static')));
  routes.use(['/__web', '/page', '/events', '/sign-in', '/sign-out'], (_request, response, next) => {
    response.set({ 'cache-control': 'no-store', 'x-frame-options': 'SAMEORIGIN' });
    next();
  });
  routes.get('/', (_request, response) => response.redirect(303, '/page/Version'));
  routes.get('/sign-in', (request, response) => {
    const people = sessions.people();
    response.send(renderPage('sign-in', { title: 'Sign in', people, back: safePath(request.query['back']) }));
  });
  routes.post('/sign-in', form, (request, response) => {
    const { login, back } = request.body as { login?: string; back?: string };
    const cookie = sessions.begin(login ?? '');
    if (cookie === undefined) {
      response.redirect(303, '/sign-in');
      return;
    }
    response.append('set-cookie', cookie).redirect(303, safePath(back));
  });
  routes.post('/sign-out', (request, response) => {
    response.append('set-cookie', sessions.end(request)).redirect(303, '/sign-in');
  });

  const signedIn = guard(sessions);
  routes.get(
    '/page/:type',
    signedIn((session, request, response) => {
      const table = TABLES.find(({ type }) => type === request.params['type']);
      if (table === undefined) response.redirect(303, '/events');
      else response.send(tablePage(deps, session, table, request));
    }),
  );
  routes.get(
    '/events',
    signedIn((session, request, response) => response.send(eventPage(deps, session, request))),
  );
  routes.get(
    '/__web/updates',
    signedIn((_session, request, response) => response.json(updatesOf(deps, request))),
  );
  routes.post(
    '/__web/ami/:id',
    express.json({ limit: '4mb' }),
    signedIn((session, request, response) => {
      // A page of another origin must not be able to have a launch signed for the person who is signed in here.
      const fetchSite = request.headers['sec-fetch-site'];
      if (fetchSite !== undefined && fetchSite !== 'same-origin')
        throw new SiteError(400, 103, 'Action not allowed');
      response.json(amiPost(deps, session, Number(request.params['id']), request.body));
    }),
  );
  return routes;
}

type SignedInHandler = (session: WebSession, request: Request, response: Response) => void;

/** Hands over to the handler with the person who is signed in; others are led to the sign-in page. */
function guard(sessions: WebSessions): (work: SignedInHandler) => RequestHandler {
  return (work) => (request, response) => {
    const session = sessions.of(request);
    if (session !== undefined) work(session, request, response);
    else if (request.path.startsWith('/__web')) response.status(401).json({ error: 'not signed in' });
    else response.redirect(303, `/sign-in?back=${encodeURIComponent(request.originalUrl)}`);
  };
}

/** Only paths of this site. */
function safePath(value: unknown): string {
  return typeof value === 'string' && /^\/(?:page|events)[\w/?=&%.-]*$/u.test(value) ? value : '/';
}
