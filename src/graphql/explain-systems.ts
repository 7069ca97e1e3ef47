import { type GraphQLField, type GraphQLObjectType, type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { ExposedSchema } from '../site/expose.ts';
import type { SystemParts } from '../systems/load-system-parts.ts';
import type { GraphqlContext } from './request/context.ts';
import type { FieldSource } from './resolve/declared-fields.ts';
import type { GraphPart } from './systems/graph-part.ts';
import { upstreamOf } from './systems/upstreams.ts';
import { withSystems } from './with-systems.ts';

const OF_SYSTEM = 'counted as one call; only the system knows how many there are, and which rows it names.';
/** A class may ask several systems, or none, and read more of ShotGrid. */
const OF_CLASS =
  'no call of it is counted; only the class knows what it asks of ShotGrid and of systems, and which rows it names.';

/**
 * Extends the schema with the other systems' parts, but calls none of them: their fields are null. Only a system
 * itself knows its calls and the ShotGrid rows that it would name.
 *
 * @param onAsked called with what is not known of a field, once it is asked
 */
export async function withSilentSystems(
  schema: GraphQLSchema,
  exposed: ExposedSchema,
  { remotes, ...parts }: SystemParts,
  onAsked: (unknown: string) => void,
): Promise<GraphQLSchema> {
  const connected = await withSystems(schema, exposed, { ...parts, remotes: [] }, (part) =>
    silentPart(part, onAsked),
  );
  const whole = await withSystems(connected, exposed, { connectors: [], remotes });
  silence(whole.getQueryType(), connected.getQueryType(), onAsked);
  silence(whole.getMutationType(), connected.getMutationType(), onAsked);
  return whole;
}

function silentPart(part: GraphPart, onAsked: (place: string) => void): GraphPart {
  const sources = [...part.sources].map(([place, { source }]) => {
    const isClass = part.origin === 'class';
    const ask = async (context: GraphqlContext): Promise<null> => {
      onAsked(`${place} (${part.name}): ${isClass ? OF_CLASS : OF_SYSTEM}`);
      if (!isClass) await context.systems(part.name)?.system.get(place);
      return null;
    };
    const silent: FieldSource =
      source.kind === 'value'
        ? { kind: 'value', resolve: (_root, _args, context) => ask(context) }
        : { ...source, begin: (context) => async (rows) => ask(context).then(() => rows.map(() => null)) };
    return [place, { source: silent }] as const;
  });
  return { ...part, sources: new Map(sources) };
}

/** Fields that were merged in from systems' schemas. All of a query go to their system in one request. */
function silence(
  root: GraphQLObjectType | null | undefined,
  before: GraphQLObjectType | null | undefined,
  onAsked: (unknown: string) => void,
): void {
  const known = before?.getFields() ?? {};
  const fields: GraphQLField<unknown, GraphqlContext>[] = Object.values(root?.getFields() ?? {});
  const queries = new WeakMap<GraphqlContext, Map<string, Promise<unknown>>>();
  for (const field of fields.filter(({ name }) => known[name] === undefined)) {
    const place = `${root?.name}.${field.name}`;
    const system = upstreamOf(field) ?? '';
    field.resolve = (_root, _args, context, { operation }) => {
      onAsked(`${place}: ${OF_SYSTEM}`);
      const ask = async (): Promise<unknown> => context.systems(system)?.system.get(place);
      if (operation.operation === OperationTypeNode.MUTATION) return ask();
      const asked = queries.get(context) ?? new Map<string, Promise<unknown>>();
      queries.set(context, asked);
      const sent = asked.get(system) ?? ask();
      asked.set(system, sent);
      return sent;
    };
  }
}
