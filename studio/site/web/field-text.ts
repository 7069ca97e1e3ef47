import type { FieldModel } from '../schema-model/field-model.ts';
import { linksIn } from '../storage/memory-storage.ts';
import type { WebDeps } from './web-deps.ts';

const MAX_LINKS = 4;

/** A value as a page shows it. */
export function fieldText(deps: WebDeps, field: FieldModel, value: unknown): string {
  if (field.dataType === 'status_list') {
    const code = String(value ?? '');
    return (Object.hasOwn(field.displayValues, code) ? field.displayValues[code] : undefined) ?? code;
  }
  if (value === null || value === undefined || value === false) return '';
  if (value === true) return '✓';
  const links = linksIn(value);
  if (links.length > 0) {
    const names = links.slice(0, MAX_LINKS).map((ref) => deps.storage.displayName(ref) ?? '');
    const more = links.length > MAX_LINKS ? ` and ${links.length - MAX_LINKS} more` : '';
    return `${names.join(', ')}${more}`;
  }
  return Array.isArray(value) ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
