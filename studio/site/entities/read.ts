import type { Request } from 'express';
import { assertClass, type Verb } from '../data-types/classes.ts';
import { candidates } from '../filters/candidates.ts';
import { compileFilters } from '../filters/compile.ts';
import { type ConditionGroup, parseFilters } from '../filters/conditions.ts';
import { resolvePath } from '../filters/path.ts';
import { invalidParameters, notFound } from '../http/api-error.ts';
import { syntaxOf } from '../http/media-types.ts';
import { className } from '../http/ruby.ts';
import { envelopeLink, part, type Query, queryOf, text, typedPath } from '../http/query.ts';
import { SiteError, type StoredRecord } from '../ports.ts';
import { type Asking, assertRecordId, type EntityDeps, visibleTo } from './entity-deps.ts';
import { DEFAULT_SIZE, MAX_SIZE, pageLinks, pageOf, parsePage } from './paging.ts';
import { createRowWriter, isLink, linkData, readScalar } from './rows.ts';
import { sortRows } from './sorting.ts';

/** Live or retired rows, as `options[return_only]` says (API 3.7). */
function isAsked(options: Readonly<Record<string, unknown>>, record: StoredRecord): boolean {
  return record.retired === (options['return_only'] === 'retired');
}

const splitList = (list: string): string[] => list.split(',').map((item) => item.trim());

/** A comma string or a list; omitted it is the whole record (API 3.1). */
function fieldsOf(fields: unknown): readonly string[] | '*' {
  if (typeof fields === 'string') return fields === '*' ? '*' : splitList(fields);
  return Array.isArray(fields) ? fields.map(String) : '*';
}

/** The row of a single read or of a sub-resource; an absent, a retired and an invisible row answer alike (API 2.8). */
export function seenRecord(
  deps: EntityDeps,
  asking: Asking,
  id: string,
  options: Readonly<Record<string, unknown>> = {},
): StoredRecord {
  assertRecordId(Number(id));
  deps.permissions.assertTypeReadable(asking.caller, asking.type);
  const record = deps.storage.get(asking.type, Number(id));
  if (record !== undefined && isAsked(options, record) && visibleTo(deps, asking)(record)) return record;
  throw notFound(`${asking.type}: ${id} not found`, 104);
}

/** `GET /entity/<types>/<id>`. */
export function readOne(deps: EntityDeps, asking: Asking, id: string, request: Request): object {
  const query = queryOf(request);
  const record = seenRecord(deps, asking, id, part(query, 'options'));
  const write = createRowWriter(deps, asking, fieldsOf(text(query, 'fields')));
  return { data: write(record), links: { self: envelopeLink(typedPath(request), query) } };
}

/** `GET /entity/<types>`: exact matches only, as `filter[path]=value` (API 3.1). */
export function readList(deps: EntityDeps, asking: Asking, request: Request): object {
  const query = queryOf(request);
  const group: ConditionGroup = {
    operator: 'and',
    members: Object.entries(part(query, 'filter')).map(([path, value]) =>
      listCondition(deps, asking, path, value),
    ),
  };
  return found(deps, asking, group, {
    fields: text(query, 'fields'),
    sort: text(query, 'sort'),
    page: part(query, 'page'),
    options: part(query, 'options'),
    links: (page) => pageLinks(typedPath(request), query, page),
  });
}

/** Values of the query string are text; a comma list on `id` acts as `in` (API 3.1). */
function listCondition(
  { schema }: EntityDeps,
  { type }: Asking,
  path: string,
  value: string,
): ConditionGroup['members'][number] {
  const leaf = resolvePath(schema, type, path)?.leaf;
  // A link cannot be given as text (API 3.1).
  if (leaf !== undefined && isLink(leaf)) assertClass('read', `${type}.${path}`, leaf, value);
  const dataType = leaf?.dataType;
  if (path === 'id' && value.includes(',')) {
    const values = splitList(value);
    return { path, relation: 'in', values, sent: values };
  }
  const isInteger = (dataType === 'percent' || dataType === 'timecode') && /^-?\d+$/u.test(value);
  const sent = isInteger ? Number(value) : value;
  return { path, relation: 'is', values: [sent], sent };
}

/** `POST /entity/<types>/_search`; parameters in the body or the query string, filters in the body only (API 3.1). */
export function search(deps: EntityDeps, asking: Asking, request: Request): object {
  const body = bodyOf(request.body);
  const query = queryOf(request);
  if (!('filters' in body)) throw invalidParameters({ filters: ['filters is missing'] });
  const group = parseFilters(body['filters'], syntaxOf(request.headers['content-type']));
  return found(deps, asking, group, {
    fields: body['fields'] ?? text(query, 'fields') ?? omittedFields(deps),
    sort: body['sort'] ?? text(query, 'sort'),
    page: body['page'] ?? part(query, 'page'),
    options: (body['options'] as Readonly<Record<string, unknown>> | undefined) ?? part(query, 'options'),
    // These links carry the page only, never the body: a client that follows them loses the filter (API 3.6).
    links: (page) => pageLinks(typedPath(request), withoutBodyKeys(query), page),
  });
}

