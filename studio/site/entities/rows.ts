import { bare } from '../bare.ts';
import type { Caller, EntityRef, StoredRecord, StoredValue } from '../ports.ts';
import { type FieldPath, resolvePath, rowsAt } from '../filters/path.ts';
import type { FieldModel } from '../schema-model/field-model.ts';
import { type Asking, type EntityDeps, visibleTo } from './entity-deps.ts';
import { isPerViewer } from './viewer-state.ts';

/** A row of the envelope (API 2.4), in the order of keys that the site has. */
export interface WireRow {
  readonly type: string;
  readonly attributes: Record<string, unknown>;
  readonly relationships: Record<string, unknown>;
  readonly id: number;
  readonly links: { readonly self: string };
}

export type RowWriter = (record: StoredRecord) => WireRow;

/**
 * Prepares rows of one type with these fields, once per request. Names that the schema does not know, paths through
 * many-links and paths with a wrong middle type are left out, silently (API 2.5, 3.4).
 *
 * @param fields field names and dotted paths, or `*` for the whole record
 */
export function createRowWriter(
  deps: EntityDeps,
  asking: Asking,
  fields: readonly string[] | '*',
): RowWriter {
  const { caller, type, prefix } = asking;
  const paths = pathsOf(deps, asking, fields);
  const base = `${prefix}/entity/${deps.schema.pathOf(type)}`;
  const attributes = paths
    .filter(({ leaf, hops }) => hops.length > 0 || !isLink(leaf))
    .map((path) => ({ path, isSeen: seenAlong(deps, asking, path) }));
  const links = paths.filter(({ leaf, hops }) => hops.length === 0 && isLink(leaf)).map(({ leaf }) => leaf);
  const isUrlBare = type === 'Icon' && !paths.some(({ text }) => text === 'image_data');
  return (record) => {
    const self = `${base}/${record.id}`;
    const row: WireRow = {
      type,
      attributes: bare({}),
      relationships: bare({}),
      id: record.id,
      links: { self },
    };
    for (const { path, isSeen } of attributes) {
      const [end] = rowsAt(deps.storage, deps.values, path, record, isSeen);
      row.attributes[path.text] = end === undefined ? null : readLeaf(deps, caller, path.leaf, end);
    }
    // An icon's url is read together with its picture only (API 3.10).
    if (isUrlBare && 'url' in row.attributes) row.attributes['url'] = '';
    for (const field of links) {
      row.relationships[field.name] = relationship(deps, prefix, self, { record, field });
    }
    return row;
  };
}

export const isLink = (field: FieldModel): boolean =>
  field.dataType === 'entity' || field.dataType === 'multi_entity';

function pathsOf(deps: EntityDeps, { caller, type }: Asking, fields: readonly string[] | '*'): FieldPath[] {
  const all = [...(deps.schema.types.get(type)?.fields.keys() ?? [])];
  const names = fields === '*' || fields.includes('*') ? all : [...new Set(fields)];
  return names.flatMap((name) => {
    const path = resolvePath(deps.schema, type, name);
    if (path === undefined || path.isThroughMany || !path.isReachable || path.text === 'id') return [];
    // A link at the end of a path: what the site gives is unknown (API 3.4); it is left out unless switched on.
    if (path.hops.length > 0 && isLink(path.leaf) && deps.switches['read.dottedLinkLeaf'] !== 'link')
      return [];
    // What a path reads of a type that the caller may not read at all is unknown, as it is for a single row.
    const isHidden = deps.switches['read.dottedHiddenRow'] !== 'value';
    if (isHidden && path.hops.some((hop) => !deps.permissions.canReadType(caller, hop.type))) return [];
    return deps.permissions.canReadField(caller, path.leafType, path.leaf.name) ? [path] : [];
  });
}

/** Whether a path reads rows that the caller may not see is unknown (API 3.4). */
function seenAlong(
  deps: EntityDeps,
  { caller, prefix }: Asking,
  { hops }: FieldPath,
): (row: StoredRecord) => boolean {
  if (hops.length === 0 || deps.switches['read.dottedHiddenRow'] === 'value') return () => true;
  const byType = new Map(hops.map(({ type }) => [type, visibleTo(deps, { caller, type, prefix })]));
  return (row) => byType.get(row.type)?.(row) ?? true;
}

/** The value of one field by its name, as this caller reads it; undefined where they see no such field. */
export function readValue(deps: EntityDeps, caller: Caller, row: StoredRecord, name: string): unknown {
  const path = resolvePath(deps.schema, row.type, name);
  if (path === undefined || path.hops.length > 0) return undefined;
  const isReadable = deps.permissions.canReadField(caller, row.type, name);
  return isReadable ? readLeaf(deps, caller, path.leaf, row) : undefined;
}

function readLeaf(deps: EntityDeps, caller: Caller, leaf: FieldModel, row: StoredRecord): unknown {
  if (isPerViewer(row.type, leaf.name)) return deps.viewers.get(caller, row, leaf.name);
  const value = deps.values.value(row, leaf);
  return isLink(leaf) ? linkData(deps, value) : readScalar(deps, caller, leaf, value);
}

export function readScalar(deps: EntityDeps, caller: Caller, field: FieldModel, value: StoredValue): unknown {
  if (field.dataType === 'image' || field.dataType === 'url') return deps.readFile(caller, value);
  if (field.dataType === 'password') return '*******';
  return field.dataType === 'pivot_column' ? null : value;
}

/** A link as rows carry it: `{id, name, type}` (API 2.4). */
export function linkOf({ storage }: EntityDeps, ref: EntityRef): object {
  return { id: ref.id, name: storage.displayName(ref), type: ref.type };
}

export function linkData(deps: EntityDeps, value: StoredValue): unknown {
  if (Array.isArray(value)) return (value as readonly EntityRef[]).map((ref) => linkOf(deps, ref));
  return value === null ? null : linkOf(deps, value as EntityRef);
}

/** The one link whose keys come in another order, on every row that was seen. */
function typeFirst({ storage }: EntityDeps, value: StoredValue): object | null {
  if (value === null) return null;
  const { type, id } = value as EntityRef;
  return { type, id, name: storage.displayName({ type, id }) };
}

interface Slot {
  readonly record: StoredRecord;
  readonly field: FieldModel;
}

function relationship(deps: EntityDeps, prefix: string, self: string, { record, field }: Slot): object {
  const value = deps.values.value(record, field);
  const links: Record<string, string> = { self: `${self}/relationships/${field.name}` };
  if (field.dataType === 'entity' && value !== null) {
    const ref = value as EntityRef;
    links['related'] = `${prefix}/entity/${deps.schema.pathOf(ref.type)}/${ref.id}`;
  }
  return {
    data: field.name === 'image_source_entity' ? typeFirst(deps, value) : linkData(deps, value),
    links,
  };
}
