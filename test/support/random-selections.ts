import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { ExposedField, ExposedSchema, ExposedType } from '../../src/site/expose.ts';

/** A part of a document, and the named fragments that it spreads. */
export interface Part {
  readonly text: string;
  readonly fragments: ReadonlyMap<string, string>;
}

/** Links of files are presigned again for each read, so their text is never the same twice. */
const NEVER_THE_SAME: ReadonlySet<string> = new Set(['image', 'url']);
const MAX_DEPTH = 4;

export const part = (text: string, ...inner: readonly Part[]): Part => ({
  text,
  fragments: new Map(inner.flatMap(({ fragments }) => [...fragments])),
});

/** `$yes` and `$no` are variables of every document. */
const DIRECTIVES = ['', '', '', ' @include(if: $yes)', ' @skip(if: $no)', ' @include(if: $no)'];

/** Selection sets of one type: scalars, links by name, links by fragments of any kind, directives, to some depth. */
export function selections(schema: ExposedSchema, type: ExposedType, depth = 1): fc.Arbitrary<Part> {
  const fields = [...type.fields.values()].filter(({ dataType }) => !NEVER_THE_SAME.has(dataType));
  const links = fields.filter((field) => isLink(field));
  const scalars = fc.subarray(
    fields.filter((field) => !isLink(field)).map(({ graphqlName }) => graphqlName),
    { maxLength: 3 },
  );
  const linked =
    depth >= MAX_DEPTH || links.length === 0
      ? fc.constant<Part[]>([])
      : fc.array(
          fc.constantFrom(...links).chain((field) => linkSelection(schema, field, depth)),
          { maxLength: depth === 1 ? 3 : 2 },
        );
  const always = fc.constantFrom('id', 'id name', '__typename id', 'type', '... on Entity { id name }');
  const wrapping = fc.constantFrom<Wrapping>('plain', 'plain', 'inline', 'named');
  return fc
    .tuple(always, scalars, linked, fc.constantFrom(...DIRECTIVES), wrapping)
    .map(([first, names, parts, directive, how]) => {
      const withDirective = names.map((name, index) => (index === 0 ? `${name}${directive}` : name));
      const content = [first, ...withDirective, ...parts.map(({ text }) => text)].join(' ');
      return wrapped(type, part(content, ...parts), how);
    });
}

type Wrapping = 'plain' | 'inline' | 'named';

/** The same fields in a fragment, which is named by what it holds. */
function wrapped({ graphqlName }: ExposedType, content: Part, how: Wrapping): Part {
  if (how === 'plain') return part(`{ ${content.text} }`, content);
  if (how === 'inline') return part(`{ id ... on ${graphqlName} { ${content.text} } }`, content);
  const name = `F${createHash('sha256').update(`${graphqlName} ${content.text}`).digest('hex').slice(0, 12)}`;
  const fragments = new Map(content.fragments).set(
    name,
    `fragment ${name} on ${graphqlName} { ${content.text} }`,
  );
  return { text: `{ id ...${name} }`, fragments };
}

const isLink = ({ dataType }: ExposedField): boolean => dataType === 'entity' || dataType === 'multi_entity';

function linkSelection(schema: ExposedSchema, field: ExposedField, depth: number): fc.Arbitrary<Part> {
  const { graphqlName } = field;
  // The same link may be asked for twice, by its own name or by another: then both selections count.
  const name = fc.constantFrom(graphqlName, `other_${graphqlName}: ${graphqlName}`);
  const target = schema.types.get(schema.names.systemType(field.target ?? '') ?? '');
  const types =
    target === undefined ? field.validTypes.flatMap((each) => schema.types.get(each) ?? []) : [target];
  const byName = fc.constant(part('{ id type name }'));
  const sets = types.map((type) =>
    selections(schema, type, depth + 1).map((set) =>
      target === undefined ? part(`{ id type name ... on ${type.graphqlName} ${set.text} }`, set) : set,
    ),
  );
  return fc
    .tuple(name, fc.oneof(byName, ...sets), fc.constantFrom(...DIRECTIVES))
    .map(([as, set, directive]) => part(`${as}${directive} ${set.text}`, set));
}
