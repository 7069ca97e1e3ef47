import type { Dataset, EntityRef } from './ports.ts';
import { createSchemaModel } from './schema-model/schema-model.ts';
import type { FieldModel } from './schema-model/field-model.ts';

/** Types that hold the site together; the site makes those rows itself. */
const NOT_MADE: ReadonlySet<string> = new Set([
  'ApiUser',
  'PermissionRuleSet',
  'EventLogEntry',
  'ActionMenuItem',
]);
const FIRST_DAY_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

/**
 * So many rows of each type of a schema, each field with a value that its data type may have. The same seed gives the
 * same rows. Links lead to rows that are there; rows of a project belong to one of those made.
 */
export function generateRows(dataset: Dataset, perType: number, seed: number): Dataset {
  const schema = createSchemaModel(dataset.entityTypes, dataset.fields);
  const random = randomOf(seed);
  const types = [...schema.types.keys()].filter((type) => !NOT_MADE.has(type)).sort();
  const made = new Set(types);
  const rows = Object.fromEntries(
    types.map((type) => [
      type,
      Array.from({ length: perType }, (_, index) => {
        const row: { id: number; [field: string]: unknown } = { id: index + 1 };
        for (const field of schema.types.get(type)?.fields.values() ?? []) {
          const value = valueOf(field, { type, index, perType, made, random });
          if (value !== undefined && field.name !== 'id') row[field.name] = value;
        }
        return row;
      }),
    ]),
  );
  return { ...dataset, rows: { ...rows, ...dataset.rows } };
}

interface Place {
  readonly type: string;
  readonly index: number;
  readonly perType: number;
  readonly made: ReadonlySet<string>;
  /** A whole number from 0 to below the limit. */
  readonly random: (limit: number) => number;
}

function valueOf(field: FieldModel, place: Place): unknown {
  const { type, index, random } = place;
  switch (field.dataType) {
    case 'text':
      return field.name === 'cached_display_name' ? undefined : `${type} ${field.name} ${index + 1}`;
    case 'number':
    case 'duration':
    case 'timecode':
      return random(10_000);
    case 'percent':
      return random(101);
    case 'float':
    case 'currency':
      return `${random(1000)}.5`;
    case 'checkbox':
      return field.name !== 'archived' && random(2) === 1;
    case 'list':
    case 'status_list':
      return field.validValues.length === 0 ? null : field.validValues[random(field.validValues.length)];
    case 'date':
      return new Date(FIRST_DAY_MS + random(300) * DAY_MS).toISOString().slice(0, 10);
    case 'date_time':
      return `${new Date(FIRST_DAY_MS + random(300 * 86_400) * 1000).toISOString().slice(0, 19)}Z`;
    case 'entity':
      return linkOf(field, place) ?? null;
    case 'multi_entity':
      return Array.from({ length: random(3) }, () => linkOf(field, place)).filter(
        (link) => link !== undefined,
      );
    default:
      return undefined;
  }
}

function linkOf({ validTypes }: FieldModel, { made, perType, random }: Place): EntityRef | undefined {
  const types = validTypes.filter((type) => made.has(type));
  const type = types[random(Math.max(1, types.length))];
  return type === undefined ? undefined : { type, id: 1 + random(perType) };
}

/** A small generator of numbers (a linear congruence): good enough for rows, and the same everywhere. */
function randomOf(seed: number): (limit: number) => number {
  let state = (seed >>> 0) + 1;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
