import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  getNamedType,
  type GraphQLField,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isNonNullType,
} from 'graphql';
import { type CallLog, createCallLog } from '../../src/query/calls/call-log.ts';
import { writableFields, type WriteMode } from '../../src/query/write/write-values.ts';
import type { ExposedField, ExposedType } from '../../src/site/expose.ts';
import { PLAN } from '../support/plan-settings.ts';
import { type SiteWorld, startSiteWorld } from '../support/site-world.ts';

type Values = Readonly<Record<string, unknown>>;
type RootField = GraphQLField<unknown, unknown>;

/** A link that the pulled schema does not name for the fields that are tried here: the live one has to be asked. */
const DOUBTFUL = { type: 'Status', id: 1 };
const PROJECT = { type: 'Project', id: 1 };

const isInDoubt = ({ dataType, validTypes }: ExposedField): boolean =>
  (dataType === 'entity' || dataType === 'multi_entity') &&
  validTypes.length > 0 &&
  !validTypes.includes(DOUBTFUL.type);

/** What is wrong in an argument of that name, whatever the type. */
const SPOILT: Readonly<Record<string, readonly unknown[]>> = {
  first: [-1, 100_000],
  after: ['no cursor'],
  sort: [[{}], [{ field: 'ID', direction: null }]],
  ids: [Array.from({ length: 5001 }, (_, index) => index + 1)],
  grouping: [Array.from({ length: 6 }, () => ({ field: 'ID', type: 'EXACT', direction: 'ASC' }))],
  summaries: [[]],
  operations: [[]],
  entity: [
    { type: 'Nobody', id: 1 },
    { type: 'Shot', id: 0 },
  ],
  text: [' '],
  types: [['Nobody'], []],
  page: [0],
  field: ['noSuchField'],
  fileName: ['../a.mov', ''],
  sizeBytes: [0],
  upload: ['no upload'],
  playlistId: [0],
  versionIds: [[], [1, 1], [0]],
};
/** Arguments of which every value that the schema lets through is taken. */
const ANY_VALUE: ReadonlySet<string> = new Set([
  ...['retired', 'includeArchivedProjects', 'projectId', 'before', 'displayName'],
  // Looked at with the upload, which is not the site's.
  ...['etags', 'from', 'count'],
]);

const isEmpty = (input: unknown): boolean => JSON.stringify(input) === '{}';

/** A server that notes the calls of its clients. */
interface Watched {
  readonly world: SiteWorld;
  readonly log: CallLog;
}

async function startWatched(maxSearches = PLAN.maxSearches): Promise<Watched> {
  const log = createCallLog();
  const plan = { ...PLAN, maxSearches };
  const world = await startSiteWorld({ plan }, { wrap: (client) => log.observe(client) });
  return { world, log };
}

