import { invalidParameters, notFound, serverError } from '../http/api-error.ts';
import { SiteError } from '../ports.ts';
import type { FieldModel, Leaf, RawField } from '../schema-model/field-model.ts';
import type { TypeModel } from '../schema-model/schema-model.ts';
import type { EntityDeps } from './entity-deps.ts';
import { bodyOf } from './read.ts';

/** Data types that a field can be created with (API 7). */
const CREATABLE: ReadonlySet<string> = new Set([
  'checkbox',
  'currency',
  'date',
  'date_time',
  'duration',
  'entity',
  'float',
  'footage',
  'list',
  'multi_entity',
  'number',
  'percent',
  'status_list',
  'text',
  'timecode',
  'url',
  'uuid',
]);

const leaf = (value: unknown, editable = false): Leaf => ({ value, editable });

/** `POST /schema/<Type>/fields`: the name is derived from the display name and `sg_` (API 7). */
export function createField(deps: EntityDeps, type: TypeModel, input: unknown): FieldModel {
  const body = bodyOf(input);
  const dataType = String(body['data_type'] ?? '');
  const properties = propertiesOf(body);
  const displayName = properties.get('name');
  if (dataType === '') throw invalidParameters({ data_type: ['data_type is missing'] });
  if (dataType === 'calculated') throw serverError();
  if (!CREATABLE.has(dataType)) {
    throw new SiteError(400, 103, `Invalid data type: ${dataType}`, { source: {} });
  }
  if (typeof displayName !== 'string' || displayName === '') {
    throw invalidParameters({ properties: ['name is missing'] });
  }
  assertProperties(dataType, properties);
  const wanted = `sg_${displayName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '_')
    .replaceAll(/^_|_$/gu, '')}`;
  if (type.deletedFields.has(wanted)) throw retiredName(wanted);
  const name = freeName(type, wanted);
  return deps.schema.setField(type.type, rawField(type.type, dataType, displayName, properties), name);
}

function propertiesOf(body: Readonly<Record<string, unknown>>): Map<string, unknown> {
  const list = Array.isArray(body['properties']) ? (body['properties'] as unknown[]) : [];
  return new Map(
    list.map((item) => {
      const { property_name: name, value } = bodyOf(item);
      return [String(name), value];
    }),
  );
}

function assertProperties(dataType: string, properties: ReadonlyMap<string, unknown>): void {
  if (dataType === 'entity' || dataType === 'multi_entity') {
    const types = properties.get('valid_types');
    if (!Array.isArray(types) || types.length !== 1) {
      throw invalidParameters({ properties: ['valid_types must have exactly one element'] });
    }
  }
  if (dataType === 'checkbox' && !properties.has('default_value')) {
    throw invalidParameters({ properties: ['default_value is missing'] });
  }
}

/** The name of a deleted field stays taken (API 7). */
const retiredName = (name: string): SiteError =>
  new SiteError(
    400,
    103,
    `API schema_field_create() failed, there is a retired field with the same field_name: ${name}. Delete the retired field forever from the Trash Page in Shotgun and try again.`,
    { source: {} },
  );

/** A name that is used stays taken; a second one of the same display name gets `_1` (API 7). */
function freeName(type: TypeModel, wanted: string): string {
  const isTaken = (name: string): boolean => type.fields.has(name) || type.deletedFields.has(name);
  if (!isTaken(wanted)) return wanted;
  let number = 1;
  while (isTaken(`${wanted}_${number}`)) number += 1;
  return `${wanted}_${number}`;
}

function rawField(
  type: string,
  dataType: string,
  displayName: string,
  properties: ReadonlyMap<string, unknown>,
): RawField {
  const own: Record<string, Leaf> = {
    default_value: leaf(properties.get('default_value') ?? null, true),
    summary_default: leaf('none', true),
  };
  for (const key of ['valid_types', 'valid_values', 'display_values', 'hidden_values']) {
    if (properties.has(key)) own[key] = leaf(properties.get(key), true);
  }
  return {
    name: leaf(displayName, true),
    description: leaf(properties.get('description') ?? '', true),
    custom_metadata: leaf('', true),
    entity_type: leaf(type),
    data_type: leaf(dataType),
    editable: leaf(true),
    mandatory: leaf(false),
    unique: leaf(false),
    properties: own,
    visible: leaf(true, true),
    ui_value_displayable: leaf(true),
  };
}

export function updateField(deps: EntityDeps, type: TypeModel, name: string, input: unknown): FieldModel {
  const field = existing(type, name);
  const raw = structuredClone(field.raw) as Record<string, Leaf | Record<string, Leaf>>;
  for (const [property, value] of propertiesOf(bodyOf(input))) {
    const target = (raw[property] ?? (raw['properties'] as Record<string, Leaf>)[property]) as
      Leaf | undefined;
    if (target === undefined)
      throw invalidParameters({ properties: [`${property} is not a property of this field`] });
    if (!target.editable) {
      throw new SiteError(
        400,
        103,
        `API schema_field_update() ${type.type}.${name}: ${property} is not editable.`,
        {
          source: {},
        },
      );
    }
    target.value = value;
  }
  return deps.schema.setField(type.type, raw, name);
}

export function deleteField(type: TypeModel, name: string): void {
  const field = existing(type, name);
  // Whether visibility can be changed distinguishes stock fields from custom ones (API 7).
  if ((field.raw['visible'] as Leaf | undefined)?.editable !== true) {
    throw new SiteError(400, 103, `API schema_field_delete() ${type.type}.${name} cannot be deleted.`, {
      source: {},
    });
  }
  type.fields.delete(name);
  type.deletedFields.set(name, field);
}

export function reviveField(type: TypeModel, name: string, revive: unknown): void {
  if (revive !== true && revive !== 'true' && revive !== '1' && revive !== 'yes') {
    throw invalidParameters({ revive: [revive === undefined ? 'revive is missing' : 'revive must be true'] });
  }
  const field = type.deletedFields.get(name);
  if (field === undefined) throw notFound(`Field '${type.type}.${name}' does not exist.`, 103);
  type.deletedFields.delete(name);
  type.fields.set(name, field);
}

function existing(type: TypeModel, name: string): FieldModel {
  const field = type.fields.get(name);
  if (field === undefined) throw notFound(`Field '${type.type}.${name}' does not exist.`, 103);
  return field;
}
