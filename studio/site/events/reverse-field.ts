import type { FieldModel } from '../schema-model/field-model.ts';
import type { SchemaModel } from '../schema-model/schema-model.ts';

/**
 * The field of a link's target that shows the same relation (API 5.2), whichever of the two is the stored one:
 * `Version.playlists` towards a Playlist -> `versions`. Undefined where the target shows nothing of it.
 */
export function reverseField(
  schema: SchemaModel,
  { type, field }: { type: string; field: string },
  targetType: string,
): FieldModel | undefined {
  const relation = schema.relation(type, field);
  if (relation?.kind === 'reverse') {
    return relation.type === targetType ? schema.field(targetType, relation.field) : undefined;
  }
  for (const candidate of schema.types.get(targetType)?.fields.values() ?? []) {
    const shown = schema.relation(targetType, candidate.name);
    const isSame =
      shown?.kind === 'connection'
        ? relation?.kind === 'connection' && shown.type === relation.type && shown.near === relation.far
        : shown?.type === type && shown.field === field;
    if (isSame) return candidate;
  }
  return undefined;
}
