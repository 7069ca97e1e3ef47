import { type ClassType, Field, Int, ObjectType, Resolver } from 'type-graphql';
import { AppError } from '../../base/errors.ts';
import { EVERYTHING } from '../../query/input/filters.ts';
import { EVENTS, shownHit } from '../../query/plan/hidden-values.ts';
import type { TextSearchHit } from '../../query/ports/ports.ts';
import { searchText } from '../../shotgun/calls/text-search.ts';
import { addComputedField, addOperation } from '../resolve/own-resolvers.ts';
import { typeNamed } from './follow-resolvers.ts';
import { type NamedClass, namedClass } from '../types/named-class.ts';
import { readLinked } from '../resolve/read-linked.ts';
import type { SchemaParts } from '../resolve/schema-parts.ts';

/** The site's own limit (API 4.2). */
const MAX_HITS = 25;

/** Searched if the client names no types: the types that people search by name. */
const USUAL_TYPES = ['Project', 'Asset', 'Sequence', 'Shot', 'Task', 'Version', 'Playlist', 'HumanUser'];

interface SearchArguments {
  readonly text: string;
  readonly types?: readonly string[] | null;
  readonly projectId?: number | null;
  readonly first: number;
  readonly page: number;
}

/** The root field `search`: entities of several types by words of their names (API 4.2). */
export function createSearchResolvers(parts: SchemaParts): NamedClass[] {
  const hit = hitType();
  const fields = namedClass('SearchHitFields');
  addComputedField<TextSearchHit>(fields, {
    name: 'entity',
    description: 'Costs a call only if more than id, type and name is selected.',
    returns: () => parts.entity,
    run: (call) => readLinked(parts, call, call.root),
  });
  Resolver(() => hit)(fields);

  const queries = namedClass('SearchQueries');
  addOperation<SearchArguments>(queries, {
    kind: 'query',
    name: 'search',
    description:
      'Entities whose name, or the name of the row that they belong to, has every word; shortest names first.',
    args: [
      { name: 'text', type: () => String },
      {
        name: 'types',
        type: () => [String],
        nullable: true,
        description: `Names of the types. By default ${USUAL_TYPES.join(', ')}.`,
      },
      { name: 'projectId', type: () => Int, nullable: true, description: 'Only entities of this project.' },
      { name: 'first', type: () => Int, defaultValue: MAX_HITS, description: `At most ${MAX_HITS}.` },
      {
        name: 'page',
        type: () => Int,
        defaultValue: 1,
        description: 'From 1. A page without hits is the end.',
      },
    ],
    returns: () => [hit],
    async run({ args, context }) {
      const wanted = {
        text: textOf(args),
        types: typesOf(parts, args),
        pageSize: within('first', args.first, { least: 0, most: MAX_HITS }),
        pageNumber: within('page', args.page, { least: 1, most: Number.MAX_SAFE_INTEGER }),
      };
      if (wanted.pageSize === 0) return [];
      const hits = await context.site.call(searchText(wanted));
      return hits.map((found) => shownHit(parts.schema, found));
    },
  });
  Resolver()(queries);
  return [fields, queries];
}

function hitType(): ClassType {
  @ObjectType({ description: 'The row that a hit belongs to, such as its shot.' })
  class SearchHitLink {
    @Field(() => String)
    type!: string;

    @Field(() => String)
    name!: string;
  }

  @ObjectType({ description: 'An entity that a text search found.' })
  class SearchHit {
    @Field(() => String)
    name!: string;

    @Field(() => String, { nullable: true, description: 'The code of the entity’s status.' })
    status!: string | null;

    @Field(() => SearchHitLink, { nullable: true })
    linked!: SearchHitLink | null;
  }
  return SearchHit;
}

function textOf({ text }: SearchArguments): string {
  if (text.trim() !== '') return text.trim();
  throw new AppError('BAD_USER_INPUT', { message: 'Give at least one letter.', details: { path: 'text' } });
}

function within(path: string, value: number, { least, most }: Record<'least' | 'most', number>): number {
  if (value >= least && value <= most) return value;
  throw new AppError('BAD_USER_INPUT', {
    message: `"${path}" must be from ${least} to ${most}. Read on with "page".`,
    details: { path, value },
  });
}

/** One unknown type would fail the whole call (API 4.2), so types are checked first. */
function typesOf(
  parts: SchemaParts,
  { types, projectId }: SearchArguments,
): ReadonlyMap<string, typeof EVERYTHING> {
  const wanted =
    types?.map((type, index) => typeNamed(parts, type, `types.${index}`)) ??
    USUAL_TYPES.filter((type) => parts.schema.types.has(type));
  // The names of events are sentences that contain the values of every field.
  const oracle = parts.schema.hidesByRule ? wanted.indexOf(EVENTS) : -1;
  if (oracle >= 0) {
    throw new AppError('BAD_USER_INPUT', {
      message: 'Events cannot be searched by their text here, because it tells of fields that are hidden.',
      details: { path: `types.${oracle}` },
    });
  }
  const ofProject = wanted.filter(
    (type) =>
      projectId === null ||
      projectId === undefined ||
      parts.schema.types.get(type)?.fields.get('project')?.valueType.shown === 'link',
  );
  if (ofProject.length === 0) {
    throw new AppError('BAD_USER_INPUT', {
      message: 'Name at least one type; with "projectId", one whose rows belong to a project.',
      details: { path: 'types' },
    });
  }
  const filter =
    projectId === null || projectId === undefined
      ? EVERYTHING
      : {
          ...EVERYTHING,
          conditions: [['project', 'is', { type: 'Project', id: projectId }] as const],
        };
  return new Map(ofProject.map((type) => [type, filter]));
}
