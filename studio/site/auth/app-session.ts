import { randomBytes, randomUUID } from 'node:crypto';
import express, { Router } from 'express';
import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Storage } from '../ports.ts';
import { findPerson, isActive } from './people.ts';

interface AppSessionDeps {
  readonly storage: Storage;
  readonly now: () => number;
}

export interface AppSessions {
  readonly routes: Router;
  /** Login of the person behind a launcher token; every use moves its idle window of a day (API 1.8). */
  loginOfSession(sessionToken: string): string | undefined;
}

interface Approval {
  readonly expiresAtMs: number;
  login: string | null;
}

const REQUEST_LIFETIME_MS = 300_000;
const IDLE_WINDOW_MS = 86_400_000;
const APPROVE_PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Approve an application</title><link rel="icon" href="data:,">
<form method="post"><p>An application asks to act as you.</p>
<label>Login <input name="login" required autofocus></label> <button>Approve</button></form></html>`;

/** A desktop application signs a person in through the browser, without a password (API 1.8). */
export function createAppSessions({ storage, now }: AppSessionDeps): AppSessions {
  const requests = new Map<string, Approval>();
  const sessions = new Map<string, { login: string; idleUntilMs: number }>();

  const pending = (req: Request, res: Response): Approval | undefined => {
    const request = requests.get(String(req.params.id));
    if (request && request.expiresAtMs > now()) return request;
    res.status(404).json({ message: 'Session request not found' });
    return undefined;
  };

  const routes = Router();
  const path = '/internal_api/app_session_request';
  routes.post(path, express.urlencoded({ extended: false }), express.json(), (req, res) => {
    for (const [id, { expiresAtMs }] of requests) if (expiresAtMs <= now()) requests.delete(id);
    const { appName, machineId } = (req.body ?? {}) as Record<string, unknown>;
    if (!appName || !machineId) {
      res.status(400).json({ message: 'appName and machineId are required' });
      return;
    }
    const sessionRequestId = randomUUID();
    requests.set(sessionRequestId, { expiresAtMs: now() + REQUEST_LIFETIME_MS, login: null });
    const url = `${req.protocol}://${req.get('host')}/app_session_request/${sessionRequestId}`;
    res.json({ sessionRequestId, url });
  });
  routes.put(`${path}/:id`, (req, res) => {
    const request = pending(req, res);
    if (!request) return;
    if (request.login === null) {
      res.json({ approved: false });
      return;
    }
    requests.delete(req.params.id);
    const sessionToken = randomBytes(24).toString('hex');
    sessions.set(sessionToken, { login: request.login, idleUntilMs: now() + IDLE_WINDOW_MS });
    res.json({ approved: true, sessionToken, userLogin: request.login });
  });
  routes.get('/app_session_request/:id', (req, res) => {
    if (pending(req, res)) res.type('html').send(APPROVE_PAGE);
  });
  routes.post('/app_session_request/:id', express.urlencoded({ extended: false }), (req, res) => {
    const request = pending(req, res);
    if (!request) return;
    const { login } = (req.body ?? {}) as { login?: string };
    if (!isActiveLogin(storage, login)) {
      res.status(400).json({ message: 'No active person has this login' });
      return;
    }
    request.login = String(login);
    res.type('text').send('Approved. You can close this page.');
  });
  answerInMessages(routes);

  return {
    routes,
    loginOfSession(sessionToken) {
      const session = sessions.get(sessionToken);
      if (!session || session.idleUntilMs <= now()) return undefined;
      session.idleUntilMs = now() + IDLE_WINDOW_MS;
      return session.login;
    },
  };
}

function isActiveLogin(storage: Storage, login: string | undefined): boolean {
  const person = findPerson(storage, (other) => other === login);
  return person !== undefined && isActive(person);
}

/** These routes know no error envelope (API 1.8). */
function answerInMessages(routes: Router): void {
  const unreadable: ErrorRequestHandler = (_error, _req, res, _next) => {
    res.status(400).json({ message: 'The request cannot be read' });
  };
  routes.use('/internal_api', (_req, res) => {
    res.status(404).json({ message: 'Not found' });
  });
  routes.use('/internal_api', unreadable);
}
