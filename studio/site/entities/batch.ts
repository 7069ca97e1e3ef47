import { randomUUID } from 'node:crypto';
import { invalidParameters } from '../http/api-error.ts';
import { SiteError } from '../ports.ts';
import type { Asking, EntityDeps } from './entity-deps.ts';
import { bodyOf } from './read.ts';
import { createRowWriter } from './rows.ts';
import { thinRow } from './thin-row.ts';
import { createRecord, deleteRecord, updateRecord } from './write.ts';

/** `POST /entity/_batch`: all or nothing, answers in request order (API 5.5). */
export function batch(deps: EntityDeps, asking: Omit<Asking, 'type'>, input: unknown): object {
  const { requests } = bodyOf(input);
  if (!Array.isArray(requests)) throw invalidParameters({ requests: ['requests is missing'] });
  for (const [index, request] of requests.entries()) assertShape(index, request);
  return {
    data: deps.storage.transaction(() => requests.map((request) => run(deps, asking, bodyOf(request)))),
  };
}

const KINDS = ['create', 'update', 'delete'];

function assertShape(index: number, request: unknown): void {
  const { request_type: kind, record_id: id } = bodyOf(request);
  if (!KINDS.includes(String(kind))) {
    throw invalidParameters({
      requests: { [index]: { request_type: [`request_type must be one of: ${KINDS.join(', ')}`] } },
    });
  }
  if (kind !== 'create' && typeof id === 'number' && id <= 0) {
    throw invalidParameters({ requests: { [index]: { record_id: ['record_id must be greater than 0'] } } });
  }
}

function run(
  deps: EntityDeps,
  base: Omit<Asking, 'type'>,
  request: Readonly<Record<string, unknown>>,
): object {
  const type = String(request['entity']);
  // Schema names only: a path segment is no type here (API 2.2).
  if (!deps.schema.types.has(type)) {
    throw new SiteError(400, 103, 'Invalid entity type: entity type [] does not exist.', { source: {} });
  }
  const asking: Asking = { ...base, type };
  const data = request['data'] === undefined ? {} : bodyOf(request['data']);
  if (request['request_type'] === 'create') {
    return { data: thinRow(deps, asking, createInBatch(deps, asking, data), data) };
  }
  // A missing `record_id` is read as 0 (API 5.5).
  const id = Number(request['record_id'] ?? 0);
  if (id === 0) {
    throw new SiteError(404, 104, 'Not Found', {
      detail: `Entity of type [${type}] with id=0 does not exist.`,
    });
  }
  if (request['request_type'] === 'delete') {
    deleteRecord(deps, asking, id);
    return { request_type: 'delete', type, id, uuid: randomUUID(), did_delete: true };
  }
  const record = updateRecord(deps, asking, id, linksAsSwitched(deps, data));
  return { data: createRowWriter(deps, asking, '*')(record), links: {}, status: 'successful' };
}

/** Whether a batch looks at the mode of a change of links is inferred, not measured (API 5.5). */
function linksAsSwitched(
  { switches }: EntityDeps,
  data: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (switches['batch.linkModes'] !== 'replaced') return data;
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      const isModed = typeof value === 'object' && value !== null && 'multi_entity_update_mode' in value;
      return [name, isModed ? (value as { value?: unknown }).value : value];
    }),
  );
}

function createInBatch(deps: EntityDeps, asking: Asking, data: Readonly<Record<string, unknown>>) {
  const unknown = Object.keys(data).find((name) => deps.schema.field(asking.type, name) === undefined);
  if (unknown !== undefined && unknown !== 'read_by_current_user') {
    throw new SiteError(
      400,
      103,
      `Invalid field value, update failed [2 - Invalid field name: field [${asking.type}.${unknown}] does not exist or user does not have access permission.]`,
    );
  }
  return createRecord(deps, asking, data, { isProjectOptional: true });
}
