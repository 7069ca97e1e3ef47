import { AppError } from '../../base/errors.ts';
import type { EntityLink, FieldValue } from '../../shotgun/port/records.ts';
import type { ExposedField, ExposedSchema, ExposedType } from '../../site/expose.ts';
import { hasLinkName } from '../plan/display-name.ts';
import { decodeOf, type MutableNode, typedLink } from './field-values.ts';
import { leafKeys } from '../plan/link-paths.ts';
import type { EntitySelection } from '../ports/selection.ts';

type Fields = Readonly<Record<string, FieldValue>>;

/** Fills nodes with the values at dotted paths of the row that links to them. */
export interface PathFiller {
  /**
   * False if the paths do not contain the whole selection: the site omitted a form of path that it does not
   * support, or a value is ambiguous. The node must then be read by its id.
   */
  fill(node: MutableNode, fields: Fields): boolean;
}

type Step = (node: MutableNode, fields: Fields) => boolean;

/** @param prefix path to the row, such as `sg_task.Task.` */
export function createPathFiller(
  schema: ExposedSchema,
  type: ExposedType,
  selection: EntitySelection,
  prefix: string,
): PathFiller {
  const steps = [...selection.fields].flatMap((name): Step[] => {
    const field = type.fields.get(name);
    if (field === undefined) return [];
    return [
      field.valueType.shown === 'link'
        ? linkStep(schema, field, selection, prefix)
        : valueStep(schema, field, `${prefix}${name}`),
    ];
  });
  return { fill: (node, fields) => steps.every((step) => step(node, fields)) };
}

function valueStep(schema: ExposedSchema, field: ExposedField, key: string): Step {
  const decode = decodeOf(schema, field);
  const { graphqlName } = field;
  return (node, fields) => {
    const value = fields[key];
    if (value === undefined) return false;
    // A checkbox is never null (API 2.5) unless the person may not see the row: false would reveal something about
    // it.
    node[graphqlName] = value === null ? null : decode(value);
    return true;
  };
}

function linkStep(
  schema: ExposedSchema,
  field: ExposedField,
  selection: EntitySelection,
  prefix: string,
): Step {
  const keys = leafKeys(schema, field, selection, `${prefix}${field.name}`);
  const isNamed = selection.namedLinks.has(field.name);
  const fillers = new Map(
    [...(selection.links.get(field.name) ?? [])].flatMap(([typeName, target]) => {
      const type = schema.types.get(typeName);
      if (type === undefined || target.fields.size === 0) return [];
      return [[typeName, createPathFiller(schema, type, target, `${keys.link}.${typeName}.`)] as const];
    }),
  );
  const linkIn = (fields: Fields): EntityLink | null | undefined => {
    const link = fields[keys.link];
    if (link !== undefined) return link as EntityLink | null;
    for (const { type, id, name } of keys.types) {
      const idValue = fields[id];
      if (typeof idValue !== 'number') continue;
      if (!isNamed) return { type, id: idValue, name: null };
      const shown = name === null || !hasLinkName(type) ? undefined : fields[name];
      return typeof shown === 'string' ? { type, id: idValue, name: shown } : undefined;
    }
    // Either empty, or a row that the person may not see, whose link would still be shown.
    return undefined;
  };
  return (node, fields) => {
    const link = linkIn(fields);
    if (link === undefined) return false;
    const shown = link === null ? null : typedLink(schema, field, link);
    node[field.graphqlName] = shown;
    if (shown === null || shown instanceof AppError) return true;
    return fillers.get(shown.type)?.fill(shown, fields) ?? true;
  };
}
