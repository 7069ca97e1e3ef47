import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { thumbnail } from '../files/thumbnail.ts';
import { SiteError } from '../ports.ts';
import { amiPost } from './ami-post.ts';
import { eventPage, updatesOf } from './event-page.ts';
import { renderPage } from './layout.ts';
import { builtFolder, webFolder } from './package-folder.ts';
import { pageRows } from './page-rows.ts';
import { parsePageView } from './page-view.ts';
import { postedPage } from './posted-page.ts';
import { createSessions, type WebSession, type WebSessions } from './sessions.ts';
import { tablePage } from './table-page.ts';
import { navigationOf, tableOf } from './tables.ts';
import type { WebDeps } from './web-deps.ts';

const form = express.urlencoded({ extended: false, limit: '4mb', parameterLimit: 100 });

/** The pages of the site: sign-in, tables with the right-click menu, event log. */
export function createWebFace(deps: WebDeps): Router {
  const routes = Router();
  const sessions = createSessions(deps.storage);
  routes.use('/__web/static', express.static(webFolder('static')), express.static(builtFolder()));
  routes.get('/images/status/transient/:name', (_request, response) => {
    response.type('image/png').send(thumbnail('pending'));
  });
  routes.use(['/__web', '/page', '/events', '/sign-in', '/sign-out'], (_request, response, next) => {
    response.set({ 'cache-control': 'no-store', 'x-frame-options': 'SAMEORIGIN' });
    next();
  });
  routes.get(
    '/',
    guard(sessions)((session, _request, response) => response.redirect(303, homeOf(deps, session))),
  );
  addSignIn(routes, deps, sessions);
  addPages(routes, deps, guard(sessions));
  addMenuItems(routes, deps, guard(sessions));
  return routes;
}

function addSignIn(routes: Router, { events }: WebDeps, sessions: WebSessions): void {
  routes.get('/sign-in', (request, response) => {
    const people = sessions.people();
    response.send(renderPage('sign-in', { title: 'Sign in', people, back: safePath(request.query['back']) }));
  });
  routes.post('/sign-in', form, (request, response) => {
    const { login, back } = (request.body ?? {}) as { login?: string; back?: string };
    const begun = sessions.begin(login ?? '');
    if (begun === undefined) {
      response.redirect(303, '/sign-in');
      return;
    }
    events.session(begun.person, 'Login');
    response.append('set-cookie', begun.cookie).redirect(303, safePath(back));
  });
  routes.post('/sign-out', (request, response) => {
    const session = sessions.of(request);
    if (session) events.session({ type: 'HumanUser', id: session.person.id }, 'Logout');
    response.append('set-cookie', sessions.end(request)).redirect(303, '/sign-in');
  });
}

function addPages(routes: Router, deps: WebDeps, signedIn: Guard): void {
  routes.get('/page/EventLogEntry', (_request, response) => response.redirect(303, '/events'));
  routes.get(
    '/page/:type',
    signedIn((session, request, response) => {
      const type = String(request.params['type']);
      try {
        const table = tableOf(deps, session.caller, type);
        if (table === undefined) throw new SiteError(404, 103, `There is no type ${type} on this site.`);
        response.send(tablePage(deps, session, table, request));
      } catch (error) {
        if (!(error instanceof SiteError)) throw error;
        const navigation = navigationOf(deps, session.caller);
        const data = { title: 'Not here', message: error.title, session, navigation };
        response.status(error.status).send(renderPage('message', data));
      }
    }),
  );
  routes.get(
    '/events',
    signedIn((session, request, response) => response.send(eventPage(deps, session, request))),
  );
}

function addMenuItems(routes: Router, deps: WebDeps, signedIn: Guard): void {
  routes.get(
    '/__web/updates',
    signedIn((session, request, response) => response.json(updatesOf(deps, session, request))),
  );
  routes.post(
    '/__web/ami/:id',
    express.json({ limit: '4mb' }),
    signedIn((session, request, response) => {
      // A page of another origin must not be able to get a launch signed for the person signed in here.
      const fetchSite = request.headers['sec-fetch-site'];
      if (fetchSite !== undefined && fetchSite !== 'same-origin')
        throw new SiteError(400, 103, 'Action not allowed');
      response.json(amiPost(deps, session, Number(request.params['id']), request.body));
    }),
  );
  routes.post('/__web/posted', form, (request, response) => {
    response.send(postedPage(deps, request));
  });
}

/** Where a person begins: at the Versions of their own, where they have made any. */
function homeOf(deps: WebDeps, session: WebSession): string {
  const table = tableOf(deps, session.caller, 'Version');
  if (table === undefined) return '/events';
  const mine = '/page/Version?mine=1';
  const view = parsePageView(table.columns, new URLSearchParams(mine.split('?')[1]));
  return pageRows(deps, session, 'Version', view).length > 0 ? mine : '/page/Version';
}

type SignedInHandler = (session: WebSession, request: Request, response: Response) => void;
type Guard = (work: SignedInHandler) => RequestHandler;

/** Calls the handler with the signed-in person; others are redirected to the sign-in page. */
function guard(sessions: WebSessions): Guard {
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
