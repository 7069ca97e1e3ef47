import type { ExposedField, ExposedType } from '../../site/expose.ts';
import { DISPLAY_NAME, typeFacts } from '../../site/type-facts.ts';

export type WriteMode = 'create' | 'update';

/** The fields of a type that an input accepts. */
export function writableFields(type: ExposedType, mode: WriteMode): ExposedField[] {
  const { neverWritten = {} } = typeFacts(type.type);
  return [...type.fields.values()].filter(
    (field) =>
      !field.readOnly &&
      (mode === 'create' || !field.createOnly) &&
      field.valueType.write !== null &&
      field.name !== DISPLAY_NAME &&
      !Object.hasOwn(neverWritten, field.name),
  );
}

/**
 * The link without which a new record of the type would be lost: one without its project can be one that nobody can
 * read (API 5.5), and a reply to nothing cannot even be deleted (API 8, Reply). Null where the type has no such field, and
 * for files, which belong to no project unless they are given one (API 8, Attachment).
 */
export function linkToCreateWith({ type, fields, hiddenFields }: ExposedType): string | null {
  const { createdWith: name = 'project' } = typeFacts(type);
  if (name === null) return null;
  const field = fields.get(name);
  return hiddenFields.has(name) || field?.valueType.shown === 'link' ? name : null;
}

/** True if a create can be offered: not if its required link is hidden or read-only. */
export function canCreate(type: ExposedType): boolean {
  const needed = linkToCreateWith(type);
  return needed === null || writableFields(type, 'create').some(({ name }) => name === needed);
}
