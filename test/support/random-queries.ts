import fc from 'fast-check';
import type { ExposedField, ExposedSchema, ExposedType } from '../../src/site/expose.ts';

/** Links of files are presigned anew for each read, so their text is never the same twice. */
const NEVER_THE_SAME: ReadonlySet<string> = new Set(['image', 'url']);
const MAX_DEPTH = 4;

/** Selection sets of one type: scalars, links by name, links by fragments, aliases, to some depth. */
export function selections(schema: ExposedSchema, type: ExposedType, depth = 1): fc.Arbitrary<string> {
  const fields = [...type.fields.values()].filter(({ dataType }) => !NEVER_THE_SAME.has(dataType));
  const scalars = fields.filter((field) => !isLink(field));
  const links = fields.filter((field) => isLink(field));
  const someScalars = fc.subarray(
    scalars.map(({ graphqlName }) => graphqlName),
    { maxLength: 3 },
  );
  const someLinks =
    depth >= MAX_DEPTH || links.length === 0
      ? fc.constant<string[]>([])
      : fc.array(
          fc.constantFrom(...links).chain((field) => linkSelection(schema, field, depth)),
          { maxLength: depth === 1 ? 3 : 2 },
        );
  return fc
    .tuple(fc.constantFrom('id', 'id name', '__typename id'), someScalars, someLinks)
    .map(([always, names, linked]) => `{ ${[always, ...names, ...aliased(linked)].join(' ')} }`);
}

const isLink = ({ dataType }: ExposedField): boolean => dataType === 'entity' || dataType === 'multi_entity';

/** The same link may be asked for twice, so each has an alias of its own. */
const aliased = (links: readonly string[]): string[] => links.map((link, index) => `a${index}: ${link}`);

function linkSelection(schema: ExposedSchema, field: ExposedField, depth: number): fc.Arbitrary<string> {
  const { graphqlName } = field;
  const target = schema.types.get(schema.names.systemType(field.target ?? '') ?? '');
  const byName = fc.constant(`${graphqlName} { id type name }`);
  if (target !== undefined) {
    return fc.oneof(
      byName,
      selections(schema, target, depth + 1).map((set) => `${graphqlName} ${set}`),
    );
  }
  const types = field.validTypes.flatMap((name) => schema.types.get(name) ?? []);
  if (types.length === 0) return byName;
  const fragment = fc
    .constantFrom(...types)
    .chain((type) =>
      selections(schema, type, depth + 1).map(
        (set) => `${graphqlName} { id type name ... on ${type.graphqlName} ${set} }`,
      ),
    );
  return fc.oneof(byName, fragment);
}

/** Links that few rows have in common: a filter on them can be said of what the rows link to. */
const NARROW: Readonly<Record<string, { readonly field: string; readonly type: string }>> = {
  Version: { field: 'entity', type: 'Shot' },
  Task: { field: 'entity', type: 'Asset' },
  Shot: { field: 'sgSequence', type: 'Sequence' },
};

/** Whole queries of several kinds of roots, each with a random selection. */
export function queries(
  schema: ExposedSchema,
  idsOf: (type: string) => readonly number[],
): fc.Arbitrary<string> {
  const types = ['Version', 'Shot', 'Task', 'Asset', 'Sequence', 'Playlist', 'Note'].flatMap(
    (name) => schema.types.get(name) ?? [],
  );
  return fc.constantFrom(...types).chain((type) => {
    const ids = fc.array(fc.constantFrom(...idsOf(type.type)), { minLength: 1, maxLength: 6 });
    const link = NARROW[type.type];
    const linkIds = fc.constantFrom(...idsOf(link?.type ?? type.type));
    return fc
      .tuple(selections(schema, type), ids, fc.nat(link === undefined ? 3 : 4), linkIds)
      .map(([set, some, kind, linkId]) => {
        const { one, many } = type.rootFields;
        const roots = [
          `${one}(id: ${some[0]}) ${set}`,
          `${many}ByIds(ids: [${some.join(', ')}]) ${set}`,
          `${many}(first: 4, filter: { id: { in: [${some.join(', ')}] } }) { nodes ${set} }`,
          `${many}(first: 5, sort: [{ field: ID, direction: DESC }]) { nodes ${set} pageInfo { hasNextPage } }`,
          `${many}(first: 6, filter: { ${link?.field}: { is: { type: "${link?.type}", id: ${linkId} } } }) { nodes ${set} }`,
        ];
        return `{ ${roots[kind]} }`;
      });
  });
}
