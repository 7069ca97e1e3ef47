import {
  getNullableType,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredInputField,
} from 'graphql';
import type { Dataset } from '../../studio/site/ports.ts';
import type { Draw } from './said-values.ts';

/** One field of Query with its arguments. */
export interface Asking {
  readonly field: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly selection: string;
}

/** Root fields of lists, and the type of their rows. */
const LISTS = {
  versions: 'Version',
  shots: 'Shot',
  notes: 'Note',
  tasks: 'Task',
  projects: 'Project',
} as const;
const MAX_DEPTH = 3;

/** A list with a random filter and order, by the schema's own input types. */
export function randomAsking(schema: GraphQLSchema, dataset: Dataset, draw: Draw): Asking {
  const field = draw('versions', 'shots', 'notes', 'notes', 'tasks', 'projects');
  const value = (type: string): unknown => {
    const found = schema.getType(type);
    if (!isInputObjectType(found)) throw new Error(`there is no ${type}`);
    return randomValue({ dataset, draw }, found);
  };
  const type = LISTS[field];
  const meta = { meta: draw<object>({ contains: { b: [1] } }, { isNot: { a: { deep: true }, c: 'x' } }) };
  const filter = field === 'notes' && draw(true, false) ? meta : value(`${type}Filter`);
  return {
    field,
    args: {
      filter,
      ...(draw(true, false) && { first: draw(1, 3, 50) }),
      ...(draw(true, false) && {
        sort: [{ field: draw('ID', 'CREATED_AT'), direction: draw('ASC', 'DESC') }],
      }),
      ...(draw(true, false, false) && { retired: draw(true, false) }),
    },
    selection: 'totalCount nodes { id name createdBy { id name } }',
  };
}

interface Parts {
  readonly dataset: Dataset;
  readonly draw: Draw;
}

const SCALARS: Readonly<Record<string, readonly [unknown, ...unknown[]]>> = {
  Int: [1, 3, -7],
  SafeInt: [1, 5_000_000_000],
  Float: [1.5, 24],
  String: ['a', 'rev', 'Lantern'],
  Boolean: [true, false],
  Date: ['2026-08-01', '2026-09-02'],
  DateTime: ['2026-09-01T12:00:00Z', '2026-03-01T00:00:00+02:00'],
  JSON: [{ a: 1, b: ['x'] }],
  JSONObject: [{ a: 1, b: ['x', { c: true }] }],
  UUID: ['7c1e04a2-0000-4000-8000-000000000001'],
};

/** A value that the type takes; the site may still refuse it, as it does each time. */
export function randomValue(parts: Parts, type: GraphQLInputType, depth = 0): unknown {
  const { draw } = parts;
  const given = getNullableType(type);
  if (isListType(given)) {
    const length = depth >= MAX_DEPTH ? 1 : draw(1, 1, 2);
    return Array.from({ length }, () => randomValue(parts, given.ofType, depth + 1));
  }
  if (isEnumType(given))
    return first(
      draw,
      given.getValues().map(({ name }) => name),
    );
  if (!isInputObjectType(given)) return draw(...(SCALARS[given.name] ?? ['x']));
  if (given.name === 'EntityRefInput') return randomRef(parts);
  const fields = Object.values(given.getFields());
  const deep = fields.filter((field) => isInputObjectType(getNullableType(field.type)));
  const flat = fields.filter((field) => !deep.includes(field) && !isListType(getNullableType(field.type)));
  const isEnd = depth >= MAX_DEPTH && flat.length > 0;
  const chosen = new Set([
    ...fields.filter((field) => isRequiredInputField(field)),
    ...Array.from({ length: draw(1, 1, 2) }, () => first(draw, isEnd ? flat : fields)),
  ]);
  return Object.fromEntries(
    [...chosen].map(({ name, type: each }) => [name, randomValue(parts, each, depth + 1)]),
  );
}

function randomRef({ dataset, draw }: Parts): object {
  const type = draw('Project', 'Shot', 'HumanUser', 'Task', 'Version');
  return { type, id: first(draw, dataset.rows[type] ?? []).id };
}

function first<T>(draw: Draw, items: readonly T[]): T {
  const [one, ...others] = items;
  if (one === undefined) throw new Error('nothing to draw from');
  return draw(one, ...others);
}
