import type { EntityLink, FieldValue, Row } from './shotgun.ts';

/*
 * Rows are checked by hand and not by zod: this runs for every field of thousands of rows, and a check of
 * the shape costs more there than reading the JSON.
 */

type Fields = Record<string, unknown>;

/** One resource of API 2.4 as a `Row`; undefined where it is not one. */
export function parseRow(resource: unknown): Row | undefined {
  if (!isRecord(resource)) return undefined;
  const { type, id, attributes, relationships } = resource;
  if (typeof type !== 'string' || typeof id !== 'number') return undefined;
  const fields: Record<string, FieldValue> = isRecord(attributes)
    ? { ...(attributes as Record<string, FieldValue>) }
    : {};
  if (isRecord(relationships)) {
    for (const name of Object.keys(relationships)) fields[name] = parseLinks(relationships[name]);
  }
  return { type, id, fields };
}

function parseLinks(relationship: unknown): EntityLink | readonly EntityLink[] | null {
  const data = isRecord(relationship) ? relationship['data'] : null;
  if (!Array.isArray(data)) return parseLink(data);
  const links: EntityLink[] = [];
  for (const element of data) {
    const link = parseLink(element);
    if (link !== null) links.push(link);
  }
  return links;
}

function parseLink(data: unknown): EntityLink | null {
  if (!isRecord(data)) return null;
  const { type, id, name } = data;
  if (typeof type !== 'string' || typeof id !== 'number') return null;
  return { type, id, name: typeof name === 'string' ? name : null };
}

export const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
