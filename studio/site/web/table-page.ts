import type { Request } from 'express';
import type { StoredRecord } from '../ports.ts';
import type { FieldModel } from '../schema-model/field-model.ts';
import { lastEventId } from './event-page.ts';
import { fieldText } from './field-text.ts';
import { renderPage } from './layout.ts';
import { menuItems } from './menu.ts';
import { groupText, pageRows } from './page-rows.ts';
import { isOrdered, type PageView, parsePageView, queryOfView, textOf } from './page-view.ts';
import type { WebSession } from './sessions.ts';
import { navigationOf, type Table } from './tables.ts';
import type { WebDeps } from './web-deps.ts';

const PAGE_SIZE = 50;

interface Cell {
  readonly kind: 'image' | 'status' | 'time' | 'text';
  readonly text: string;
  readonly colour: string;
}

/** The page of one type: rows that the person may see, sorted and grouped as its address says. */
export function tablePage(deps: WebDeps, session: WebSession, table: Table, request: Request): string {
  const { type, columns, title } = table;
  const query = new URL(request.originalUrl, 'http://localhost').searchParams;
  const view = parsePageView(columns, query);
  const rows = pageRows(deps, session, type, view);
  const count = Math.max(1, Math.ceil(rows.length / PAGE_SIZE));
  const number = Math.min(count, Math.max(1, Math.trunc(Number(query.get('page'))) || 1));
  const shown = rows.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE);
  return renderPage('table', {
    title,
    current: type,
    session,
    navigation: navigationOf(deps, session.caller),
    project: view.project,
    mine: view.mine,
    sort: textOf(view.sort),
    hasProject: deps.schema.field(type, 'project') !== undefined,
    projects: projectsOf(deps, session),
    columns: columns.map((field) => columnOf(view, field)),
    groups: columns.filter(isOrdered).map(({ name, displayName }) => ({
      ...{ name, label: displayName },
      isChosen: view.groups.some(({ column }) => column === name),
    })),
    rows: shown.map((record) => ({
      id: record.id,
      group: view.groups.map((key) => groupText(deps, record, key) || 'None').join(' › '),
      cells: columns.map((field) => cellOf(deps, session, record, field)),
    })),
    page: {
      ...{ number, count, total: rows.length },
      newer: queryOfView(view, number - 1),
      older: queryOfView(view, number + 1),
    },
    context: {
      ...{ type, title },
      query: queryOfView(view),
      items: menuItems(deps, session, type, view.project),
      lastEventId: lastEventId(deps),
    },
  });
}

/** The head of a column: a click sorts by it, the other way round where it is sorted by it; with Shift besides. */
function columnOf(view: PageView, field: FieldModel): object {
  const { name, displayName } = field;
  const known = view.sort.find(({ column }) => column === name);
  const direction = known?.direction === 'asc' ? ('desc' as const) : ('asc' as const);
  const key = { column: name, direction };
  const others = view.sort.filter(({ column }) => column !== name);
  return {
    name,
    label: displayName,
    direction: known?.direction ?? '',
    alone: isOrdered(field) ? queryOfView({ ...view, sort: [key] }) : '',
    besides: queryOfView({ ...view, sort: [...others, key] }),
  };
}

function projectsOf({ storage, permissions }: WebDeps, { caller }: WebSession) {
  return [...storage.all('Project')]
    .filter(permissions.rowFilter(caller, 'Project'))
    .map(({ id, values }) => ({ id, name: String(values['name'] ?? '') }));
}

function cellOf(deps: WebDeps, { caller }: WebSession, record: StoredRecord, field: FieldModel): Cell {
  const value = deps.values.value(record, field);
  if (field.dataType === 'image')
    return { kind: 'image', text: String(deps.readFile(caller, value) ?? ''), colour: '' };
  const text = fieldText(deps, field, value);
  if (field.dataType === 'status_list') return { kind: 'status', text, colour: statusColour(deps, value) };
  if (field.dataType === 'date_time') return { kind: 'time', text, colour: '' };
  return { kind: 'text', text, colour: field.dataType === 'color' ? cssColour(value) : '' };
}

function statusColour({ storage }: WebDeps, code: unknown): string {
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
