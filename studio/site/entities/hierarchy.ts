import pluralize from 'pluralize';
import { invalidParameters } from '../http/api-error.ts';
import { SiteError, type StoredRecord, type StoredValue } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import { type Asking, type EntityDeps, visibleTo } from './entity-deps.ts';

type Base = Omit<Asking, 'type'>;

/** Chains of a project that says none: what artists browse by (API 4.3). */
const USUAL_CHAINS: Readonly<Record<string, string>> = {
  Shot: 'Shot.sg_sequence',
  Asset: 'Asset.sg_asset_type',
};

interface Node {
  readonly label: string;
  readonly ref: { readonly kind: string; readonly value: unknown };
  readonly path: string;
  readonly has_children: boolean;
}

/** `POST /hierarchy/_expand`: one level of a project's tree, in the shape of its navigation chains (API 4.3). */
export function expandHierarchy(
  deps: EntityDeps,
  base: Base,
  body: Readonly<Record<string, unknown>>,
): object {
  const path = typeof body['path'] === 'string' ? body['path'] : '';
  const [, root, projectId, type, field, ...group] = path.split('/');
  const project = root === 'Project' ? visibleRow(deps, base, 'Project', Number(projectId)) : undefined;
  if (project === undefined) {
    throw new SiteError(400, 107, `Expected to find 1 row for path '${path}', found 0.`, { source: {} });
  }
  const place: Place = { project, chains: chainsOf(project) };
  if (type === undefined) return levelOf(path, projectNode(deps, project), typesOf(place));
  const chain = place.chains[type]?.split('.')[1];
  if (chain === undefined)
    throw new SiteError(400, 107, `There is no '${type}' in path '${path}'.`, { source: {} });
  const rows = rowsOf(deps, base, place, type);
  const label = pluralize(deps.schema.types.get(type)?.displayName ?? type);
  const node = { label, ref: { kind: 'entity_type', value: type }, path, has_children: rows.length > 0 };
  if (field === undefined) return levelOf(path, node, groupsOf(deps, rows, chain, path));
  const wanted = group.at(-1) ?? '';
  const members = rows.filter((row) => keyOf(row.values[chain] ?? null) === wanted);
  const [first] = members;
  const groupNode = first === undefined ? node : groupOf(deps, first, chain, path);
  return levelOf(
    path,
    { ...groupNode, path },
    members.map((row) => leafOf(deps, row, path)),
    type,
  );
}

/** `POST /hierarchy/_search`: where in the tree an entity is, or what has a text in its name. */
export function searchHierarchy(
  deps: EntityDeps,
  base: Base,
  body: Readonly<Record<string, unknown>>,
): object[] {
  const criteria = body['search_criteria'];
  const entries = typeof criteria === 'object' && criteria !== null ? Object.entries(criteria) : [];
  const [key, value] = entries[0] ?? [];
  if (entries.length !== 1 || (key !== 'entity' && key !== 'search_string')) {
    throw invalidParameters({ search_criteria: ['search_criteria size must be 1'] });
  }
  const rows = Object.keys(USUAL_CHAINS).flatMap((type) =>
    [...deps.storage.all(type)].filter(visibleTo(deps, { ...base, type })),
  );
  const isFound =
    key === 'entity'
      ? (row: StoredRecord) =>
          row.type === (value as { type?: string }).type && row.id === (value as { id?: number }).id
      : (row: StoredRecord) => nameOf(deps, row).toLowerCase().includes(String(value).toLowerCase());
  return rows.filter(isFound).flatMap((row) => hitOf(deps, row));
}

interface Place {
  readonly project: StoredRecord;
  readonly chains: Readonly<Record<string, string>>;
}

function chainsOf(project: StoredRecord): Readonly<Record<string, string>> {
  const settings = project.values['tracking_settings'] as
    { navchains?: Record<string, string> } | null | undefined;
  return { ...USUAL_CHAINS, ...settings?.navchains };
}

