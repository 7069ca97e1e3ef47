import type { EntitySelection } from '../../src/query/ports/selection.ts';

export type Asked = Readonly<Record<string, true | 'name' | Readonly<Record<string, object>>>>;

/** `{code: true, sg_task: {Task: {content: true}}, entity: 'name'}` as a selection. */
export function selectionOf(asked: Asked): EntitySelection {
  const links = new Map<string, ReadonlyMap<string, EntitySelection>>();
  const namedLinks = new Set<string>();
  for (const [field, what] of Object.entries(asked)) {
    if (what === 'name') namedLinks.add(field);
    if (typeof what !== 'object') continue;
    links.set(
      field,
      new Map(Object.entries(what).map(([type, inner]) => [type, selectionOf(inner as Asked)])),
    );
  }
  return { fields: new Set(Object.keys(asked)), links, namedLinks };
}
