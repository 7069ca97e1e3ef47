import type { ExposedType } from '../site/expose.ts';

const CANDIDATES = ['cached_display_name', 'code', 'name', 'content', 'subject', 'title'];

/** The field that shows an entity's name as links do: most types keep it, others are named by their identity field (API 8). */
export function displayNameField(type: ExposedType): string | null {
  return CANDIDATES.find((name) => type.fields.get(name)?.dataType === 'text') ?? null;
}

/** Types whose links are called otherwise than the field says (API 2.4, 8). */
const CALLED_OTHERWISE: ReadonlySet<string> = new Set(['Delivery', 'Step']);

/** Whether a row's display name, read as a field, is the name that links to it have. */
export const hasLinkName = (type: string): boolean => !CALLED_OTHERWISE.has(type);
