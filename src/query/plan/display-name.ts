import type { FieldValue, Row } from '../../shotgun/port/records.ts';
import type { ExposedType } from '../../site/expose.ts';
import { COMMON_FACTS, DISPLAY_NAME, typeFacts } from '../../site/type-facts.ts';

/** The field that shows an entity's name as links do: most types keep it, others are named by their identity field (API 8). */
export const displayNameField = (type: ExposedType): string | null => nameFields(type)[0] ?? null;

/** The fields that form a row's name: those that the type has. */
export function nameFields(type: ExposedType): readonly string[] {
  return [DISPLAY_NAME, ...COMMON_FACTS.identity].filter(
    (name) => type.fields.get(name)?.dataType === 'text',
  );
}

/** True if a row's display name, read as a field, equals its name in links. */
export const hasLinkName = (type: string): boolean => typeFacts(type).calledByLinks === undefined;

const textIn = (value: FieldValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** The row's name in links, from its own fields: a record has the same name wherever it is reached. */
export function rowName({ type, id, fields }: Row, names: readonly string[]): string | null {
  const { calledByLinks, calledWithoutName } = typeFacts(type);
  const title = textIn(fields['title']);
  if (calledByLinks === 'numberAndTitle' && title !== null) return `#${id}: ${title}`;
  if (calledWithoutName === 'subjectAndContent' && textIn(fields[DISPLAY_NAME]) === null) {
    const parts = [fields['subject'], fields['content']].flatMap((part) => textIn(part) ?? []);
    return parts.length === 0 ? null : parts.join(' - ');
  }
  for (const name of names) {
    const text = textIn(fields[name]);
    if (text !== null) return text;
  }
  return null;
}
