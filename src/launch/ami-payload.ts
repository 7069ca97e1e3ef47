import { AppError } from '../base/errors.ts';
import { isRowId, parseSessionUuid } from '../base/ids.ts';
import type { AmiConfig, Config } from '../config/config.ts';
import type { AmiTexts } from './ami-body.ts';
import type { AmiPayload } from './launch.ts';

/** Any origin will do: the check is only whether the path stays on it. */
const BASE = 'https://shotgrid.invalid';
const MAX_LENGTH = 2000;

/**
 * The path of the ShotGrid page that a launch came from; null where it is unsafe as a link. It must stay on the
 * site in every browser's reading (`//evil`, `/\evil`, `javascript:`, A36).
 */
function safeReferrerPath(text: string | undefined): string | null {
  if (text === undefined || !text.startsWith('/') || text.length > MAX_LENGTH || text.includes('\\'))
    return null;
  if (!URL.canParse(text, BASE)) return null;
  const url = new URL(text, BASE);
  const path = `${url.pathname}${url.search}${url.hash}`;
  return url.origin === BASE && !path.startsWith('//') ? path : null;
}

const ENTITY_TYPE = /^[A-Z][A-Za-z0-9]{0,99}$/u;
const ID = /^[1-9][0-9]{0,9}$/u;
/** People and proxies add blanks around the commas of a list. */
const LISTED_ID = /^ *([1-9][0-9]{0,9}) *$/u;

/**
 * Parses the payload from verified fields (API 11.2). Unknown fields are ignored: ShotGrid may add some.
 *
 * @param limits how many ids one list may have, and the host names of the site
 * @throws AppError AMI_FIELDS, AMI_IDS (A30), AMI_ENTITY (A33), AMI_SITE
 */
export function parseAmiPayload(
  texts: AmiTexts,
  ami: AmiConfig,
  { maxIds, siteHosts }: Pick<Config['launch'], 'maxIds' | 'siteHosts'>,
): AmiPayload {
  const entityType = parseEntityType(optional(texts, 'entity_type'), ami);
  const columns = list(texts, 'cols');
  const labels = list(texts, 'column_display_names');
  return {
    userId: parseId('user_id', required(texts, 'user_id')),
    userLogin: required(texts, 'user_login'),
    entityType,
    ...idsOf(texts, maxIds, entityType !== null),
    title: optional(texts, 'title'),
    pageId: optionalId(texts, 'page_id'),
    serverHostname: siteHostOf(texts, siteHosts),
    referrerPath: safeReferrerPath(texts.get('referrer_path')?.[0]),
    sessionUuid: sessionUuidOf(texts),
    columns,
    // A label may contain a comma, which would shift all later labels to the wrong column.
    columnDisplayNames: labels.length === columns.length ? labels : [],
    targetColumn: optional(texts, 'target_column'),
    view: optional(texts, 'view'),
    sort: orderRows(texts, 'sort', ['direction']).map(([column = '', direction]) => ({
      column,
      direction: directionOf(direction),
    })),
    grouping: orderRows(texts, 'grouping', ['method', 'direction']).map(
      ([column = '', method, direction]) => ({
        column,
        method: method || null,
        direction: directionOf(direction),
      }),
    ),
    project: projectOf(texts),
  };
}

const unreadable = (field: string): AppError =>
  new AppError('AMI_FIELDS', {
    message: `This launch lacks the field ${field}, or it cannot be read. Go back to ShotGrid and choose the menu item again.`,
    details: { field },
  });

const optional = (texts: AmiTexts, name: string): string | null => texts.get(name)?.[0] || null;

function required(texts: AmiTexts, name: string): string {
  const text = optional(texts, name);
  if (text === null) throw unreadable(name);
  return text;
}

function optionalId(texts: AmiTexts, name: string): number | null {
  const text = optional(texts, name);
  return text === null ? null : parseId(name, text);
}

function parseId(field: string, text: string): number {
  const id = ID.test(text) ? Number(text) : Number.NaN;
  if (!isRowId(id)) throw unreadable(field);
  return id;
}

/**
 * Both lists of rows. `ids` has every row of the page, in any number: the ids above the limit are cut off and
 * counted. A selection is never cut: the person chose exactly these rows.
 */
