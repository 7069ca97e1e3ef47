import fc from 'fast-check';
import type { ExposedSchema, ExposedType } from '../../src/site/expose.ts';
import { type Part, part, selections } from './random-selections.ts';

export interface RandomQuery {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface RandomQueryOptions {
  readonly schema: ExposedSchema;
  idsOf(type: string): readonly number[];
  /** Launches of Versions that everybody has. */
  readonly launchIds: readonly string[];
  /** True for lists of whole projects too, whose searches beside the rows may miss some. */
  readonly ofProjects?: boolean;
}

/** Links that few rows have in common: a filter on them can be said of what the rows link to. */
const NARROW: Readonly<Record<string, { readonly field: string; readonly type: string }>> = {
  Version: { field: 'entity', type: 'Shot' },
  Task: { field: 'entity', type: 'Asset' },
  Shot: { field: 'sgSequence', type: 'Sequence' },
  PublishedFile: { field: 'task', type: 'Task' },
  Note: { field: 'noteLinks', type: 'Version' },
};

const ROOTS = [
  'Version',
  'Shot',
  'Task',
  'Asset',
  'Sequence',
  'Playlist',
  'Note',
  'PublishedFile',
  'HumanUser',
];
const SORTS = [
  '',
  '',
  'sort: [{ field: ID, direction: DESC }]',
  'sort: [{ field: CREATED_AT }, { field: ID }]',
  'sort: [{ field: UPDATED_AT, direction: DESC }]',
];
const WINDOWS = ['', 'retired: true', 'includeArchivedProjects: false'];
/** What a page tells beside its rows. */
const BESIDE_ROWS = [
  '',
  'totalCount',
  'pageInfo { hasNextPage endCursor }',
  'totalCount pageInfo { hasNextPage }',
];

/** Whole documents: one to three root fields of several kinds under aliases, with random selections. */
export function queries(options: RandomQueryOptions): fc.Arbitrary<RandomQuery> {
  const types = ROOTS.flatMap((name) => options.schema.types.get(name) ?? []);
  const root = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...types).chain((type) => rootOf(options, type)) },
    { weight: 1, arbitrary: launchRoot(options) },
    { weight: 1, arbitrary: viewerRoot(options) },
  );
  return fc.array(root, { minLength: 1, maxLength: 3 }).map((roots) => {
    const { text, fragments } = part(
      roots.map(({ text: each }, index) => `r${index}: ${each}`).join(' '),
      ...roots,
    );
    const fields = `__typename @include(if: $yes) @skip(if: $no) ${text}`;
    return {
      document: [`query Any($yes: Boolean! = true, $no: Boolean!) { ${fields} }`, ...fragments.values()].join(
        '\n',
      ),
      variables: { no: false },
    };
  });
}

function rootOf(options: RandomQueryOptions, type: ExposedType): fc.Arbitrary<Part> {
  const ids = fc.array(fc.constantFrom(...options.idsOf(type.type), 99_999_999), {
    minLength: 1,
    maxLength: 6,
  });
  return fc
    .tuple(
      selections(options.schema, type),
      ids,
      fc.nat(5),
      listArguments(options, type),
      fc.constantFrom(...BESIDE_ROWS),
    )
    .map(([set, some, kind, given, told]) => {
      const { one, many } = type.rootFields;
      const roots = [
        `${one}(id: ${some[0]}) ${set.text}`,
        `${many}ByIds(ids: [${some.join(', ')}]) ${set.text}`,
        `entity(type: "${type.type}", id: ${some[0]}) { id type name ... on ${type.graphqlName} ${set.text} }`,
        `${many}(${given}) { nodes ${set.text} ${told} }`,
        `${many}(${given}) { edges { cursor node ${set.text} } ${told} }`,
        `${many}(${given}) { nodes ${set.text} edges { node { id } } }`,
      ];
      return part(roots[kind] ?? '', set);
    });
}

/** A filter, an order, a size: some filters say what the rows belong to, so that children can be searched for beside. */
function listArguments(
  { idsOf, ofProjects = false }: RandomQueryOptions,
  { type, fields }: ExposedType,
): fc.Arbitrary<string> {
  const ids = fc
    .array(fc.constantFrom(...idsOf(type)), { minLength: 1, maxLength: 5 })
    .map((some) => `{ id: { in: [${some.join(', ')}] } }`);
  const link = NARROW[type];
  const refOf = (id: number): string => `{ type: "${link?.type}", id: ${id} }`;
  const linkIds = fc.constantFrom(...(link === undefined ? [1] : idsOf(link.type)));
  const narrow = linkIds.map((id) => `{ ${link?.field}: { is: ${refOf(id)} } }`);
  const narrowIn = fc
    .array(linkIds, { minLength: 1, maxLength: 4 })
    .map((some) => `{ ${link?.field}: { in: [${some.map(refOf).join(', ')}] } }`);
  const one = link === undefined ? ids : fc.oneof(ids, narrow, narrowIn);
  const projects = fc.constantFrom(...idsOf('Project'));
  const ofProject = projects.map((id) => `{ project: { is: { type: "Project", id: ${id} } } }`);
  const filter = fc.oneof(
    ofProjects && fields.has('project') ? ofProject : fc.constant(''),
    fc.constant(''),
    one,
    fc.tuple(one, one).map(([left, right]) => `{ or: [${left}, ${right}] }`),
    one.map((each) => `{ and: [${each}, { createdAt: { isNull: false } }] }`),
    one.map((each) => `{ and: [${each}, { id: { notIn: [1] } }] }`),
  );
  return fc
    .tuple(fc.integer({ min: 1, max: 8 }), filter, fc.constantFrom(...SORTS), fc.constantFrom(...WINDOWS))
    .map(([first, asked, sort, window]) =>
      [`first: ${first}`, asked === '' ? '' : `filter: ${asked}`, sort, window]
        .filter((each) => each !== '')
        .join(', '),
    );
}

function launchRoot({ schema, launchIds }: RandomQueryOptions): fc.Arbitrary<Part> {
  const version = schema.types.get('Version');
  if (version === undefined) throw new Error('there are no versions');
  return fc
    .tuple(fc.constantFrom(...launchIds), selections(schema, version))
    .map(([id, set]) =>
      part(
        `launch(id: "${id}") { selectedCount missingCount project { id name sgStatus } selected { id name ... on Version ${set.text} } }`,
        set,
      ),
    );
}

function viewerRoot({ schema }: RandomQueryOptions): fc.Arbitrary<Part> {
  const person = schema.types.get('HumanUser');
  if (person === undefined) throw new Error('there are no people');
  return selections(schema, person).map((set) =>
    part(`viewer { login person { id name ... on HumanUser ${set.text} } }`, set),
  );
}
