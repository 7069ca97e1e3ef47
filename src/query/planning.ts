import { AppError } from '../base/errors.ts';
import type { ExposedSchema, ExposedType } from '../site/expose.ts';
import { displayNameField, type MutableNode } from './decoder.ts';
import { type EntitySelection, mergeSelections } from './selection.ts';

/**
 * The plan of a read, one level at a time: which fields one search asks for, and which links it leaves to the next
 * level. Pure. Paths through links would widen a search here and take their links off the next level.
 */

/** A link of which more is asked than it carries: the node to fill and what to fill in. */
export interface LinkPlace {
  readonly node: MutableNode;
  readonly selection: EntitySelection;
}

/** The reads of one type at one level: one search for all places, with the fields of all of them. */
export interface LevelRead {
  readonly type: string;
  readonly places: readonly LinkPlace[];
  readonly ids: ReadonlySet<number>;
  readonly selection: EntitySelection;
}

/** System names of one search, sorted. Never empty: what an omitted list means is unknown (API 3.1). */
export function fieldsToRead(type: ExposedType, selection: EntitySelection): ReadonlySet<string> {
  const nameField = displayNameField(type);
  const names = new Set([...selection.fields, nameField ?? 'id']);
  return new Set([...names].sort());
}

/** The reads that these rows still need for the selection: one per type, however many fields and rows link to it. */
export function planLevel(
  type: ExposedType,
  nodes: readonly MutableNode[],
  selection: EntitySelection,
): readonly LevelRead[] {
  const groups = new Map<string, LinkPlace[]>();
  for (const place of linkPlaces(type, nodes, selection)) {
    const group = groups.get(place.node.type);
    if (group === undefined) groups.set(place.node.type, [place]);
    else group.push(place);
  }
  return [...groups].map(([target, places]) => ({
    type: target,
    places,
    ids: new Set(places.map(({ node }) => node.id)),
    selection: mergeSelections([...new Set(places.map((place) => place.selection))]),
  }));
}

function* linkPlaces(
  type: ExposedType,
  nodes: readonly MutableNode[],
  selection: EntitySelection,
): Iterable<LinkPlace> {
  for (const [field, targets] of selection.links) {
    const name = type.fields.get(field)?.graphqlName;
    if (name === undefined || ![...targets.values()].some(needsRead)) continue;
    for (const node of nodes) {
      const value = node[name] as MutableNode | readonly MutableNode[] | null | undefined;
      for (const link of value === null || value === undefined ? [] : [value].flat()) {
        const target = targets.get(link.type);
        if (target !== undefined && needsRead(target)) yield { node: link, selection: target };
      }
    }
  }
}

const needsRead = (selection: EntitySelection): boolean => selection.fields.size > 0;

/** @throws AppError NOT_FOUND for a type that the API does not have */
export function typeOf(schema: ExposedSchema, type: string): ExposedType {
  const exposed = schema.types.get(type);
  if (exposed === undefined) throw new AppError('NOT_FOUND');
  return exposed;
}
