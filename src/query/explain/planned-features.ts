import type { SummarizeRequest, SummaryGroup } from '../../shotgun/port/shotgun.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import { isLink } from '../../site/site-schema.ts';
import type { PlannedParts, State } from './planned-reads.ts';
import { connectionSearch } from '../write/playlist-order.ts';
import type { EntityLink, FieldInfo } from '../ports/ports.ts';
import { SAMPLE_NAME } from './sample-nodes.ts';
import type { FeatureCalls } from '../write/site-features.ts';

/** What people follow: of what types, no one can know before it is asked. */
const FOLLOWED = 'Version';
const PEOPLE = 'HumanUser';
const THREAD_TYPES = ['Note', 'Reply', 'Attachment'];

/** A field of which nothing is known but that it may be changed. */
const OPEN_FIELD: FieldInfo = {
  editable: true,
  validValues: [],
  displayValues: new Map(),
  hiddenValues: [],
  validTypes: [],
  defaultValue: null,
};

/** The calls for what ShotGrid tells beside its rows, stated and answered with one of each that may be told. */
export function plannedFeatures({ plans: { schema }, ids }: PlannedParts, state: State): FeatureCalls {
  const linkTo = (type: string, source: string): EntityLink => ({
    ...{ type, id: ids.of(`${source} ${type}`, source), name: SAMPLE_NAME },
  });
  return {
    summarize: (request) =>
      state(
        { kind: 'summarize', type: request.type, filter: request.filter },
        summaryOf(schema, request, (type) => linkTo(type, `groups of ${request.type}`)),
      ),
    textSearch: ({ types }) =>
      state(
        { kind: 'textSearch' },
        [...types.keys()].map((type) => ({
          ...linkTo(type, 'hits'),
          name: SAMPLE_NAME,
          linked: null,
          status: null,
        })),
      ),
    noteThread: (noteId) =>
      state(
        { kind: 'noteThread', type: 'Note' },
        THREAD_TYPES.map((type) => ({
          type,
          id: type === 'Note' ? noteId : linkTo(type, 'Note.thread').id,
          content: null,
          createdAt: null,
          author: linkTo(PEOPLE, 'authors'),
        })),
      ),
    // What happened may be about rows of any type; each is read only where something is asked of it.
    activity: ({ type }) =>
      state(
        { kind: 'activity', type },
        [...schema.types.keys()].map((of, index) => ({
          id: index + 1,
          kind: 'update',
          createdAt: null,
          entity: linkTo(of, 'updates'),
          author: linkTo(PEOPLE, 'authors'),
          meta: null,
        })),
      ),
    followers: ({ type }) => state({ kind: 'followers', type }, [linkTo(PEOPLE, 'followers')]),
    following: () => state({ kind: 'following' }, [linkTo(FOLLOWED, 'followed')]),
    fieldInfo: ({ type }) => state({ kind: 'fieldInfo', type }, OPEN_FIELD),
    playlistOrders: (playlistIds) =>
      state(
        { kind: 'search', ...connectionSearch(playlistIds) },
        playlistIds.map((id) => [ids.linked({ type: 'Playlist', id }, 'versions', 'Version')]),
      ),
  };
}

/** One group for each type of link that the rows may be grouped by. */
function summaryOf(
  schema: ExposedSchema,
  { type, summaries, grouping }: Pick<SummarizeRequest, 'type' | 'summaries' | 'grouping'>,
  linkTo: (type: string) => EntityLink,
  value: EntityLink | null = null,
): SummaryGroup {
  const [by, ...deeper] = grouping;
  const field = by === undefined ? undefined : schema.types.get(type)?.fields.get(by.field);
  const values = field === undefined || !isLink(field) ? [null] : field.validTypes.map(linkTo);
  const below = { type, summaries, grouping: deeper };
  return {
    name: '',
    value,
    summaries: new Map(summaries.map((summary) => [summary.field, 1])),
    groups: by === undefined ? [] : values.map((of) => summaryOf(schema, below, linkTo, of)),
  };
}
