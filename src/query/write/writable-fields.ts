import type { ExposedField, ExposedType } from '../../site/expose.ts';

export type WriteMode = 'create' | 'update';

const NEVER_WRITTEN: ReadonlySet<string> = new Set([
  // Setting it deletes the Reply rows (API 8, Note): replies are written one by one instead.
  'Note.replies',
  // Taken and thrown away (API 5.1): a write that does nothing must not look like one that did.
  'Task.splits',
]);

/** The fields of a type that an input may have. */
export function writableFields(type: ExposedType, mode: WriteMode): ExposedField[] {
  return [...type.fields.values()].filter(
    (field) =>
      !field.readOnly &&
      (mode === 'create' || !field.createOnly) &&
      field.valueType.write !== null &&
      field.name !== 'cached_display_name' &&
      !NEVER_WRITTEN.has(`${type.type}.${field.name}`),
  );
}

/**
 * The link without which a new record of the type would be lost: one without its project can be one that nobody can
 * read (API 5.5), and a reply to nothing cannot even be deleted (API 8, Reply). Null where the type has no such field, and
 * for files, which belong to no project unless they are given one (API 8, Attachment).
 */
export function linkToCreateWith({ type, fields, hiddenFields }: ExposedType): string | null {
  if (type === 'Attachment') return null;
  const name = type === 'Reply' ? 'entity' : 'project';
  const field = fields.get(name);
  return hiddenFields.has(name) || field?.valueType.shown === 'link' ? name : null;
}

/** Whether a create can be offered: not where the link that it must have is hidden or read-only. */
export function canCreate(type: ExposedType): boolean {
  const needed = linkToCreateWith(type);
  return needed === null || writableFields(type, 'create').some(({ name }) => name === needed);
}
