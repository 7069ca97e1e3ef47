import { z } from 'zod';
import { byName } from './by-name.ts';
import { SiteSchemaError } from './site-schema-error.ts';
import type { EntityTypeSchema, FieldSchema, SiteSchema } from './site-schema.ts';

/** Every property of the wire form is `{value, editable}` (API 7). */
const property = <T extends z.ZodType>(value: T) => z.object({ value });
const TEXT = property(z.string().nullable()).optional();
const FLAG = property(z.boolean().nullable()).optional();
const NAMES = property(z.array(z.string()).nullable()).optional();

const FIELD = z.object({
  name: TEXT,
  description: TEXT,
  data_type: property(z.string().min(1)),
  editable: FLAG,
  mandatory: FLAG,
  unique: FLAG,
  properties: z
    .object({
      default_value: property(z.unknown()).optional(),
      valid_types: NAMES,
      valid_values: NAMES,
      display_values: property(byName(z.string()).nullable()).optional(),
      hidden_values: NAMES,
    })
    .optional(),
});

const WIRE = z.object({
  'entity-types': z.object({ data: byName(z.object({ name: TEXT })) }),
  fields: byName(z.object({ data: byName(FIELD) })),
});

type WireField = z.infer<typeof FIELD>;

/**
 * Parses the answers of `GET /schema` and of `GET /schema/<Type>/fields` (by type). Unknown data types keep their
 * spelling. A type whose fields are missing is left out: a pull that failed for one type must not lose the others.
 *
 * @throws z.ZodError if the form differs; its paths begin with `entity-types` or `fields`
 * @throws SiteSchemaError if no type is left
 */
export function parseSiteSchema(entityTypes: unknown, fields: unknown): SiteSchema {
  const wire = WIRE.parse({ 'entity-types': entityTypes, fields });
  const types = new Map<string, EntityTypeSchema>();
  const told = wire['entity-types'].data;
  for (const type of [...told.keys()].sort()) {
    const typeFields = wire.fields.get(type)?.data;
    if (typeFields === undefined) continue;
    types.set(type, {
      type,
      displayName: told.get(type)?.name?.value?.trim() || type,
      fields: toFields(typeFields),
    });
  }
  if (types.size === 0) throw new SiteSchemaError(['The schema has no entity type with fields.']);
  return { types };
}

function toFields(wire: ReadonlyMap<string, WireField>): ReadonlyMap<string, FieldSchema> {
  const sorted = [...wire].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(sorted.map(([name, field]) => [name, toField(name, field)]));
}

function toField(name: string, wire: WireField): FieldSchema {
  const properties = wire.properties ?? {};
  return {
    name,
    displayName: wire.name?.value?.trim() || name,
    description: wire.description?.value ?? '',
    dataType: wire.data_type.value,
    editable: wire.editable?.value ?? false,
    mandatory: wire.mandatory?.value ?? false,
    unique: wire.unique?.value ?? false,
    validTypes: properties.valid_types?.value ?? [],
    validValues: properties.valid_values?.value ?? [],
    displayValues: properties.display_values?.value ?? new Map(),
    hiddenValues: properties.hidden_values?.value ?? [],
    defaultValue: properties.default_value?.value ?? null,
  };
}
