import type { Request } from 'express';
import type { StoredRecord } from '../ports.ts';
import type { FieldModel } from '../schema-model/schema-model.ts';
import { linksIn } from '../storage/memory-storage.ts';
import { lastEventId } from './event-page.ts';
import { renderPage } from './layout.ts';
import { menuItems } from './menu.ts';
import { pageRows } from './page-rows.ts';
import type { WebSession } from './sessions.ts';
import { navigationOf, type Table } from './tables.ts';
import type { WebDeps } from './web-deps.ts';

const PAGE_SIZE = 50;
const MAX_LINKS = 4;

interface Cell {
  readonly kind: 'image' | 'status' | 'time' | 'text';
  readonly text: string;
  readonly colour: string;
}

/** The page of one type: rows that the person may see, newest first. */
export function tablePage(deps: WebDeps, session: WebSession, table: Table, request: Request): string {
  const { type, columns, title } = table;
  const project = Number(request.query['project']) || null;
  const mine = request.query['mine'] === '1';
  const rows = pageRows(deps, session, type, { project, mine });
  const count = Math.max(1, Math.ceil(rows.length / PAGE_SIZE));
  const number = Math.min(count, Math.max(1, Math.trunc(Number(request.query['page'])) || 1));
  const shown = rows.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE);
  const pageLink = (target: number): string => {
    const query = { page: String(target), project: project === null ? '' : String(project) };
    return `?${new URLSearchParams({ ...query, mine: mine ? '1' : '' }).toString()}`;
  };
  return renderPage('table', {
    title,
    current: type,
    session,
    navigation: navigationOf(deps, session.caller),
    project,
    mine,
    hasProject: deps.schema.field(type, 'project') !== undefined,
    projects: projectsOf(deps, session),
    columns: columns.map(({ name, displayName }) => ({ name, label: displayName })),
    rows: shown.map((record) => ({
      id: record.id,
      cells: columns.map((field) => cellOf(deps, session, record, field)),
    })),
    page: { number, count, total: rows.length, newer: pageLink(number - 1), older: pageLink(number + 1) },
    context: {
      ...{ type, project, mine, title },
      items: menuItems(deps, session, type, project),
      lastEventId: lastEventId(deps),
    },
  });
}

function projectsOf({ storage, permissions }: WebDeps, { caller }: WebSession) {
  return [...storage.all('Project')]
    .filter(permissions.rowFilter(caller, 'Project'))
    .map(({ id, values }) => ({ id, name: String(values['name'] ?? '') }));
}

function cellOf(deps: WebDeps, { caller }: WebSession, record: StoredRecord, field: FieldModel): Cell {
  const value = deps.values.value(record, field);
  if (field.dataType === 'image') {
    return { kind: 'image', text: String(deps.readFile(caller, value) ?? ''), colour: '' };
  }
  if (field.dataType === 'status_list') {
    const code = String(value ?? '');
    return { kind: 'status', text: field.displayValues[code] ?? code, colour: statusColour(deps, code) };
  }
  if (field.dataType === 'date_time') return { kind: 'time', text: String(value ?? ''), colour: '' };
  if (field.dataType === 'color')
    return { kind: 'text', text: String(value ?? ''), colour: cssColour(value) };
  return { kind: 'text', text: textOf(deps, value), colour: '' };
}

function textOf({ storage }: WebDeps, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value === true) return '✓';
  if (value === false) return '';
  const links = linksIn(value);
  if (links.length > 0) {
    const names = links.slice(0, MAX_LINKS).map((ref) => storage.displayName(ref) ?? '');
    const more = links.length > MAX_LINKS ? ` and ${links.length - MAX_LINKS} more` : '';
    return `${names.join(', ')}${more}`;
  }
  return Array.isArray(value) ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function statusColour({ storage }: WebDeps, code: string): string {
  for (const status of storage.all('Status')) {
    if (status.values['code'] === code) return cssColour(status.values['bg_color']);
  }
  return '';
}

/** Colour as CSS; the site keeps it as `r,g,b`. */
function cssColour(value: unknown): string {
  const text = String(value ?? '');
  return /^\d{1,3},\d{1,3},\d{1,3}$/u.test(text) ? `rgb(${text})` : '';
}
