import express, { Router } from 'express';
import type { Request, Response } from 'express';
import { findPerson } from '../auth/people.ts';
import type { Storage, StoredValue } from '../ports.ts';
import { parseFaultRule } from './fault-rule.ts';
import type { Faults } from './faults.ts';
import type { RequestLog } from './request-log.ts';

export interface ControlDeps {
  readonly storage: Storage;
  readonly faults: Faults;
  readonly requestLog: RequestLog;
  /** Puts the dataset back as it was at the start. */
  readonly reset: () => void;
}

/** The control routes of the emulator, which no real site has. To be mounted before the faults. */
export function createControl({ storage, faults, requestLog, reset }: ControlDeps): Router {
  const routes = Router();
  routes.use('/__studio', (req, res, next) => {
    // A page of another origin in the developer's browser must not be able to reset or reconfigure the site.
    if (req.headers['sec-fetch-site'] === 'cross-site') problem(res, 403, 'not for pages of other sites');
    else next();
  });
  routes.get('/__studio/requests', (_req, res) => {
    res.json(requestLog.entries());
  });
  routes.delete('/__studio/requests', (_req, res) => {
    requestLog.clear();
    res.status(204).end();
  });
  routes.post('/__studio/faults', express.json(), (req, res) => {
    const rule = parseFaultRule(req.body);
    if (typeof rule === 'string') {
      problem(res, 400, rule);
      return;
    }
    faults.add(rule);
    res.status(201).json(rule);
  });
  routes.delete('/__studio/faults', (_req, res) => {
    faults.clear();
    res.status(204).end();
  });
  routes.patch('/__studio/people/:login', express.json(), (req, res) => patchPerson(storage, req, res));
  routes.post('/__studio/reset', (_req, res) => {
    reset();
    faults.clear();
    requestLog.clear();
    res.status(204).end();
  });
  return routes;
}

/** Sets fields of a person raw, also those that REST cannot write; `retired` retires or revives the row. */
function patchPerson(storage: Storage, req: Request, res: Response): void {
  const login = String(req.params['login']);
  const person = findPerson(storage, (other) => other === login);
  if (!person) {
    problem(res, 404, `no person has the login '${login}'`);
    return;
  }
  const body: unknown = req.body;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    problem(res, 400, 'the body is a JSON object of field names and values');
    return;
  }
  const { retired, ...values } = body as Record<string, StoredValue>;
  if (typeof retired === 'boolean') storage.setRetired('HumanUser', person.id, retired);
  const row = storage.patch('HumanUser', person.id, values);
  const shown = Object.entries(row.values).filter(([field]) => !field.startsWith('__'));
  res.json({ type: row.type, id: row.id, retired: retired ?? person.retired, ...Object.fromEntries(shown) });
}

function problem(res: Response, status: number, message: string): void {
  res.status(status).json({ message });
}
