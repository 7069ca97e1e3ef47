import type { AppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import { callError } from '../wire/connection-errors.ts';
import { entityPath, type HttpCall, isRecord } from '../wire/http-call.ts';
import type { WriteValues } from '../port/records.ts';
import { changed, type Changing } from '../client/operation.ts';

export interface WriteTarget {
  readonly type: string;
  readonly id: number;
}

/** A write of one record that exposes its values. */
export interface Write<T> extends Changing<T> {
  readonly type: string;
  /** Null for a new record. */
  readonly id: number | null;
  readonly values: WriteValues;
}

/**
 * Returns the new record's type and id. The rest of the answer is too incomplete to use (API 5.1), so the record
 * is read again.
 */
export const createRecord = (type: string, values: WriteValues): Write<WriteTarget> => ({
  kind: 'create',
  ...{ type, id: null, values },
  async run(caller, options) {
    const call = toWriteCall('POST', entityPath(type), values);
    const { type: createdType, id } = dataOf((await caller.send(call, options)).body) ?? {};
    if (createdType !== type || typeof id !== 'number') throw broken(call);
    return { type, id };
  },
  changes: (made) => [
    { kind: 'create', entity: { type, id: made?.id ?? null }, fields: Object.keys(values) },
  ],
  sample: (site) => site.made(type),
});

/** Sets only the named fields. Lists of links are sent as `{multi_entity_update_mode, value}` (API 5.2). */
export const updateRecord = (type: string, id: number, values: WriteValues): Write<void> => ({
  kind: 'update',
  ...{ type, id, values },
  async run(caller, options) {
    const call = toWriteCall('PUT', entityPath(type, id), values);
    if (!isOf({ type, id }, dataOf((await caller.send(call, options)).body))) throw broken(call);
  },
  changes: () => changed('update', { type, id }, Object.keys(values)),
  sample: () => undefined,
});

/** Retires the record. */
export const deleteRecord = (type: string, id: number): Write<void> => ({
  kind: 'delete',
  ...{ type, id, values: {} },
  async run(caller, options) {
    await caller.send(toWriteCall('DELETE', entityPath(type, id)), options);
  },
  changes: () => changed('delete', { type, id }),
  sample: () => undefined,
});

/** True if the record was retired and is restored, false if it was not retired. */
export const reviveRecord = (type: string, id: number): Write<boolean> => ({
  kind: 'revive',
  ...{ type, id, values: {} },
  async run(caller, options) {
    const call = toWriteCall('POST', `${entityPath(type, id)}?revive=1`, {});
    const { body } = await caller.send(call, options);
    const meta = isRecord(body) ? body['meta'] : undefined;
    const didRevive = isRecord(meta) ? meta['did_revive'] : undefined;
    if (typeof didRevive !== 'boolean' || !isOf({ type, id }, dataOf(body))) throw broken(call);
    return didRevive;
  },
  // A record that was not retired stays as it is.
  changes: (didRevive) => (didRevive === false ? [] : changed('revive', { type, id })),
  sample: () => true,
});

/** Whether the answer names our record. Another record does not show the outcome of our write. */
const isOf = ({ type, id }: WriteTarget, data: Record<string, unknown> | undefined): boolean =>
  data?.['type'] === type && data['id'] === id;

const OPERATIONS = { POST: 'create', PUT: 'update', DELETE: 'delete' } as const;
/** The site's status for each success (API 5.1). */
const DONE_BY = {
  create: [HTTP_STATUS.CREATED],
  update: [HTTP_STATUS.OK],
  delete: [HTTP_STATUS.NO_CONTENT],
  revive: [HTTP_STATUS.OK],
} as const;

function toWriteCall(method: keyof typeof OPERATIONS, path: string, values?: WriteValues): HttpCall {
  const operation = path.endsWith('?revive=1') ? 'revive' : OPERATIONS[method];
  return {
    method,
    path,
    operation,
    doneBy: DONE_BY[operation],
    ...(values !== undefined && { body: { mediaType: 'json', text: JSON.stringify(values) } }),
    isRepeatable: false,
  };
}

function dataOf(body: unknown): Record<string, unknown> | undefined {
  const data = isRecord(body) ? body['data'] : undefined;
  return isRecord(data) ? data : undefined;
}

const broken = (call: HttpCall): AppError => callError('UPSTREAM_BROKEN', call);
