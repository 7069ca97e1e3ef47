import type { GraphQLField, GraphQLObjectType, GraphQLSchema } from 'graphql';
import type { ExposedSchema } from '../site/expose.ts';
import type { SystemParts } from '../systems/load-system-parts.ts';
import type { GraphPart } from './systems/connectors.ts';
import { withSystems } from './with-systems.ts';

/**
 * Extends the schema with the other systems' parts, but calls none of them: their fields are null. Only a system
 * itself knows its calls and the ShotGrid rows that it would name.
 */
export async function withSilentSystems(
  schema: GraphQLSchema,
  exposed: ExposedSchema,
  { remotes, ...parts }: SystemParts,
  onAsked: (place: string) => void,
): Promise<GraphQLSchema> {
  const connected = await withSystems(schema, exposed, { ...parts, remotes: [] }, (part) =>
    silentPart(part, onAsked),
  );
  const whole = await withSystems(connected, exposed, { connectors: [], remotes });
  silence(whole.getQueryType(), connected.getQueryType(), onAsked);
  silence(whole.getMutationType(), connected.getMutationType(), onAsked);
  return whole;
}

function silentPart(entry: GraphPart, onAsked: (place: string) => void): GraphPart {
  if (entry.resolvers !== undefined) {
    const silent = [...entry.resolvers.keys()].map(
      (place) =>
        [
          place,
          () => {
            onAsked(`${place} (${entry.name})`);
            return null;
          },
        ] as const,
    );
    return { ...entry, resolvers: new Map(silent) };
  }
  const { typeDefs, fields = {}, queries = {}, mutations = {} } = entry.connector;
  const told = (type: string, field: string): void => onAsked(`${type}.${field} (${entry.name})`);
  const roots = (type: string, names: object) =>
    Object.fromEntries(
      Object.keys(names).map((field) => [
        field,
        async () => {
          told(type, field);
          return null;
        },
      ]),
    );
  const ofRows = Object.entries(fields).map(([type, names]) => [
    type,
    Object.fromEntries(
      Object.keys(names).map((field) => [
        field,
        async (rows: readonly unknown[]) => {
          told(type, field);
          return rows.map(() => null);
        },
      ]),
    ),
  ]);
  return {
    ...entry,
    connector: {
      typeDefs,
      fields: Object.fromEntries(ofRows),
      queries: roots('Query', queries),
      mutations: roots('Mutation', mutations),
    },
  };
}

/** Fields that were merged in from systems' schemas. */
function silence(
  root: GraphQLObjectType | null | undefined,
  before: GraphQLObjectType | null | undefined,
  onAsked: (place: string) => void,
): void {
  const known = before?.getFields() ?? {};
  const fields: GraphQLField<unknown, unknown>[] = Object.values(root?.getFields() ?? {});
  for (const field of fields.filter(({ name }) => known[name] === undefined)) {
    field.resolve = () => {
      onAsked(`${root?.name}.${field.name}`);
      return null;
    };
  }
}