describe('mistakes that need no site are refused before any call', () => {
  let usual: Watched;
  /** In which no search may be made. */
  let poor: Watched;
  beforeAll(async () => {
    usual = await startWatched();
    poor = await startWatched(0);
  });
  afterAll(async () => {
    await usual.world.close();
    await poor.world.close();
  });

  const rootFields = (): readonly (readonly ['query' | 'mutation', RootField])[] => {
    const { schema } = usual.world.part;
    const of = (kind: 'query' | 'mutation', fields: object): (readonly [typeof kind, RootField])[] =>
      (Object.values(fields) as RootField[]).map((field) => [kind, field]);
    return [
      ...of('query', schema.getQueryType()?.getFields() ?? {}),
      ...of('mutation', schema.getMutationType()?.getFields() ?? {}),
    ];
  };
  /** The entity type that a root field is made for. */
  const typeOf = ({ name }: RootField): ExposedType | undefined =>
    [...usual.world.exposed.types.values()].find(
      ({ rootFields: own, graphqlName }) =>
        (Object.values(own) as string[]).includes(name) ||
        ['create', 'update', 'delete', 'revive'].some((verb) => name === `${verb}${graphqlName}`),
    );

  const inputOf = (type: ExposedType, mode: WriteMode): Values => {
    const input = usual.world.part.schema.getType(
      `${type.graphqlName}${mode === 'create' ? 'Create' : 'Update'}Input`,
    );
    const needed = isInputObjectType(input)
      ? Object.values(input.getFields()).filter((field) => isNonNullType(field.type))
      : [];
    const linked = writableFields(type, mode).find(
      (field) => isInDoubt(field) && !needed.some(({ name }) => name === field.graphqlName),
    );
    const list = mode === 'create' ? [DOUBTFUL] : { add: [DOUBTFUL] };
    return {
      ...Object.fromEntries(needed.map(({ name }) => [name, PROJECT])),
      ...(linked && { [linked.graphqlName]: linked.dataType === 'multi_entity' ? list : DOUBTFUL }),
    };
  };
  const doubtfulFilter = (type: ExposedType): Values => {
    const field = [...type.fields.values()].find(isInDoubt);
    return field === undefined ? {} : { [field.graphqlName]: { is: DOUBTFUL } };
  };
  const firstOf = (input: string, field: string): unknown => {
    const type = usual.world.part.schema.getType(input);
    const choices = isInputObjectType(type) ? getNamedType(type.getFields()[field]?.type) : undefined;
    return isEnumType(choices) ? choices.getValues()[0]?.name : undefined;
  };

  /** Arguments that could be served, with a link in doubt where one may stand. */
  const goodArguments = (root: RootField): Values => {
    const type = typeOf(root);
    const shot = usual.world.exposed.types.get('Shot') as ExposedType;
    const all: Values = {
      ...{ id: 1, ids: [1], entity: { type: 'Shot', id: 1 }, type: 'Shot', text: 'a' },
      ...{ field: root.name === 'fieldInfo' ? 'code' : 'image', fileName: 'a.mov', sizeBytes: 5 },
      ...{ upload: 'x'.repeat(43), etags: ['a'], from: 1, playlistId: 1, versionIds: [1] },
      operations: [{ updateShot: { id: 1, input: inputOf(shot, 'update') } }],
      ...(type && {
        filter: doubtfulFilter(type),
        input: inputOf(type, root.name.startsWith('create') ? 'create' : 'update'),
        summaries: [{ field: firstOf(`${type.graphqlName}SummaryInput`, 'field'), type: 'COUNT' }],
      }),
    };
    return Object.fromEntries(root.args.flatMap(({ name }) => (name in all ? [[name, all[name]]] : [])));
  };
  /** The same with one thing wrong in one of them. */
  const spoiltArguments = (root: RootField): readonly Values[] => {
    const good = goodArguments(root);
    const isChange = /^(?:update|delete|revive)[A-Z]/u.test(root.name);
    return root.args.flatMap(({ name }): Values[] => {
      const own: readonly unknown[] = [
        ...(SPOILT[name] ?? []),
        ...(name === 'filter' ? [{ ...(good[name] as object), or: [] }] : []),
        ...(name === 'input' && isChange ? [{}] : []),
        ...(name === 'operations' ? [[...(good[name] as object[]), {}]] : []),
        ...(name === 'id' && (isChange || root.name === 'entity') ? [0] : []),
        ...(name === 'type' ? ['Nobody'] : []),
      ];
      return own.map((value) => ({ ...good, [name]: value }));
    });
  };

  const ask = async (
    { world, log }: Watched,
    kind: string,
    root: RootField,
    { given, selected }: { readonly given: Values; readonly selected: string },
  ) => {
    const before = log.calls().length;
    const declared = root.args.filter(({ name }) => name in given);
    const variables = declared.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
    const handed = declared.map(({ name }) => `${name}: $${name}`).join(', ');
    const document = `${kind} (${variables}) { ${root.name}(${handed}) ${selected} }`;
    const { codes, errors } = await world.ask(document, { variables: { ...given } });
    return {
      codes,
      errors,
      calls: log
        .calls()
        .slice(before)
        .map((call) => call.kind),
    };
  };
  const thin = ({ type }: RootField): string => (isLeafType(getNamedType(type)) ? '' : '{ __typename }');

  it('walks every argument of every root field', () => {
    const unknown = rootFields().flatMap(([, root]) =>
      root.args
        .map(({ name }) => name)
        .filter((name) => SPOILT[name] === undefined && !ANY_VALUE.has(name))
        .filter((name) => !['filter', 'input', 'id', 'type'].includes(name))
        .map((name) => `${root.name}.${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('each wrong argument, also beside a link that needs a look-up in the live schema', async () => {
    const wrong: unknown[] = [];
    let tried = 0;
    for (const [kind, root] of rootFields()) {
      for (const given of spoiltArguments(root)) {
        // The calls of each are counted.
        const { codes, calls } = await ask(usual, kind, root, { given, selected: thin(root) });
        tried += 1;
        if (codes.length !== 1 || calls.length > 0) wrong.push({ field: root.name, given, codes, calls });
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(tried).toBeGreaterThan(500);
  });

  it('more searches than allowed, also beside such a link', async () => {
    const wrong: unknown[] = [];
    let tried = 0;
    for (const [kind, root] of rootFields()) {
      const type = typeOf(root);
      if (type === undefined || root.name === type.rootFields.summarize || root.name.startsWith('delete'))
        continue;
      const given = goodArguments(root);
      // One that changes nothing is refused for that.
      if (isEmpty(given['input'])) continue;
      const scalar = [...type.fields.values()].find(
        ({ dataType }) => dataType === 'text' || dataType === 'number',
      );
      const row = `{ ${scalar?.graphqlName ?? 'name'} }`;
      const selected = root.name === type.rootFields.many ? `{ totalCount nodes ${row} }` : row;
      const { codes, calls } = await ask(poor, kind, root, { given, selected });
      tried += 1;
      if (!codes.includes('PLAN_TOO_LARGE') || calls.length > 0)
        wrong.push({ field: root.name, codes, calls });
    }
    const batch = rootFields().find(([, { name }]) => name === 'batch')?.[1] as RootField;
    const { codes, calls } = await ask(poor, 'mutation', batch, {
      given: goodArguments(batch),
      selected: '{ entity { ... on Shot { code } } }',
    });
    expect({ wrong, codes, calls }).toEqual({ wrong: [], codes: ['PLAN_TOO_LARGE'], calls: [] });
    expect(tried).toBeGreaterThan(200);
  });

  it('and only the uncertain link causes a look-up in the live schema', async () => {
    const shots = rootFields().find(([, { name }]) => name === 'shots')?.[1] as RootField;
    expect(
      await ask(usual, 'query', shots, { given: goodArguments(shots), selected: '{ __typename }' }),
    ).toMatchObject({
      codes: ['BAD_USER_INPUT'],
      calls: ['fieldInfo'],
    });
  });
});
