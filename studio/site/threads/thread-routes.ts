import { Router } from 'express';
import { activityStream } from './activity.ts';
import { createFollowRoutes } from './follow-routes.ts';
import type { Follows } from './follows.ts';
import { noteThread } from './note-thread.ts';
import type { ThreadDeps } from './thread-deps.ts';

/** Note threads, activity streams and follows (API 9.2-9.4), to be mounted under `/api/v1` and `/api/v1.1`. */
export function createThreadRoutes(deps: ThreadDeps & { readonly follows: Follows }): Router {
  const routes = Router();
  routes.get('/entity/:types/:id/thread_contents', (req, res) => noteThread(deps, req, res));
  routes.get('/entity/:types/:id/activity_stream', (req, res) => activityStream(deps, req, res));
  routes.use(createFollowRoutes(deps, deps.follows));
  return routes;
}
