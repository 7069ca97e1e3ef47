import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import { entityPath, type HttpCall } from '../wire/http-call.ts';
import type { PersonCaller } from '../wire/person-caller.ts';
import type { Reading } from '../client/operation.ts';
import { readAnswer } from './read-answer.ts';
import { searchRows } from './search.ts';
import { allOf, type ActivityRequest, type ActivityUpdate, type ThreadEntry } from '../port/requests.ts';
import type { CallOptions, RecordRef } from '../port/records.ts';

const LINK = z
  .object({ type: z.string(), id: z.number(), name: z.string().nullable().default(null) })
  .nullable()
  .default(null);

const THREAD = z.object({
  data: z.array(
    z.object({
      type: z.string(),
      id: z.number(),
      content: z.string().nullable().default(null),
      created_at: z.string().nullable().default(null),
      created_by: LINK,
      user: LINK,
    }),
  ),
});

/** A note, its replies and its files, oldest first (API 9.4). A reply has its author in `user`. */
export const readNoteThread = (noteId: number): Reading<readonly ThreadEntry[]> => ({
  kind: 'noteThread',
  type: 'Note',
  async run(caller, options) {
    const path = `${entityPath('Note', noteId)}/thread_contents`;
    const { data } = await readAnswer(caller, toReadCall(path, 'noteThread'), THREAD, options);
    return data.map(({ type, id, content, created_at: createdAt, created_by: by, user }) => ({
      type,
      id,
      content,
      createdAt,
      author: user ?? by,
    }));
  },
  sample: (site) =>
    ['Note', 'Reply', 'Attachment'].map((type) => ({
      type,
      id: type === 'Note' ? noteId : site.link(type, 'Note.thread').id,
      content: null,
      createdAt: null,
      author: site.link('HumanUser', 'authors'),
    })),
});

const STREAM = z.object({
  data: z.object({
    updates: z.array(
      z.object({
        id: z.number(),
        update_type: z.string(),
        created_at: z.string().nullable().default(null),
        primary_entity: LINK,
        created_by: LINK,
        meta: z.unknown(),
      }),
    ),
  }),
});

/** The activity of a row and of the rows that belong to it, newest first (API 9.2). */
export const readActivity = (
  { type, id }: RecordRef,
  request: ActivityRequest,
): Reading<readonly ActivityUpdate[]> => ({
  kind: 'activity',
  type,
  async run(caller, options) {
    const call = toReadCall(`${entityPath(type, id)}/activity_stream?${queryOf(request)}`, 'activity');
    const { data } = await readAnswer(caller, call, STREAM, options).catch(async (error: unknown) => {
      throw mayBeAbsent(error) && (await isAbsent(caller, { type, id }, options))
        ? new AppError('NOT_FOUND', { details: { type, id }, cause: error })
        : error;
    });
    return data.updates.flatMap(shownUpdate);
  },
  // Updates may concern rows of any type. A row is read only if the query selects fields of its type.
  sample: (site) =>
    site.types.map((of, index) => ({
      id: index + 1,
      kind: 'update',
      createdAt: null,
      entity: site.link(of, 'updates'),
      author: site.link('HumanUser', 'authors'),
      meta: null,
    })),
});

const queryOf = ({ limit, maxId }: ActivityRequest): string =>
  new URLSearchParams({
    limit: String(limit),
    ...(maxId !== undefined && { max_id: String(maxId) }),
  }).toString();

/** Drops an update whose row is gone: it contains nothing to show. */
const shownUpdate = (update: z.infer<typeof STREAM>['data']['updates'][number]): readonly ActivityUpdate[] =>
  update.primary_entity === null
    ? []
    : [
        {
          id: update.id,
          kind: update.update_type,
          createdAt: update.created_at,
          entity: update.primary_entity,
          author: update.created_by,
          meta: update.meta ?? null,
        },
      ];

/** The site answers 500 for the stream of a missing row (API 9.2), and also when it has a problem. */
const mayBeAbsent = (error: unknown): boolean =>
  error instanceof AppError && error.details?.['upstreamStatus'] === HTTP_STATUS.INTERNAL_SERVER_ERROR;

/** Whether the row itself is missing. Only then is the failed stream not a failure of the site. */
async function isAbsent(
  caller: PersonCaller,
  { type, id }: RecordRef,
  options?: CallOptions,
): Promise<boolean> {
  const filter = allOf(['id', 'is', id]);
  const rows = await searchRows({ type, filter, fields: ['id'], pageSize: 1 }).run(caller, options);
  return rows.length === 0;
}

/** A GET that changes nothing. */
export const toReadCall = (path: string, operation: string): HttpCall => ({
  method: 'GET',
  path,
  operation,
  isRepeatable: true,
  isShareable: true,
});
