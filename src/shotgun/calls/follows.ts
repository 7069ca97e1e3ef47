import { z } from 'zod';
import { entityPath } from './entity-path.ts';
import type { HttpCall } from '../wire/http-call.ts';
import type { PersonCaller } from '../wire/person-caller.ts';
import { readAnswer } from './read-answer.ts';
import type { CallOptions, EntityLink, RecordRef } from '../port/records.ts';
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

export async function readFollowers(
  caller: PersonCaller,
  { type, id }: RecordRef,
  options?: CallOptions,
): Promise<readonly EntityLink[]> {
  const call = toReadCall(`${entityPath(type, id)}/followers`, 'followers');
  const { data } = await readAnswer(caller, call, FOLLOWERS, options);
  return data.map((row) => ({ type: row.type, id: row.id, name: row.attributes?.name ?? null }));
}

/** Ids and types only, all of them in one answer (API 9.3). */
export async function readFollowing(
  caller: PersonCaller,
  personId: number,
  options?: CallOptions,
): Promise<readonly RecordRef[]> {
  const call = toReadCall(`${entityPath(PERSON, personId)}/following`, 'following');
  return (await readAnswer(caller, call, FOLLOWING, options)).data;
}

/** Following twice is no error. Not atomic: what stands before a bad one is followed (API 9.3). */
export async function follow(
  caller: PersonCaller,
  personId: number,
  targets: readonly RecordRef[],
  options?: CallOptions,
): Promise<void> {
  const entities = targets.map(({ type, id }) => ({ record_id: id, entity: type }));
  await caller.send(toFollowCall('POST', `${entityPath(PERSON, personId)}/follow`, { entities }), options);
}

export async function unfollow(
  caller: PersonCaller,
  personId: number,
  { type, id }: RecordRef,
  options?: CallOptions,
): Promise<void> {
  const call = toFollowCall('PUT', `${entityPath(type, id)}/unfollow`, { user_id: personId });
  await caller.send(call, options);
}

/** Sent once, as every write is, though a second time would change nothing: what became of the first has to be told. */
const toFollowCall = (method: 'POST' | 'PUT', path: string, body: object): HttpCall => ({
  method,
  path,
  operation: method === 'POST' ? 'follow' : 'unfollow',
  body: { mediaType: 'json', text: JSON.stringify(body) },
  isRepeatable: false,
  doneBy: [204],
});
