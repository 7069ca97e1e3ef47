import type { Request } from 'express';
import { compileFilters } from '../filters/compile.ts';
import { parseFilters } from '../filters/conditions.ts';
import { invalidParameters } from '../http/api-error.ts';
import { syntaxOf } from '../http/media-types.ts';
import { SiteError, type StoredRecord } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import { type Asking, type EntityDeps, visibleTo } from './entity-deps.ts';
import { pageOf, parsePage } from './paging.ts';
import { bodyOf } from './read.ts';

const PAGE_SIZE = 25;
/** Links by which a row is found under another row's name (API 4.2). */
const NAMED_BY_LINK = ['entity', 'sg_sequence', 'project'];

/** `POST /entity/_text_search`: every word in the display name or in that of the linked row, shortest first (API 4.2). */
export function textSearch(deps: EntityDeps, base: Omit<Asking, 'type'>, request: Request): object {
  const body = bodyOf(request.body);
  const { text, entity_types: types } = body;
  if (typeof text !== 'string' || text === '') throw invalidParameters({ text: ['text must be filled'] });
  if (typeof types !== 'object' || types === null) {
    throw invalidParameters({ entity_types: ['entity_types is missing'] });
  }
  const page = parsePage(body['page'], PAGE_SIZE, PAGE_SIZE);
  const words = text
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
  const hits = Object.entries(types).flatMap(([type, filters]) =>
    hitsOf(deps, { ...base, type }, { words, filters: filters as unknown, request }),
  );
  hits.sort((a, b) => a.name.length - b.name.length || a.record.id - b.record.id);
  return { data: pageOf(hits, page).map((hit) => hitRow(deps, base.prefix, hit)) };
}

interface Hit {
  readonly record: StoredRecord;
  readonly name: string;
  readonly links: readonly [string, string] | readonly ['', ''];
}

interface Wanted {
  readonly words: readonly string[];
  readonly filters: unknown;
  readonly request: Request;
}

function hitsOf(deps: EntityDeps, asking: Asking, { words, filters, request }: Wanted): Hit[] {
  const { type } = asking;
  if (!deps.schema.types.has(type)) {
    throw new SiteError(400, 103, `API _text_search() invalid entity type: ${type}`, { source: {} });
  }
  deps.permissions.assertTypeReadable(asking.caller, type);
  const group = parseFilters(filters, syntaxOf(request.headers['content-type']));
  const test = compileFilters(deps, type, '_text_search', group);
  const isVisible = visibleTo(deps, asking);
  const hits: Hit[] = [];
  for (const record of deps.storage.all(type)) {
    const name = deps.storage.displayName(record) ?? '';
    const links = linkNameOf(deps, record);
    const isHit = words.every(
      (word) => name.toLowerCase().includes(word) || links[1].toLowerCase().includes(word),
    );
    if (isHit && isVisible(record) && test(record)) hits.push({ record, name, links });
  }
  return hits;
}

function linkNameOf({ storage }: EntityDeps, record: StoredRecord): Hit['links'] {
  for (const field of NAMED_BY_LINK) {
    const [ref] = linksIn(record.values[field]);
    const name = ref === undefined ? null : storage.displayName(ref);
    if (ref !== undefined && name !== null) return [ref.type, name];
  }
  return ['', ''];
}

function hitRow({ schema }: EntityDeps, prefix: string, { record, name, links }: Hit): object {
  return {
    id: record.id,
    type: record.type,
    attributes: { name, links, status: record.values['sg_status_list'] ?? null },
    links: { self: `${prefix}/entity/${schema.pathOf(record.type)}/${record.id}` },
  };
}
