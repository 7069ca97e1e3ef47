import fc from 'fast-check';
import { buildSchema, type GraphQLSchema, isInterfaceType, isUnionType } from 'graphql';
import { typeNameOfNode } from '../../src/graphql/types/entity-types.ts';

const SDL = `
  scalar Any
  enum Kind { ONE TWO }
  interface Entity { id: Int! name: String }
  type A implements Entity {
    id: Int! name: String flag: Boolean! ratio: Float kind: Kind any: Any key: ID tags: [[String]!]
    peers: [Entity!] b: B one: Either
  }
  type B implements Entity { id: Int! name: String a: A! list: [A]! others: [Either] }
  union Either = A | B
  type Query { a: A entity: Entity either: [Either] list: [A!] }
`;

/** Types of every form that rows have. */
export function createFormsSchema(): GraphQLSchema {
  const schema = buildSchema(SDL);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInterfaceType(type) || isUnionType(type)) type.resolveType = typeNameOfNode;
  }
  return schema;
}

const LEAVES: Readonly<Record<string, readonly string[]>> = {
  Entity: ['id', 'name'],
  Either: [],
  A: ['id', 'name', 'flag', 'ratio', 'kind', 'any', 'key', 'tags'],
  B: ['id', 'name'],
};
const LINKS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Entity: [],
  Either: [],
  A: [
    ['peers', 'Entity'],
    ['b', 'B'],
    ['one', 'Either'],
  ],
  B: [
    ['a', 'A'],
    ['list', 'A'],
    ['others', 'Either'],
  ],
};
/** Each stands for one field everywhere, so that selections can be merged. */
const ALIASES: Readonly<Record<string, string>> = {
  __proto__: 'id',
  constructor: 'name',
  toJSON: '__typename',
  x: 'id',
};
const DIRECTIVES = [
  '',
  '',
  '',
  '@include(if: $yes)',
  '@skip(if: $yes)',
  '@include(if: $no)',
  '@skip(if: $no) @include(if: $yes)',
];
const CONDITIONS = ['', '... on Entity', '... on A', '... on B', '... on Either', '...'];

const MAX_DEPTH = 3;

const known = new Map<string, fc.Arbitrary<string>>();

/** One for each type and depth: there would be thousands. */
function selectionOf(type: string, depth: number): fc.Arbitrary<string> {
  const key = `${type} ${depth}`;
  const selection = known.get(key) ?? newSelectionOf(type, depth);
  known.set(key, selection);
  return selection;
}

function newSelectionOf(type: string, depth: number): fc.Arbitrary<string> {
  const directive = fc.constantFrom(...DIRECTIVES);
  const leaf = fc
    .tuple(fc.constantFrom('__typename', ...(LEAVES[type] ?? [])), directive)
    .map(([name, how]) => `${name} ${how}`);
  const aliases = Object.keys(ALIASES).filter(
    (alias) => LEAVES[type]?.includes(ALIASES[alias] ?? '') ?? false,
  );
  const alias = fc
    .tuple(fc.constantFrom('toJSON', ...aliases), directive)
    .map(([name, how]) => `${name}: ${ALIASES[name]} ${how}`);
  const links = depth > 0 ? (LINKS[type] ?? []) : [];
  const link = links.map(([name, target]) =>
    fc.tuple(selectionOf(target, depth - 1), directive).map(([set, how]) => `${name} ${how} ${set}`),
  );
  const fragment = (depth > 0 ? CONDITIONS : []).slice(1).map((condition) => {
    const of = condition.split(' ')[2] ?? type;
    return fc.tuple(selectionOf(of, depth - 1), directive).map(([set, how]) => `${condition} ${how} ${set}`);
  });
  const named = fc.constantFrom('...OfA', '...OfEntity', '...OfEither');
  return fc
    .array(fc.oneof(leaf, leaf, alias, ...link, ...fragment, named), { minLength: 1, maxLength: 4 })
    .map((parts) => `{ ${parts.join(' ')} }`);
}

/** Documents over those types; some are not legal. */
export const documents: fc.Arbitrary<string> = fc
  .constantFrom(['a', 'A'], ['entity', 'Entity'], ['either', 'Either'], ['list', 'A'])
  .chain(([name = '', type = '']) =>
    fc.tuple(fc.constant(name), selectionOf(type, MAX_DEPTH), selectionOf(type, 1)),
  )
  .map(
    ([
      name,
      first,
      second,
    ]) => `query ($yes: Boolean! = true, $no: Boolean = false) { ${name} ${first} ${name} ${second} }
      fragment OfA on A { id ratio peers { name ...OfB } }
      fragment OfB on B { list { id name @include(if: $no) } }
      fragment OfEntity on Entity { name ... on A { flag } }
      fragment OfEither on Either { ... on B { id } ...OfA }`,
  );

/** Values of conditions: one that is null is an error of the request. */
export const conditions: fc.Arbitrary<Record<string, unknown>> = fc.record(
  { yes: fc.boolean(), no: fc.option(fc.boolean()) },
  { requiredKeys: [] },
);

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"', '\\', '\u2028', '\ud800', '', 'é'.repeat(50)),
);
/** What no field should hold, and some do. */
const odd = fc.oneof(
  fc.anything({ maxDepth: 1, maxKeys: 2 }),
  fc.constantFrom<unknown>(
    new Error('hidden'),
    undefined,
    null,
    NaN,
    Infinity,
    -0,
    2 ** 31,
    () => 1,
    Symbol('odd'),
    10n,
  ),
  fc.constant(0).map(() => Promise.resolve(1)),
);

/** One value in so many is odd. */
const mostly = (usual: fc.Arbitrary<unknown>, oddness: number): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 200, arbitrary: usual },
    { weight: oddness, arbitrary: odd },
    { weight: oddness, arbitrary: fc.constant(null) },
  );

const { node } = fc.letrec<{ node: unknown; nodes: unknown }>((tie) => {
  const of = (oddness: number): fc.Arbitrary<unknown> => {
    // Most links are empty: rows would multiply with each level.
    const linked = mostly(fc.oneof(tie('node'), fc.constant(null), fc.constant(null)), oddness);
    const list = mostly(fc.array(linked, { maxLength: 2 }), oddness);
    return fc.record({
      __typename: mostly(fc.constantFrom('A', 'B'), oddness),
      id: mostly(fc.nat(), oddness),
      name: mostly(text, oddness),
      flag: mostly(fc.boolean(), oddness),
      ratio: mostly(fc.double({ noNaN: true, noDefaultInfinity: true }), oddness),
      kind: mostly(fc.constantFrom('ONE', 'TWO'), oddness),
      any: mostly(fc.jsonValue({ maxDepth: 2 }), oddness),
      key: mostly(text, oddness),
      tags: mostly(fc.array(fc.array(mostly(text, oddness), { maxLength: 2 }), { maxLength: 2 }), oddness),
      peers: list,
      b: linked,
      one: linked,
      a: linked,
      list,
      others: list,
    });
  };
  return {
    nodes: fc.constant(null),
    node: fc.oneof({ maxDepth: 2, depthIdentifier: 'node' }, fc.constant(null), of(0), of(4)),
  };
});

/** Rows as readers give them, some of them broken. */
export const rows: fc.Arbitrary<unknown> = node;
