import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../base/errors.ts';
import type { Login } from '../../base/ids.ts';
import type {
  ActingClient,
  FilterGroup,
  SearchRequest,
  SummarizeRequest,
  SummaryGroup,
} from '../../shotgun/port/shotgun.ts';
import type { EntityLink, FieldValue, Row } from '../../shotgun/port/records.ts';
import type { ExposedField, ExposedSchema, ExposedType } from '../../site/expose.ts';
import { isLink } from '../../site/site-schema.ts';
import { idsNamedBy } from '../plan/beside.ts';

/** What would be asked, in the order in which it would be. */
export interface PlannedCall {
  readonly kind: string;
  readonly type: string | null;
  readonly fields: readonly string[];
  readonly filter: FilterGroup | null;
}

/** Longer than the work between two waves, so that waves can be told apart. */
const CALL_MS = 5;
const SAMPLE_ID = 1;

/**
 * A client that calls nothing: it answers with made-up rows in which every link leads somewhere, one row for each type
 * that a link may hold. What a query does with it is what it would cost at most.
 */
export interface ExplainClientOptions {
  readonly schema: ExposedSchema;
  readonly login: Login;
  /** Filled with what is asked. */
  readonly calls: PlannedCall[];
  /** Of rows that the request names: a playlist that is ordered holds them all. */
  readonly ids: readonly number[];
}

export function createExplainClient({ schema, login, calls, ids }: ExplainClientOptions): ActingClient {
  const note = async <T>(call: Partial<PlannedCall> & { kind: string }, answer: T): Promise<T> => {
    calls.push({ type: null, fields: [], filter: null, ...call });
    await wait(CALL_MS);
    return answer;
  };
  return {
    login,
    ...socialCalls(note, [...schema.types.keys()]),
    uploads: { begin: notExplained, nextPart: notExplained, complete: notExplained, abort: notExplained },
    search: (request) => note({ kind: 'search', ...request }, rowsOf(schema, request, ids)),
    create: (type) => note({ kind: 'create', type }, { type, id: SAMPLE_ID }),
    update: (type) => note({ kind: 'update', type }, undefined),
    delete: (type) => note({ kind: 'delete', type }, undefined),
    revive: (type) => note({ kind: 'revive', type }, true),
    batch: (operations) =>
      note(
        { kind: 'batch' },
        operations.map(({ type }) => ({ type, id: SAMPLE_ID })),
      ),
    summarize: (request) =>
      note({ kind: 'summarize', type: request.type, filter: request.filter }, summaryOf(schema, request)),
    textSearch: ({ types }) =>
      note(
        { kind: 'textSearch' },
        [...types.keys()].map((type) => ({
          type,
          id: SAMPLE_ID,
          name: 'sample',
          linked: null,
          status: null,
        })),
      ),
    fieldInfo: ({ type }) =>
      note(
        { kind: 'fieldInfo', type },
        {
          editable: true,
          validValues: [],
          displayValues: new Map(),
          hiddenValues: [],
          validTypes: [],
          defaultValue: null,
        },
      ),
  };
}

/** What an upload costs depends on the file, not on the query. */
export const notExplained = (): Promise<never> => Promise.reject(new NotExplained());

export class NotExplained extends AppError {
  constructor() {
    super('BAD_USER_INPUT', { message: 'uploads are not explained. docs/files.md says what they cost.' });
  }
}

type Noting = <T>(call: Partial<PlannedCall> & { kind: string }, answer: T) => Promise<T>;

const SAMPLE: EntityLink = { type: 'Version', id: SAMPLE_ID, name: 'sample' };

type SocialCalls = Pick<
  ActingClient,
  'noteThread' | 'activity' | 'followers' | 'following' | 'follow' | 'unfollow'
>;

