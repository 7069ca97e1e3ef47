import type { EntityRef } from '../ports.ts';

export type LinkMode = 'set' | 'add' | 'remove';

export interface LinkWrite {
  readonly mode: LinkMode;
  readonly value: unknown;
}

/** A list replaces the set; the wrapper `{multi_entity_update_mode, value}` works in the body only (API 5.2). */
export function linkWrite(value: unknown): LinkWrite {
  if (typeof value === 'object' && value !== null && 'multi_entity_update_mode' in value) {
    const { multi_entity_update_mode: mode, value: links } = value as Record<string, unknown>;
    if (mode === 'add' || mode === 'remove' || mode === 'set') return { mode, value: links };
  }
  return { mode: 'set', value };
}

/** The links after a write: each once, in the order in which they came. */
export function linksAfter(
  mode: LinkMode,
  before: readonly EntityRef[],
  given: readonly EntityRef[],
): EntityRef[] {
  const key = ({ type, id }: EntityRef): string => `${type}:${id}`;
  const givenKeys = new Set(given.map(key));
  const all =
    mode === 'remove'
      ? before.filter((ref) => !givenKeys.has(key(ref)))
      : mode === 'add'
        ? [...before, ...given]
        : given;
  return [...new Map(all.map((ref) => [key(ref), { type: ref.type, id: ref.id }])).values()];
}
