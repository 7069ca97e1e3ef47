import { type GraphQLSchema, isObjectType } from 'graphql';

/** Extension of a field that a system adds to a type of ShotGrid; its value is the system's name. */
export const SYSTEM = 'shotgraphSystem';

/** Whether a field of a type of ShotGrid is another system's. */
export function isSystemField(schema: GraphQLSchema, type: string, field: string): boolean {
  const found = schema.getType(type);
  return isObjectType(found) && found.getFields()[field]?.extensions[SYSTEM] !== undefined;
}
