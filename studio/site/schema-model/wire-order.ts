import type { Leaf, RawField } from './field-model.ts';

/** The order of keys on the wire (API 7). A snapshot from a file may have been sorted. */
const FIELD_KEYS = [
  'name',
  'description',
  'custom_metadata',
  'entity_type',
  'data_type',
  'editable',
  'mandatory',
  'unique',
  'properties',
  'visible',
  'ui_value_displayable',
];
const PROPERTY_KEYS = [
  'default_value',
  'summary_default',
  'valid_types',
  'valid_values',
  'display_values',
  'hidden_values',
];

/** A copy of a field with its keys, and those of its leaves, in the site's order. */
export function orderedField(field: RawField): RawField {
  const ordered: Record<string, Leaf | Record<string, Leaf>> = {};
  for (const key of inOrder(Object.keys(field), FIELD_KEYS)) {
    const part = field[key];
    if (part === undefined) continue;
    ordered[key] =
      key === 'properties' ? orderedLeaves(part as Record<string, Leaf>, PROPERTY_KEYS) : leaf(part as Leaf);
  }
  return ordered;
}

export function orderedLeaves(
  leaves: Readonly<Record<string, Leaf>>,
  keys: readonly string[] = ['name'],
): Record<string, Leaf> {
  return Object.fromEntries(
    inOrder(Object.keys(leaves), keys).flatMap((key) => {
      const value = leaves[key];
      return value === undefined ? [] : [[key, leaf(value)] as const];
    }),
  );
}

const leaf = ({ value, editable }: Leaf): Leaf => ({ value: structuredClone(value), editable });

/** Known keys first, in their order; the others as they came. */
function inOrder(keys: readonly string[], known: readonly string[]): string[] {
  return [...known.filter((key) => keys.includes(key)), ...keys.filter((key) => !known.includes(key))];
}
