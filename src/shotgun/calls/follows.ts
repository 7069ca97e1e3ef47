import { z } from 'zod';
import { HTTP_STATUS } from '../../base/units.ts';
import { entityPath, type HttpCall } from '../wire/http-call.ts';
import { readAnswer } from './read-answer.ts';
import type { EntityLink, RecordRef } from '../port/records.ts';
import { changed, type Changing, type Reading } from '../client/operation.ts';
import { toReadCall } from './threads.ts';

const PERSON = 'HumanUser';

const FOLLOWERS = z.object({
  data: z.array(
    z.object({
      type: z.string(),
      id: z.number(),
      attributes: z.object({ name: z.string().nullable().default(null) }).optional(),
    }),
  ),
});
const FOLLOWING = z.object({ data: z.array(z.object({ type: z.string(), id: z.number() })) });

/** The people who follow a record. */
export const readFollowers = ({ type, id }: RecordRef): Reading<readonly EntityLink[]> => ({
  kind: 'followers',
  type,
  async run(caller, options) {
    const call = toReadCall(`${entityPath(type, id)}/followers`, 'followers');
    const { data } = await readAnswer(caller, call, FOLLOWERS, options);
    return data.map((row) => ({ type: row.type, id: row.id, name: row.attributes?.name ?? null }));
  },
  sample: (site) => [site.link(PERSON, 'followers')],
});

/** The records that a person follows: ids and types only, all in one answer (API 9.3). */
export const readFollowing = (personId: number): Reading<readonly RecordRef[]> => ({
  kind: 'following',
  type: null,
  async run(caller, options) {
    const call = toReadCall(`${entityPath(PERSON, personId)}/following`, 'following');
    return (await readAnswer(caller, call, FOLLOWING, options)).data;
  },
  // The types are unknown before the call.
  sample: (site) => [site.link('Version', 'followed')],
});

/** Following twice is no error. Not atomic: the targets before an invalid one are followed (API 9.3). */
export const follow = (personId: number, targets: readonly RecordRef[]): Changing<void> => ({
  kind: 'follow',
  type: null,
  async run(caller, options) {
    const entities = targets.map(({ type, id }) => ({ record_id: id, entity: type }));
    await caller.send(toFollowCall('POST', `${entityPath(PERSON, personId)}/follow`, { entities }), options);
  },
  changes: () => targets.flatMap((target) => changed('follow', target)),
  sample: () => undefined,
});

/** Stops following one record. */
export const unfollow = (personId: number, target: RecordRef): Changing<void> => ({
  kind: 'unfollow',
  type: target.type,
  async run(caller, options) {
    const path = `${entityPath(target.type, target.id)}/unfollow`;
    await caller.send(toFollowCall('PUT', path, { user_id: personId }), options);
  },
  changes: () => changed('unfollow', target),
  sample: () => undefined,
});

/** Not repeatable, although a second call would change nothing: like every write, its outcome must be reported. */
const toFollowCall = (method: 'POST' | 'PUT', path: string, body: object): HttpCall => ({
  method,
  path,
  operation: method === 'POST' ? 'follow' : 'unfollow',
  body: { mediaType: 'json', text: JSON.stringify(body) },
  isRepeatable: false,
  doneBy: [HTTP_STATUS.NO_CONTENT],
});
