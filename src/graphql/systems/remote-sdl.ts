import {
  buildASTSchema,
  buildClientSchema,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  type IntrospectionQuery,
  isTypeExtensionNode,
  Kind,
  parse,
  printSchema,
  specifiedDirectives,
  type TypeDefinitionNode,
  visit,
} from 'graphql';
import { validateSDL } from 'graphql/validation/validate.js';
import { ConnectorError, type RemoteSchema } from '../../systems/load-system-parts.ts';
import { sdlMistake } from './sdl-mistakes.ts';

/**
 * Builds the schema of another system from its published form: SDL (also of a federation subgraph) or the answer
 * to an introspection query.
 *
 * @throws ConnectorError with the place in the file
 */
export function remoteSchemaOf(remote: RemoteSchema): GraphQLSchema {
  const schema = built(remote);
  if (schema.getQueryType() !== undefined && schema.getQueryType() !== null) return schema;
  throw new ConnectorError(
    remote.name,
    `${remote.file ?? 'its schema'} has no type Query, so nothing could be asked of it. Publish the whole schema, or name its root: schema { query: ... }`,
  );
}

function built(remote: RemoteSchema): GraphQLSchema {
  try {
    const isJson = remote.typeDefs.trimStart().startsWith('{');
    const sdl = isJson ? printSchema(buildClientSchema(introspectionIn(remote.typeDefs))) : remote.typeDefs;
    const document = readable(parse(sdl));
    const [mistake] = validateSDL(document);
    if (mistake !== undefined) throw mistake;
    return buildASTSchema(document, { assumeValidSDL: true });
  } catch (error) {
    throw sdlMistake(remote, error);
  }
}

/** Tools write the whole answer of the endpoint, or only its `data`. */
function introspectionIn(text: string): IntrospectionQuery {
  const content = JSON.parse(text) as { readonly data?: unknown };
  return (content.data ?? content) as IntrospectionQuery;
}

/**
 * Removes the parts that only the system's own tools use: directives unknown to GraphQL, and a subgraph's
 * extensions of types that another subgraph defines.
 */
function readable(document: DocumentNode): DocumentNode {
  const plain = visit(document, {
    Directive: (node) => (isKnown(node.name.value) ? undefined : null),
    DirectiveDefinition: () => null,
    SchemaExtension: {
      // Without its directives, `extend schema @link(...)` would be empty.
      leave: (node) => ((node.operationTypes?.length ?? 0) === 0 ? null : undefined),
    },
  });
  const roots = rootsOf(plain);
  const defined = new Set(
    plain.definitions.flatMap((node) => (isTypeExtensionNode(node) ? [] : nameOf(node))),
  );
  const definitions = plain.definitions.map((given): DefinitionNode => {
    const node = withoutInterfaces(given, roots);
    if (!isTypeExtensionNode(node) || defined.has(node.name.value)) return node;
    defined.add(node.name.value);
    return { ...node, kind: DEFINITIONS[node.kind] } as TypeDefinitionNode;
  });
  return { ...plain, definitions };
}

/** Root fields get a prefix here, so they no longer match an interface. */
const withoutInterfaces = (node: DefinitionNode, roots: ReadonlySet<string>): DefinitionNode =>
  (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION) &&
  roots.has(node.name.value)
    ? { ...node, interfaces: [] }
    : node;

function rootsOf({ definitions }: DocumentNode): ReadonlySet<string> {
  const operations = definitions.flatMap((node) =>
    node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION
      ? (node.operationTypes ?? [])
      : [],
  );
  const named = operations.map(({ type }) => type.name.value);
  return new Set(named.length > 0 ? named : ['Query', 'Mutation', 'Subscription']);
}

const isKnown = (name: string): boolean => specifiedDirectives.some((directive) => directive.name === name);

const nameOf = (node: DefinitionNode): string[] =>
  'name' in node && node.name !== undefined ? [node.name.value] : [];

const DEFINITIONS = {
  [Kind.OBJECT_TYPE_EXTENSION]: Kind.OBJECT_TYPE_DEFINITION,
  [Kind.INTERFACE_TYPE_EXTENSION]: Kind.INTERFACE_TYPE_DEFINITION,
  [Kind.UNION_TYPE_EXTENSION]: Kind.UNION_TYPE_DEFINITION,
  [Kind.ENUM_TYPE_EXTENSION]: Kind.ENUM_TYPE_DEFINITION,
  [Kind.INPUT_OBJECT_TYPE_EXTENSION]: Kind.INPUT_OBJECT_TYPE_DEFINITION,
  [Kind.SCALAR_TYPE_EXTENSION]: Kind.SCALAR_TYPE_DEFINITION,
} as const;