function visibleRow(deps: EntityDeps, base: Base, type: string, id: number): StoredRecord | undefined {
  const row = deps.storage.get(type, id);
  return row !== undefined && !row.retired && visibleTo(deps, { ...base, type })(row) ? row : undefined;
}

function rowsOf(deps: EntityDeps, base: Base, { project }: Place, type: string): StoredRecord[] {
  const rows = deps.storage.referring(type, 'project', project);
  return rows.filter(visibleTo(deps, { ...base, type }));
}

function levelOf(path: string, node: Node, children: readonly Node[], targetType?: string): object {
  return {
    label: node.label,
    ref: node.ref,
    parent_path: path.slice(0, Math.max(path.lastIndexOf('/'), 1)),
    path,
    target_entities: targetType === undefined ? null : { type: targetType, additional_filter_presets: [] },
    has_children: children.length > 0,
    children,
  };
}

const nameOf = ({ storage }: EntityDeps, row: StoredRecord): string => storage.displayName(row) ?? '';

const projectNode = (deps: EntityDeps, project: StoredRecord): Node => ({
  label: nameOf(deps, project),
  ref: { kind: 'entity', value: { type: 'Project', id: project.id } },
  path: `/Project/${project.id}`,
  has_children: true,
});

const typesOf = ({ project, chains }: Place): Node[] =>
  Object.keys(chains).map((type) => ({
    label: pluralize(type),
    ref: { kind: 'entity_type', value: type },
    path: `/Project/${project.id}/${type}`,
    has_children: true,
  }));

/** What rows of one group have in common: the id of a link, a list's value, nothing. */
function keyOf(value: StoredValue): string {
  const [link] = linksIn(value);
  return link === undefined ? String(value ?? 'None') : String(link.id);
}

function groupsOf(deps: EntityDeps, rows: readonly StoredRecord[], chain: string, path: string): Node[] {
  const firstOf = new Map<string, StoredRecord>();
  for (const row of rows) {
    const key = keyOf(row.values[chain] ?? null);
    if (!firstOf.has(key)) firstOf.set(key, row);
  }
  return [...firstOf.values()]
    .map((row) => groupOf(deps, row, chain, path))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}

function groupOf(deps: EntityDeps, row: StoredRecord, chain: string, path: string): Node {
  const [link] = linksIn(row.values[chain]);
  if (link === undefined) {
    const value = keyOf(row.values[chain] ?? null);
    return {
      label: value,
      ref: { kind: 'list', value },
      path: `${path}/${chain}/${value}`,
      has_children: true,
    };
  }
  return {
    label: deps.storage.displayName(link) ?? '',
    ref: { kind: 'entity', value: { type: link.type, id: link.id } },
    path: `${path}/${chain}/${link.type}/id/${link.id}`,
    has_children: true,
  };
}

const leafOf = (deps: EntityDeps, row: StoredRecord, path: string): Node => ({
  label: nameOf(deps, row),
  ref: { kind: 'entity', value: { type: row.type, id: row.id } },
  path: `${path}/${row.type}/id/${row.id}`,
  has_children: false,
});

function hitOf(deps: EntityDeps, row: StoredRecord): object[] {
  const [projectLink] = linksIn(row.values['project']);
  const project = projectLink === undefined ? undefined : deps.storage.get('Project', projectLink.id);
  if (project === undefined) return [];
  const chain = chainsOf(project)[row.type]?.split('.')[1] ?? '';
  const typePath = `/Project/${project.id}/${row.type}`;
  const group = groupOf(deps, row, chain, typePath);
  const leaf = leafOf(deps, row, group.path);
  return [
    {
      label: leaf.label,
      incremental_path: [`/Project/${project.id}`, typePath, group.path, leaf.path],
      path_label: `${pluralize(row.type)} > ${group.label}`,
      ref: leaf.ref,
      project_id: project.id,
    },
  ];
}
