import type { Express, Request, Response } from 'express';
import { startSystemServer, type SystemServer, type SystemServerOptions } from '../system-server.ts';
import type { Job } from './jobs.ts';

export interface FarmOptions extends SystemServerOptions {
  readonly jobs: readonly Job[];
}

export type Farm = SystemServer;

/** People who may see and retry all jobs. */
const WRANGLERS: ReadonlySet<string> = new Set(['joao']);

/** A small render farm: each person sees their own jobs, wranglers see all. */
export const startFarm = (options: FarmOptions): Promise<Farm> =>
  startSystemServer(options, (app) => addJobs(app, options.jobs));

function addJobs(app: Express, jobs: readonly Job[]): void {
  const mayTouch = (response: Response, job: Job): boolean => {
    const person = String(response.locals['person']);
    return job.owner === person || WRANGLERS.has(person);
  };
  app.get('/jobs', (request, response) => {
    const versions = idsOf(request, 'versions');
    const shots = idsOf(request, 'shots');
    const found = jobs.filter(
      (job) =>
        mayTouch(response, job) &&
        (versions.has(job.versionId) || (job.shotId !== null && shots.has(job.shotId))),
    );
    response.json({ jobs: found });
  });
  app.post('/jobs/:id/retry', (request, response) => {
    const job = jobs.find(({ id }) => id === Number(request.params['id']));
    if (job === undefined || !mayTouch(response, job)) {
      response.status(job === undefined ? 404 : 403).json({ error: 'This is no job of yours.' });
      return;
    }
    if (job.state !== 'FAILED') {
      response.status(409).json({ error: 'Only a job that failed can be retried.' });
      return;
    }
    Object.assign(job, { state: 'QUEUED', progress: 0, retriedBy: String(response.locals['person']) });
    response.json(job);
  });
}

const idsOf = (request: Request, name: string): ReadonlySet<number> => {
  const text = request.query[name];
  return new Set(typeof text === 'string' && text !== '' ? text.split(',').map(Number) : []);
};
