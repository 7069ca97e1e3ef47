import type { Express, Request, Response } from 'express';
import { startSystemServer, type SystemServer, type SystemServerOptions } from '../system-server.ts';
import type { TimesheetEntry } from './entries.ts';

export interface TimesheetsOptions extends SystemServerOptions {
  readonly entries: TimesheetEntry[];
}

/** People who may see the hours of everybody. */
const COORDINATORS: ReadonlySet<string> = new Set(['dmitri.abara']);
/** The weeks before this day have been billed. */
const OPEN_FROM = '2026-11-30';
const HOURS_A_DAY = 24;
const CREATED = 201;
const CONFLICT = 409;
const UNPROCESSABLE = 422;

/**
 * Small time sheets: each person sees and enters their own hours, coordinators see all. What it refuses has a
 * sentence, the field that it is about, and a code.
 */
export const startTimesheets = (options: TimesheetsOptions): Promise<SystemServer> =>
  startSystemServer(options, (app) => addEntries(app, options.entries));

function addEntries(app: Express, entries: TimesheetEntry[]): void {
  const personOf = (response: Response): string => String(response.locals['person']);
  app.get('/entries', (request, response) => {
    const person = personOf(response);
    const tasks = new Set([request.query['task'] ?? []].flat().map(Number));
    const { day } = request.query;
    const found = entries.filter(
      (entry) =>
        (entry.person === person || COORDINATORS.has(person)) &&
        (tasks.has(entry.taskId) || entry.day === day),
    );
    response.json({ entries: found });
  });
  app.post('/entries', (request, response) => {
    const { taskId, day, hours } = asked(request);
    const person = personOf(response);
    const refuse = (status: number, code: string, message: string, field: string): void => {
      response.status(status).json({ error: { code, message, field } });
    };
    if (day < OPEN_FROM) return refuse(CONFLICT, 'WEEK_LOCKED', 'Week is locked', 'day');
    const ofDay = entries.filter((entry) => entry.person === person && entry.day === day);
    const total = ofDay.reduce((sum, entry) => sum + entry.hours, hours);
    if (total > HOURS_A_DAY) return refuse(UNPROCESSABLE, 'DAY_FULL', 'A day has 24 hours', 'hours');
    if (!(hours > 0)) return refuse(UNPROCESSABLE, 'NO_HOURS', 'Enter more than 0 hours', 'hours');
    const id = 1 + Math.max(0, ...entries.map((entry) => entry.id));
    const entry = { id, taskId, person, day, hours };
    entries.push(entry);
    response.status(CREATED).json(entry);
  });
}

function asked({ body }: Request): Pick<TimesheetEntry, 'taskId' | 'day' | 'hours'> {
  const { taskId, day, hours } = body as Readonly<Record<string, unknown>>;
  return { taskId: Number(taskId), day: String(day), hours: Number(hours) };
}
