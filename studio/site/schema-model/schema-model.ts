import type { FieldModel, Leaf, RawField } from './field-model.ts';
import { pathName, spellingsOf } from './type-paths.ts';
import { orderedField, orderedLeaves } from './wire-order.ts';
import { createRelations, type Relation, type Relations } from './relations.ts';

export interface TypeModel {
  readonly type: string;
  readonly displayName: string;
  /** As `/schema/<Type>` gives it. */
  readonly raw: Readonly<Record<string, Leaf>>;
  readonly fields: Map<string, FieldModel>;
  /** Fields that were deleted through the API: their names stay taken and they can be revived. */
  readonly deletedFields: Map<string, FieldModel>;
}

/** What the site knows of its types. Fields can be added and removed while it runs. */
export interface SchemaModel {
  readonly types: ReadonlyMap<string, TypeModel>;
  field(type: string, field: string): FieldModel | undefined;
  /** The field on the other side of a link, where both show one relation (API 5.2). */
  reverse(type: string, field: string): string | undefined;
  /** How a field that shows a relation stored elsewhere is computed. */
  relation(type: string, field: string): Relation | undefined;
  /** The field that names a row (API 8). */
  identityField(type: string): string | undefined;
  /** Schema name for any spelling of a path segment (API 2.2). */
  resolvePathSegment(segment: string): string | undefined;
  /** Canonical path segment of a type. */
  pathOf(type: string): string;
  setField(type: string, raw: RawField, name: string): FieldModel;
  /** Whether the product has a type of this name, be it enabled on this site or not. */
  isTypeName(name: string): boolean;
}

/** Slots that a site can enable (API 2.2). */
const CUSTOM_SLOT = /^Custom(?:NonProject|Threaded)?Entity\d{2}$/u;

const IDENTITY_FIELDS = ['code', 'content', 'subject', 'title', 'name', 'display_name', 'login', 'firstname'];
const IDENTITY_EXCEPTIONS: Readonly<Record<string, string>> = {
  Delivery: 'title',
  HumanUser: 'login',
  Note: 'subject',
  ApiUser: 'firstname',
  Project: 'name',
  Reply: 'content',
};

/** @throws Error where the snapshots are not of the wire form */
export function createSchemaModel(entityTypes: unknown, fields: unknown): SchemaModel {
  const types = new Map<string, TypeModel>();
  const rawTypes = dataOf(entityTypes, 'entity-types.json');
  const rawFields = fields as Readonly<Record<string, unknown>>;
  for (const [type, raw] of Object.entries(rawTypes)) {
    const model: TypeModel = {
      type,
      displayName: String((raw as Record<string, Leaf>)['name']?.value ?? type),
      raw: orderedLeaves(raw as Record<string, Leaf>),
      fields: new Map(),
      deletedFields: new Map(),
    };
    const ofType = rawFields[type] === undefined ? {} : dataOf(rawFields[type], `fields.json: ${type}`);
    for (const [name, field] of Object.entries(ofType)) {
      model.fields.set(name, fieldModel(name, orderedField(field as RawField)));
    }
    types.set(type, model);
  }
  return new Model(types);
}

class Model implements SchemaModel {
  readonly types: Map<string, TypeModel>;
  readonly #spellings = new Map<string, string>();
  readonly #paths = new Map<string, string>();
  readonly #relations: Relations;
  #typeNames: ReadonlySet<string> | undefined;

  constructor(types: Map<string, TypeModel>) {
    this.types = types;
    for (const type of types.keys()) {
      for (const spelling of spellingsOf(type)) {
        if (!this.#spellings.has(spelling)) this.#spellings.set(spelling, type);
      }
    }
    this.#relations = createRelations((type, field) => types.get(type)?.fields.get(field), types.keys());
  }

  field(type: string, field: string): FieldModel | undefined {
    return this.types.get(type)?.fields.get(field);
  }

  reverse(type: string, field: string): string | undefined {
    return this.#relations.reverse(type, field);
  }

  relation(type: string, field: string): Relation | undefined {
    return this.#relations.of(type, field);
  }

  identityField(type: string): string | undefined {
    const fields = this.types.get(type)?.fields;
    const candidates = [IDENTITY_EXCEPTIONS[type] ?? '', ...IDENTITY_FIELDS];
    return candidates.find((name) => fields?.get(name)?.dataType === 'text');
  }

  resolvePathSegment(segment: string): string | undefined {
    return this.types.has(segment) ? segment : this.#spellings.get(pathName(segment));
  }

  pathOf(type: string): string {
    const known = this.#paths.get(type);
    if (known !== undefined) return known;
    const path = spellingsOf(type)[0] ?? type;
    this.#paths.set(type, path);
    return path;
  }

  isTypeName(name: string): boolean {
    // Types that are not enabled here are known by the links that could lead to them.
    this.#typeNames ??= new Set([
      ...this.types.keys(),
      ...[...this.types.values()].flatMap(({ fields }) =>
        [...fields.values()].flatMap(({ validTypes }) => validTypes),
      ),
    ]);
    return this.#typeNames.has(name) || CUSTOM_SLOT.test(name);
  }

  setField(type: string, raw: RawField, name: string): FieldModel {
    const field = fieldModel(name, raw);
    this.types.get(type)?.fields.set(name, field);
    return field;
  }
}

function dataOf(value: unknown, place: string): Record<string, unknown> {
  const data = typeof value === 'object' && value !== null && 'data' in value ? value.data : undefined;
  if (typeof data === 'object' && data !== null) return data as Record<string, unknown>;
  throw new Error(`${place}: expected an object with the key "data", as GET /schema gives it`);
}

function fieldModel(name: string, raw: RawField): FieldModel {
  const leaf = (key: string): unknown => (raw[key] as Leaf | undefined)?.value;
  const property = (key: string): unknown =>
    (raw['properties'] as Record<string, Leaf> | undefined)?.[key]?.value;
  const list = (key: string): string[] => (Array.isArray(property(key)) ? (property(key) as string[]) : []);
  return {
    name,
    displayName: String(leaf('name') ?? name),
    dataType: String(leaf('data_type') ?? 'text'),
    editable: leaf('editable') === true,
    mandatory: leaf('mandatory') === true,
    unique: leaf('unique') === true,
    visible: leaf('visible') !== false,
    validTypes: list('valid_types'),
    validValues: list('valid_values'),
    displayValues: (property('display_values') as Record<string, string> | null | undefined) ?? {},
    hiddenValues: list('hidden_values'),
    defaultValue: property('default_value') ?? null,
    raw,
  };
}
