import { Router } from 'express';
import type { Request } from 'express';
import { invalidParameters, notFound, serverError } from '../http/api-error.ts';
import type { Caller, EntityRef } from '../ports.ts';
import type { Follows } from './follows.ts';
import { jsonBody } from './json-body.ts';
import { seenRow, typeOf } from './thread-deps.ts';
import type { ThreadDeps } from './thread-deps.ts';

/** Followers, following, follow and unfollow (API 9.3). */
export function createFollowRoutes(deps: ThreadDeps, follows: Follows): Router {
  const routes = Router();
  routes.get('/entity/:types/:id/followers', (req, res) => {
    const caller = deps.callerOf(req, res);
    const type = typeOf(deps, req);
    const row = seenRow(deps, caller, type, req.params.id);
    if (!row) throw notFound(`Couldn't find ${type} with id=${req.params.id}`, 104);
    const data = follows.followersOf(row).map((id) => ({
      id,
      type: 'HumanUser',
      attributes: { name: deps.storage.displayName({ type: 'HumanUser', id }) },
      links: { self: linkTo(req, { type: 'HumanUser', id }) },
    }));
    res.json({ data, links: { self: req.originalUrl } });
  });
  routes.get('/entity/:types/:id/following', (req, res) => {
    const caller = deps.callerOf(req, res);
    const user = userOf(deps, req);
    const { entity, project_id: projectId } = req.query;
    const type = typeof entity === 'string' ? deps.typeOfPath(entity) : undefined;
    const data = follows
      .followedBy(user)
      .filter((ref) => type === undefined || ref.type === type)
      .filter((ref) => isSeen(deps, caller, ref))
      .filter((ref) => projectId === undefined || projectIdOf(deps, ref) === Number(projectId))
      .map((ref) => ({ id: ref.id, type: ref.type, links: { self: linkTo(req, ref) } }));
    res.json({ data, links: { self: req.originalUrl } });
  });
  routes.post('/entity/:types/:id/follow', ...jsonBody, (req, res) => {
    const caller = deps.callerOf(req, res);
    const user = userOf(deps, req);
    const entities = (req.body as { entities?: unknown }).entities;
    if (!Array.isArray(entities)) throw invalidParameters({ entities: ['entities is missing'] });
    const wanted = (entities as { entity?: unknown; record_id?: unknown }[]).map(
      ({ entity, record_id: id }) => ({
        type: followedType(deps, entity),
        id,
      }),
    );
    // Not atomic: the rows that are there are followed, and then it fails for the missing one (API 9.3).
    const rows = wanted.map(({ type, id }) => seenRow(deps, caller, type, id));
    for (const row of rows) if (row) follows.add(user, row);
    const missing = wanted.find((_, index) => !rows[index]);
    if (missing) throw notFound(`Couldn't find ${missing.type} with id=${String(missing.id)}`, 104);
    res.status(204).end();
  });
  routes.put('/entity/:types/:id/unfollow', ...jsonBody, (req, res) => {
    deps.callerOf(req, res);
    const userId = (req.body as { user_id?: unknown }).user_id;
    if (userId === undefined) throw invalidParameters({ user_id: ['user_id is missing'] });
    follows.remove(Number(userId), { type: typeOf(deps, req), id: Number(req.params.id) });
    res.status(204).end();
  });
  return routes;
}

/** Only the schema's own spelling is taken; another known one is the site's error, not the caller's (API 2.2). */
function followedType({ typeOfPath }: ThreadDeps, entity: unknown): string {
  const type = typeof entity === 'string' ? typeOfPath(entity) : undefined;
  if (type === undefined) throw invalidParameters({ entities: { entity: ['entity is not valid'] } });
  if (type !== entity) throw serverError();
  return type;
}

function userOf(deps: ThreadDeps, req: Request): number {
  const type = typeOf(deps, req);
  const user = type === 'HumanUser' ? deps.storage.get(type, Number(req.params.id)) : undefined;
  if (!user || user.retired) throw notFound(`Couldn't find HumanUser with id=${String(req.params.id)}`, 104);
  return user.id;
}

/** What the caller may not see is left out, also of the list of another person. */
function isSeen({ storage, permissions }: ThreadDeps, caller: Caller, { type, id }: EntityRef): boolean {
  const row = storage.get(type, id);
  return row !== undefined && !row.retired && permissions.rowFilter(caller, type)(row);
}

function projectIdOf({ storage }: ThreadDeps, ref: EntityRef): number | undefined {
  const project = storage.get(ref.type, ref.id)?.values.project as EntityRef | null | undefined;
  return project?.id;
}

/** Singular and in the schema's spelling, unlike the links of rows (API 2.2). */
function linkTo(req: Request, { type, id }: EntityRef): string {
  return `${req.baseUrl}/entity/${type}/${id}`;
}
