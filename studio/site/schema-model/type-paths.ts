import pluralize from 'pluralize';

/**
 * A path segment in one spelling: split on `_` and where a capital follows a small letter, lower case, joined with
 * `_` (API 2.2). `Published_File`, `publishedFile` -> `published_file`.
 */
export function pathName(segment: string): string {
  return segment
    .replace(/([a-z0-9])([A-Z])/gu, '$1_$2')
    .split('_')
    .filter((part) => part !== '')
    .join('_')
    .toLowerCase();
}

/** The spellings of a type that resolve, the canonical plural first: English plural, naive plural, singular. */
export function spellingsOf(type: string): readonly string[] {
  const singular = pathName(type);
  const last = singular.slice(singular.lastIndexOf('_') + 1);
  const stem = singular.slice(0, singular.length - last.length);
  return [...new Set([`${stem}${pluralOf(last)}`, `${singular}s`, singular])];
}

/** Numbered slots have the naive plural: `custom_entity19s`. */
function pluralOf(word: string): string {
  return /\d$/u.test(word) ? `${word}s` : pluralize.plural(word);
}
