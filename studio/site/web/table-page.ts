import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import type { StoredRecord } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import { renderPage } from './layout.ts';
import { menuItems } from './menu.ts';
import type { WebSession } from './sessions.ts';
import type { Table } from './tables.ts';
import type { WebDeps } from './web-deps.ts';

const PAGE_SIZE = 50;

interface Cell {
  readonly kind: 'image' | 'status' | 'text';
  readonly text: string;
  readonly colour: string;
}

/** The page of one type: rows that the person may see, newest first. */
export function tablePage(deps: WebDeps, session: WebSession, table: Table, request: Request): string {
  const { storage, schema } = deps;
  const project = Number(request.query['project']) || null;
  const number = Math.max(1, Number(request.query['page']) || 1);
  const mine = request.query['mine'] === '1';
  const rows = rowsOf(deps, session, table.type, { project, mine });
  const columns = table.columns.filter((name) => schema.field(table.type, name) !== undefined);
  const shown = rows.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE);
  const isProjectVisible = deps.permissions.rowFilter(session.caller, 'Project');
  return renderPage('table', {
    title: table.title,
    current: table.type,
    session,
    project,
    mine,
    projects: [...storage.all('Project')]
      .filter(isProjectVisible)
      .map(({ id, values }) => ({ id, name: String(values['name']) })),
    columns: columns.map((name) => ({ name, label: schema.field(table.type, name)?.displayName ?? name })),
    rows: shown.map((record) => ({
      id: record.id,
      name: storage.displayName(record) ?? '',
      cells: columns.map((name) => cellOf(deps, session, record, name)),
    })),
    page: { number, count: Math.max(1, Math.ceil(rows.length / PAGE_SIZE)), total: rows.length },
    context: {
      type: table.type,
      title: `All ${table.title}`,
      sessionUuid: randomUUID(),
      columns,
      labels: columns.map((name) => schema.field(table.type, name)?.displayName ?? name),
      ids: rows.map(({ id }) => id),
      project,
      items: menuItems(deps, session, table.type, project),
    },
  });
}

function rowsOf(
  { storage, permissions }: WebDeps,
  { caller, person }: WebSession,
  type: string,
  { project, mine }: { project: number | null; mine: boolean },
): StoredRecord[] {
  const isVisible = permissions.rowFilter(caller, type);
  const holds = (record: StoredRecord, field: string, id: number): boolean =>
    linksIn(record.values[field]).some((ref) => ref.id === id);
  const isMine = (record: StoredRecord): boolean =>
    holds(record, 'user', person.id) || holds(record, 'task_assignees', person.id);
  const rows = [...storage.all(type)].filter(
    (record) =>
      isVisible(record) &&
      (project === null || holds(record, 'project', project)) &&
      (!mine || isMine(record)),
  );
  return rows.reverse();
}

function cellOf(deps: WebDeps, { caller }: WebSession, record: StoredRecord, name: string): Cell {
  const field = deps.schema.field(record.type, name);
  const value = field === undefined ? null : deps.values.value(record, field);
  if (field?.dataType === 'image') {
    return { kind: 'image', text: String(deps.readFile(caller, value) ?? ''), colour: '' };
  }
  if (field?.dataType === 'status_list') {
    const code = String(value ?? '');
    return { kind: 'status', text: field.displayValues[code] ?? code, colour: statusColour(deps, code) };
  }
  return { kind: 'text', text: textOf(deps, value), colour: '' };
}

function textOf({ storage }: WebDeps, value: unknown): string {
  if (value === null || value === undefined) return '';
  const links = linksIn(value);
  if (links.length > 0) return links.map((ref) => storage.displayName(ref) ?? '').join(', ');
  return Array.isArray(value) ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Colour of a status as CSS; the site keeps it as `r,g,b`. */
function statusColour({ storage }: WebDeps, code: string): string {
  for (const status of storage.all('Status')) {
    if (status.values['code'] === code) {
      const colour = String(status.values['bg_color'] ?? '');
      return /^\d{1,3},\d{1,3},\d{1,3}$/u.test(colour) ? `rgb(${colour})` : '';
    }
  }
  return '';
}
