import type { GraphQLNamedType, GraphQLTypeResolver } from 'graphql';
import type { NeedingResolver, RowsResolver } from '../../systems/connector.ts';
import type { NamedConnector, SdlSource } from '../../systems/load-system-parts.ts';
import type { GraphqlContext } from '../request/context.ts';
import type { FieldSource } from '../resolve/declared-fields.ts';
import { connectorOf, ofMutation, ofRoot, ofRows } from './connector-resolvers.ts';
import { mistakeIn } from './sdl-mistakes.ts';

/** What a connector, or the classes of an extension, add to the graph. */
export interface GraphPart extends SdlSource {
  readonly origin: 'connector' | 'class';
  readonly typeDefs: string;
  /** By `Type.field`. */
  readonly sources: ReadonlyMap<string, PartSource>;
  /** Its scalars and enums, with their places: SDL cannot say their values. */
  readonly leaves?: ReadonlyMap<GraphQLNamedType, string>;
  /** Its interfaces and unions: the name of the type of a value. */
  readonly resolveTypes?: ReadonlyMap<string, GraphQLTypeResolver<unknown, GraphqlContext>>;
}

export interface PartSource {
  readonly source: FieldSource;
  /** The function, for its place in the file. */
  readonly run?: unknown;
}

/** @throws ConnectorError if a field has two resolvers */
export function partOfConnector({ connector, ...source }: NamedConnector): GraphPart {
  const { typeDefs, fields = {}, queries = {}, mutations = {} } = connector;
  const origin = connectorOf(source.name);
  const sources = new Map<string, PartSource>();
  const add = (place: string, added: PartSource): void => {
    if (sources.has(place)) throw mistakeIn(source, added.run, `${place} has two resolvers.`);
    sources.set(place, added);
  };
  for (const [type, ofType] of Object.entries(fields)) {
    for (const [field, given] of Object.entries(ofType)) {
      const { run, needs } = needingOf(given);
      add(`${type}.${field}`, { source: { ...ofRows(origin, field, run), needs }, run });
    }
  }
  for (const [field, run] of Object.entries(queries))
    add(`Query.${field}`, { source: { kind: 'value', resolve: ofRoot(origin, field, run) }, run });
  for (const [field, run] of Object.entries(mutations))
    add(`Mutation.${field}`, { source: { kind: 'value', resolve: ofMutation(origin, field, run) }, run });
  return { ...source, origin: 'connector', typeDefs, sources };
}

const needingOf = (given: RowsResolver | NeedingResolver) =>
  typeof given === 'function' ? { run: given, needs: [] } : { run: given.resolve, needs: given.needs };
