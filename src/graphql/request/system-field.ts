import { type GraphQLSchema, isObjectType } from 'graphql';

/** Extension of a field that a system adds to a ShotGrid type. Its value is the system's name. */
export const SYSTEM = 'shotgraphSystem';

/** Whether a field of a ShotGrid type belongs to another system. */
export function isSystemField(schema: GraphQLSchema, type: string, field: string): boolean {
  const found = schema.getType(type);
  return isObjectType(found) && found.getFields()[field]?.extensions[SYSTEM] !== undefined;
}
