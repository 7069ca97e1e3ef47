import type { FieldValue, Row } from '../../shotgun/port/records.ts';
import type { ExposedField, ExposedSchema } from '../../site/expose.ts';
import { nameFields, rowName } from '../plan/link-paths.ts';
import {
  createPathFiller,
  decodeOf,
  type LinkPlace,
  type MutableNode,
  nodeOf,
  type PathFiller,
} from './field-values.ts';
import { shownEvent, tellsOfOthers } from '../plan/hidden-values.ts';
import type { ReadPlan } from '../plan/planning.ts';
import { KEPT_FROM_ROLE, ROW, SEEN } from '../ports/selection.ts';

/** A requested field that did not come with its row. */
export interface MissingPlace {
  readonly node: MutableNode;
  readonly field: ExposedField;
}

/** Converts rows of ShotGrid into nodes. One per plan, so that names are looked up once and not per row. */
export interface Decoder {
  /**
   * @param places receives the links that still must be read
   * @param missing receives the fields that the row lacks; they are null here
   */
  node(row: Row, places: LinkPlace[], missing: MissingPlace[]): MutableNode;
  /**
   * Marks a linked entity whose row the person may not see: every field is null, also checkboxes and lists,
   * because false and [] would reveal something about the row.
   */
  hide(node: MutableNode): void;
  /** Marks a linked entity whose row could not be read: each field becomes the error. */
  fail(node: MutableNode, error: Error): void;
  /** Gives a linked entity the fields of its row, and leaves its other fields as they are. */
  fill(node: MutableNode, row: MutableNode): void;
}

interface Step {
  readonly field: ExposedField;
  readonly source: string;
  readonly target: string;
  readonly decode: (value: FieldValue, row: Row, places: LinkPlace[]) => unknown;
}

export function createDecoder(schema: ExposedSchema, plan: ReadPlan): Decoder {
  const { type, selection } = plan;
  const names = nameFields(type);
  const telling = tellsOfOthers(type.type);
  const asksRow = selection.fields.has(ROW);
  const steps = [...selection.fields].flatMap((name): Step[] => {
    const field = type.fields.get(name);
    return field === undefined ? [] : [stepOf(schema, plan, field)];
  });
  return {
    node(given, places, missing) {
      const row = telling ? { ...given, fields: shownEvent(schema, given.fields) } : given;
      const node = nodeOf(type.graphqlName, row, rowName(row, names));
      let kept: Set<string> | undefined;
      for (const { field, source, target, decode } of steps) {
        // An omitted checkbox or list is unknown: neither "not checked" nor "none".
        const isLeftOut = given.fields[source] === undefined && source !== 'id';
        if (isLeftOut) {
          missing.push({ node, field });
          (kept ??= new Set<string>()).add(target);
        }
        node[target] = isLeftOut ? null : decode(row.fields[source] ?? null, row, places);
      }
      if (kept !== undefined) node[KEPT_FROM_ROLE] = kept;
      if (asksRow) node[SEEN] = true;
      return node;
    },
    hide(node) {
      if (asksRow) node[SEEN] = false;
      for (const { target } of steps) node[target] = null;
    },
    fail(node, error) {
      if (asksRow) node[SEEN] = error;
      for (const { target } of steps) node[target] = error;
    },
    fill(node, row) {
      for (const { target } of steps) node[target] = row[target];
      const kept = row[KEPT_FROM_ROLE];
      if (kept !== undefined) node[KEPT_FROM_ROLE] = new Set([...(node[KEPT_FROM_ROLE] ?? []), ...kept]);
    },
  };
}

function stepOf(schema: ExposedSchema, plan: ReadPlan, field: ExposedField): Step {
  const decode = decodeOf(schema, field);
  const step = { field, source: field.name, target: field.graphqlName };
  const targets = plan.selection.links.get(field.name);
  if (targets === undefined) return { ...step, decode };
  const fillers = fillersOf(schema, plan, field);
  const follow = (node: MutableNode, row: Row, places: LinkPlace[]): void => {
    const selection = targets.get(node.type);
    if (selection === undefined || selection.fields.size === 0) return;
    const isFilled = fillers.get(node.type)?.fill(node, row.fields, places) ?? false;
    if (!isFilled) places.push({ node, selection, whole: selection });
  };
  return {
    ...step,
    decode(value, row, places) {
      const shown = decode(value);
      for (const link of Array.isArray(shown) ? shown : [shown]) {
        if (isNode(link)) follow(link, row, places);
      }
      return shown;
    },
  };
}

const isNode = (value: unknown): value is MutableNode =>
  typeof value === 'object' && value !== null && '__typename' in value;

function fillersOf(
  schema: ExposedSchema,
  { selection, byPath, leftByPath: left }: ReadPlan,
  field: ExposedField,
): ReadonlyMap<string, PathFiller> {
  const fillers = new Map<string, PathFiller>();
  for (const typeName of byPath.get(field.name) ?? []) {
    const type = schema.types.get(typeName);
    const target = selection.links.get(field.name)?.get(typeName);
    if (type === undefined || target === undefined) continue;
    const filling = { schema, left, selection: target, prefix: `${field.name}.${typeName}.` };
    fillers.set(typeName, createPathFiller(type, filling));
  }
  return fillers;
}
