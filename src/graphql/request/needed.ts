import { type GraphQLField, type GraphQLSchema, isObjectType } from 'graphql';
import type { EntitySelection } from '../../query/ports/selection.ts';

/** Extension of a field that a connector or a class adds to a ShotGrid type: what it needs of its row. */
const NEEDED = 'shotgraphNeeded';

class Needed {
  readonly selection: EntitySelection;

  constructor(selection: EntitySelection) {
    this.selection = selection;
  }
}

/** Every selection with the field then reads this as well. */
export function markNeeded(
  schema: GraphQLSchema,
  type: string,
  field: string,
  needed: EntitySelection,
): void {
  const found = fieldOf(schema, type, field);
  if (found === undefined) throw new Error(`The schema has no ${type}.${field}.`);
  found.extensions = { ...found.extensions, [NEEDED]: new Needed(needed) };
}

/** What a field needs of its row; undefined if it is a field of ours. */
export function neededBy(schema: GraphQLSchema, type: string, field: string): EntitySelection | undefined {
  const needed = fieldOf(schema, type, field)?.extensions[NEEDED];
  return needed instanceof Needed ? needed.selection : undefined;
}

function fieldOf(
  schema: GraphQLSchema,
  type: string,
  field: string,
): GraphQLField<unknown, unknown> | undefined {
  const found = schema.getType(type);
  return isObjectType(found) ? found.getFields()[field] : undefined;
}