function idsOf(
  texts: AmiTexts,
  maxIds: number,
  hasRows: boolean,
): Pick<AmiPayload, 'ids' | 'selectedIds' | 'idsLeftOut'> {
  const selected = idTexts(texts, 'selected_ids', hasRows);
  const all = idTexts(texts, 'ids', hasRows);
  if (!hasRows && selected.length + all.length > 0) throw unreadable('entity_type');
  if (selected.length > maxIds) {
    throw new AppError('AMI_IDS', {
      message: `${selected.length} rows are selected; a launch may have ${maxIds}. Select fewer rows, or ask an administrator to raise SHOTGRAPH_AMI_MAX_IDS.`,
      details: { field: 'selected_ids', count: selected.length, maxIds },
    });
  }
  const idsLeftOut = all.length - maxIds;
  return {
    selectedIds: selected.map((text, index) => parseListedId('selected_ids', text, index)),
    ids: all.slice(0, maxIds).map((text, index) => parseListedId('ids', text, index)),
    ...(idsLeftOut > 0 && { idsLeftOut }),
  };
}

/** The list is always sent, and may be empty. An item without rows does not have it. */
function idTexts(texts: AmiTexts, name: string, hasRows: boolean): readonly string[] {
  const parts = texts.get(name);
  if (parts === undefined && hasRows) throw unreadable(name);
  const text = (parts ?? []).join(',');
  return text.trim() === '' ? [] : text.split(',');
}

function parseListedId(field: string, text: string, index: number): number {
  const id = Number(LISTED_ID.exec(text)?.[1] ?? Number.NaN);
  if (isRowId(id)) return id;
  throw new AppError('AMI_IDS', {
    message: `Entry ${index + 1} of the field ${field} of this launch is not an id. Go back to ShotGrid and choose the menu item again.`,
    details: { field, entry: index + 1 },
  });
}

function parseEntityType(text: string | null, ami: AmiConfig): string | null {
  if (text === null) {
    if (ami.withoutRows) return null;
    throw new AppError('AMI_ENTITY', {
      message:
        'This menu item needs rows, and this launch has none. Choose it on rows; an administrator can allow launches without rows (withoutRows).',
    });
  }
  const isAccepted = ami.entityTypes.length === 0 ? ENTITY_TYPE.test(text) : ami.entityTypes.includes(text);
  if (!isAccepted) throw new AppError('AMI_ENTITY');
  return text;
}

/**
 * A copy of a site, restored for tests, has the secrets of the menu items too: its clicks are signed, but its rows
 * are not those of our site.
 *
 * @param siteHosts in lower case, as `URL.host` has them
 */
function siteHostOf(texts: AmiTexts, siteHosts: readonly string[]): string | null {
  const text = optional(texts, 'server_hostname');
  if (text === null) return null;
  const url = `https://${text}`;
  const host = URL.canParse(url) ? new URL(url).host : '';
  if (!siteHosts.includes(host)) throw new AppError('AMI_SITE');
  return text;
}

function sessionUuidOf(texts: AmiTexts): AmiPayload['sessionUuid'] {
  const text = optional(texts, 'session_uuid');
  if (text === null) return null;
  const uuid = parseSessionUuid(text);
  if (uuid === undefined) throw unreadable('session_uuid');
  return uuid;
}

/** One text with commas, or the field repeated (API 11.2). A repeated value may itself contain a comma. */
function list(texts: AmiTexts, name: string): readonly string[] {
  const [text = '', ...more] = texts.get(name) ?? [];
  if (more.length > 0) return [text, ...more];
  return text === '' ? [] : text.split(',');
}

/**
 * The keys of a sorting or grouping. With several keys, the plural fields have them all; with one key, the
 * singular fields have it (API 11.2). Lists of different lengths do not show which value belongs to which column.
 */
function orderRows(texts: AmiTexts, stem: string, parts: readonly string[]) {
  const names = ['column', ...parts].map((part) => `${stem}_${part}`);
  const several = sideBySide(names.map((name) => list(texts, `${name}s`)));
  return several.length > 0 ? several : sideBySide(names.map((name) => list(texts, name).slice(0, 1)));
}

/**
 * `[[a, b], [1, 2]]` -> `[[a, 1], [b, 2]]`. An empty list contributes no values; lists of different lengths give
 * an empty result.
 */
function sideBySide(lists: readonly (readonly string[])[]): (string | undefined)[][] {
  const [first = [], ...others] = lists;
  const agree = others.every(({ length }) => length === 0 || length === first.length);
  return agree ? first.map((value, index) => [value, ...others.map((other) => other[index])]) : [];
}

const directionOf = (text: string | undefined): 'asc' | 'desc' => (text === 'desc' ? 'desc' : 'asc');

function projectOf(texts: AmiTexts): AmiPayload['project'] {
  const id = optionalId(texts, 'project_id');
  return id === null ? null : { id, name: texts.get('project_name')?.[0] ?? '' };
}