/** @param types of all rows: what happened may be about any of them; each is read only where it is asked of */
function socialCalls(note: Noting, types: readonly string[]): SocialCalls {
  return {
    noteThread: (id) =>
      note(
        { kind: 'noteThread', type: 'Note' },
        ['Note', 'Reply', 'Attachment'].map((type) => ({
          type,
          id: type === 'Note' ? id : SAMPLE_ID,
          content: null,
          createdAt: null,
          author: { type: 'HumanUser', id: 1, name: 'sample' },
        })),
      ),
    activity: ({ type }) =>
      note(
        { kind: 'activity', type },
        types.map((of, index) => ({
          id: index + 1,
          kind: 'update',
          createdAt: null,
          entity: { ...SAMPLE, type: of },
          author: { ...SAMPLE, type: 'HumanUser' },
          meta: null,
        })),
      ),
    followers: ({ type }) => note({ kind: 'followers', type }, [{ ...SAMPLE, type: 'HumanUser' }]),
    following: () => note({ kind: 'following' }, [SAMPLE]),
    follow: () => note({ kind: 'follow' }, undefined),
    unfollow: (_id, { type }) => note({ kind: 'unfollow', type }, undefined),
  };
}

/** Rows that stand between a playlist and its versions, whether they are exposed or not. */
const BETWEEN = 'PlaylistVersionConnection';

function rowsOf(
  schema: ExposedSchema,
  { type, fields, filter }: SearchRequest,
  namedIds: readonly number[],
): Row[] {
  if (type === BETWEEN && fields.includes('version')) return [...namedIds, SAMPLE_ID].map(betweenRow);
  const exposed = schema.types.get(type);
  if (exposed === undefined) return [];
  const mostTypes = Math.max(1, ...[...exposed.fields.values()].map(({ validTypes }) => validTypes.length));
  const ids = idsNamedBy(filter) ?? Array.from({ length: mostTypes }, (_, index) => index + SAMPLE_ID);
  return ids.map((id, index) => ({
    type,
    id,
    fields: Object.fromEntries(
      fields.map((name) => [name, valueAt(schema, exposed, name.split('.'), index)] as const),
    ),
  }));
}

const betweenRow = (id: number): Row => ({
  type: BETWEEN,
  id,
  fields: {
    playlist: { type: 'Playlist', id: SAMPLE_ID, name: 'sample' },
    version: { ...SAMPLE, id },
    sg_sort_order: null,
  },
});

/** @param index of the row: each has links of another type, so that together they have all */
function valueAt(
  schema: ExposedSchema,
  type: ExposedType,
  [name = '', next, ...rest]: readonly string[],
  index: number,
): FieldValue {
  const field = type.fields.get(name);
  if (field === undefined) return name === 'id' ? SAMPLE_ID : null;
  if (next === undefined) return sampleOf(schema, field, index);
  const nextType = schema.types.get(next);
  const isOfRow = typesOf(schema, field)[index % typesOf(schema, field).length] === next;
  return isOfRow && nextType !== undefined ? valueAt(schema, nextType, rest, index) : null;
}

/** A link that may hold any type leads to no special one. */
const typesOf = (schema: ExposedSchema, { validTypes }: ExposedField): readonly string[] =>
  validTypes.length > 0 ? validTypes : [...schema.types.keys()].slice(0, 1);

const linkTo = (type: string): EntityLink => ({ ...SAMPLE, type });

function sampleOf(schema: ExposedSchema, field: ExposedField, index: number): FieldValue {
  const links = typesOf(schema, field).map(linkTo);
  switch (field.dataType) {
    case 'entity':
      return links[index % links.length] ?? null;
    case 'multi_entity':
      return links;
    case 'checkbox':
      return false;
    default:
      return null;
  }
}

/** One group for each type of link that the rows may be grouped by. */
const summaryOf = (
  schema: ExposedSchema,
  { type, summaries, grouping }: SummarizeRequest,
  group: FieldValue = null,
): SummaryGroup => {
  const values = new Map(summaries.map(({ field }) => [field, 1]));
  const [by, ...deeper] = grouping;
  const field = by === undefined ? undefined : schema.types.get(type)?.fields.get(by.field);
  const links = field === undefined || !isLink(field) ? [null] : typesOf(schema, field).map(linkTo);
  const request = { type, filter: NOTHING, summaries, grouping: deeper };
  const groups = by === undefined ? [] : links.map((value) => summaryOf(schema, request, value));
  return { name: '', value: group, summaries: values, groups };
};

const NOTHING: FilterGroup = { logical_operator: 'and', conditions: [] };
