import { AppError } from '../base/errors.ts';
import type { ExposedSchema, ExposedType } from '../site/expose.ts';

/** One key of an order: a field of the type, or in place of it a link with a key of the row at its end. */
export interface SortInput {
  /** System name. */
  readonly field?: string | null;
  readonly direction: 'asc' | 'desc';
  readonly [link: string]: unknown;
}

export interface SortKey {
  /** System name or dotted path through single links (API 3.4). */
  readonly field: string;
  readonly direction: 'asc' | 'desc';
}

/** @throws AppError BAD_USER_INPUT for a key that names no field, or two */
export function compileSort(
  schema: ExposedSchema,
  type: ExposedType,
  keys: readonly SortInput[] | null | undefined,
): SortKey[] {
  return (keys ?? []).map((key, index) => compileKey(schema, type, key, ['sort', String(index)]));
}

function compileKey(
  schema: ExposedSchema,
  type: ExposedType,
  { field, direction, ...links }: SortInput,
  path: readonly string[],
): SortKey {
  const given = Object.entries(links).filter(([, key]) => key !== undefined && key !== null);
  const [link] = given;
  if (field !== undefined && field !== null && link === undefined) return { field, direction };
  if (link === undefined || given.length !== 1 || (field !== undefined && field !== null)) {
    throw new AppError('BAD_USER_INPUT', {
      message: 'A key of the order has either "field" or one link.',
      details: { path: path.join('.') },
    });
  }
  const [name, key] = link;
  const systemName = schema.names.systemField(type.type, name) ?? '';
  const target = schema.names.systemType(type.fields.get(systemName)?.target ?? '');
  const targetType = target === undefined ? undefined : schema.types.get(target);
  if (targetType === undefined) {
    throw new AppError('BAD_USER_INPUT', {
      message: 'There is no such link.',
      details: { path: [...path, name].join('.') },
    });
  }
  const inner = compileKey(schema, targetType, key as SortInput, [...path, name]);
  return { field: `${systemName}.${targetType.type}.${inner.field}`, direction: inner.direction };
}