/** What a search without fields gives is unknown (API 3.1). */
const omittedFields = ({ switches }: EntityDeps): string | undefined =>
  switches['read.searchFieldsOmitted'] === 'none' ? 'id' : undefined;

const withoutBodyKeys = (query: Query): Query =>
  Object.fromEntries(Object.entries(query).filter(([name]) => name !== 'filter'));

export function bodyOf(body: unknown): Readonly<Record<string, unknown>> {
  if (className(body) === 'Hash') return body as Record<string, unknown>;
  throw new SiteError(400, 103, `Invalid JSON body. Expected Hash but received ${className(body)}.`, {
    source: {},
  });
}

interface Wanted {
  readonly fields: unknown;
  readonly sort: unknown;
  readonly page: unknown;
  readonly options: Readonly<Record<string, unknown>>;
  links(page: { size: number; number: number }): object;
}

function found(deps: EntityDeps, asking: Asking, group: ConditionGroup, wanted: Wanted): object {
  const { type } = asking;
  deps.permissions.assertTypeReadable(asking.caller, type);
  const page = parsePage(wanted.page, Math.min(DEFAULT_SIZE, maxSizeOf(deps)), maxSizeOf(deps));
  // Without a sort the order is that of the ids, so that nothing behind the page has to be looked at.
  const isUnsorted = wanted.sort === undefined || wanted.sort === null;
  const most = isUnsorted ? page.size * page.number : Number.POSITIVE_INFINITY;
  const rows = matching(deps, asking, group, { ...wanted.options, most });
  const sorted = sortRows(deps, type, wanted.sort, rows);
  const write = createRowWriter(deps, asking, fieldsOf(wanted.fields));
  return { data: pageOf(sorted, page).map(write), links: wanted.links(page) };
}

const maxSizeOf = ({ switches }: EntityDeps): number => Number(switches['read.maxPageSize'] ?? MAX_SIZE);

/** Rows that the caller may see and that meet the filter, by ascending id; the first `most` of them. */
export function matching(
  deps: EntityDeps,
  asking: Asking,
  group: ConditionGroup,
  options: Readonly<Record<string, unknown>> & { readonly most?: number; readonly verb?: Verb },
): StoredRecord[] {
  const { type } = asking;
  const most = options.most ?? Number.POSITIVE_INFINITY;
  const viewerValue = (record: StoredRecord, field: string) => deps.viewers.get(asking.caller, record, field);
  const test = compileFilters({ ...deps, viewerValue }, type, options.verb ?? 'read', group);
  const isVisible = visibleTo(deps, asking);
  const isArchived = archiveTest(deps, type, options);
  const source =
    options['return_only'] === 'retired' ? deps.storage.retired(type) : candidates(deps, type, group);
  const rows: StoredRecord[] = [];
  for (const record of source) {
    if (rows.length >= most) break;
    if (isVisible(record) && !isArchived(record) && test(record)) rows.push(record);
  }
  return rows;
}

/** Rows of archived projects are left out unless asked for; whether by default is unknown (API 3.7). */
function archiveTest(
  { storage, switches }: EntityDeps,
  type: string,
  options: Readonly<Record<string, unknown>>,
): (record: StoredRecord) => boolean {
  const asked = options['include_archived_projects'] ?? switches['read.includeArchivedByDefault'] ?? true;
  if (asked === true || asked === 'true') return () => false;
  const isArchivedProject = (project: StoredRecord | undefined): boolean =>
    project?.values['archived'] === true;
  if (type === 'Project') return isArchivedProject;
  return (record) => {
    const project = record.values['project'];
    return (
      typeof project === 'object' &&
      project !== null &&
      'id' in project &&
      isArchivedProject(storage.get('Project', project.id))
    );
  };
}

/** `GET /entity/<types>/<id>/relationships/<field>` (API 3.8). */
export function readRelationship(deps: EntityDeps, asking: Asking, id: string, request: Request): object {
  const record = seenRecord(deps, asking, id);
  const name = String(request.params['field']);
  const field = deps.schema.field(asking.type, name);
  if (field === undefined) throw notFound(`Field '${asking.type}.${name}' does not exist.`, 103);
  if (!isLink(field))
    throw new SiteError(400, 103, `Field '${name}' is not a relationship field`, { source: {} });
  return { data: linkData(deps, deps.values.value(record, field)), links: { self: typedPath(request) } };
}

/** `GET /entity/<types>/<id>/<field>`: files and images only (API 3.8, 6.3). */
export function readField(deps: EntityDeps, asking: Asking, id: string, request: Request): object {
  const record = seenRecord(deps, asking, id);
  const name = String(request.params['field']);
  const field = deps.schema.field(asking.type, name);
  if (field === undefined) throw notFound(`Field '${asking.type}.${name}' does not exist.`, 103);
  if (field.dataType !== 'image' && field.dataType !== 'url') {
    throw new SiteError(400, 103, `Field ${asking.type}.${name} is not an image or attachment.`, {
      source: {},
    });
  }
  const value = readScalar(deps, asking.caller, field, deps.values.value(record, field));
  if (value === null) throw notFound(`Field '${asking.type}.${name}' is empty.`, 104);
  return { data: value, links: { self: typedPath(request) } };
}
