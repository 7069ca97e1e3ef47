import { bare } from '../../base/bare.ts';
import type { EntityLink, FieldValue, Row } from '../port/records.ts';

/*
 * This runs for every field of thousands of rows, so it is checked by hand and not by zod, and the objects
 * that the JSON was read into become the row: copies would cost as much as reading the JSON.
 */

type Fields = Record<string, unknown>;

/** Parses one resource of API 2.4 into a `Row`; undefined for any other value. It consumes the resource. */
export function parseRow(resource: unknown): Row | undefined {
  if (!isRecord(resource)) return undefined;
  const { type, id, attributes, relationships } = resource;
  if (typeof type !== 'string' || typeof id !== 'number') return undefined;
  const fields = bare(isRecord(attributes) ? attributes : {}) as Record<string, FieldValue>;
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
  return typeof name === 'string' ? (data as unknown as EntityLink) : { type, id, name: null };
}

export const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
