import { compactDecrypt } from 'jose';
import { kindOf, LASTING } from '../../src/store/vault.ts';
import type { DumpedRecord } from './dumped-store.ts';

/** Paths of a value with the types that stand there; rows of a list count as one. */
function shapeOf(value: unknown, path = ''): readonly string[] {
  if (value === null || typeof value !== 'object')
    return [`${path}: ${value === null ? 'null' : typeof value}`];
  const parts = Array.isArray(value)
    ? value.flatMap((each) => shapeOf(each, `${path}[]`))
    : Object.entries(value).flatMap(([name, each]) => shapeOf(each, `${path}.${name}`));
  return [...new Set(parts)].toSorted();
}

/** The shapes of each kind of encrypted records, with their form. */
export async function shapesIn(
  records: readonly DumpedRecord[],
  key: Uint8Array,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const shapes = new Map<string, Set<string>>();
  for (const record of records.filter(({ value }) => value.startsWith('ey'))) {
    const { plaintext, protectedHeader } = await compactDecrypt(record.value, key);
    const kind = kindOf(String(protectedHeader['for']));
    const shape = shapeOf(JSON.parse(new TextDecoder().decode(plaintext)));
    const known = shapes.get(kind) ?? new Set();
    const form = LASTING.has(kind) ? 'any' : (protectedHeader['form'] ?? 1);
    shapes.set(kind, known.add(`form ${JSON.stringify(form)}: ${shape.join(', ')}`));
  }
  return new Map([...shapes].map(([kind, known]) => [kind, [...known].toSorted()]));
}

/** The kinds whose records are still of the first form: these must have the shapes of the first version. */
export const ofFirstForm = (
  shapes: ReadonlyMap<string, readonly string[]>,
): readonly (readonly [kind: string, shapes: readonly string[]])[] =>
  [...shapes].filter(([, all]) => !all.some((shape) => /^form [2-9]/u.test(shape)));
