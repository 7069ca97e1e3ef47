import type { AppError } from '../base/errors.ts';
import { callError } from './connection-errors.ts';
import { entityPath } from './entity-path.ts';
import type { HttpCall } from './http-call.ts';
import { isRecord } from './parse-row.ts';
import type { PersonCaller } from './person-caller.ts';
import type { CallOptions, WriteValues } from './shotgun.ts';

export interface WriteTarget {
  readonly type: string;
  readonly id: number;
}

/** The new record. The rest of the answer is too thin to use (API 5.1). */
export async function createRecord(
  caller: PersonCaller,
  type: string,
  values: WriteValues,
  options?: CallOptions,
): Promise<WriteTarget> {
  const call = toWriteCall('POST', entityPath(type), values);
  const data = dataOf((await caller.send(call, options)).body);
  const { type: createdType, id } = data ?? {};
  if (typeof createdType !== 'string' || typeof id !== 'number') throw broken(call);
  return { type: createdType, id };
}

/** Sets the fields named and no other; lists of links as `{multi_entity_update_mode, value}` (API 5.2). */
export async function updateRecord(
  caller: PersonCaller,
  target: WriteTarget,
  values: WriteValues,
  options?: CallOptions,
): Promise<void> {
  const call = toWriteCall('PUT', entityPath(target.type, target.id), values);
  if (dataOf((await caller.send(call, options)).body)?.['id'] !== target.id) throw broken(call);
}

export async function deleteRecord(
  caller: PersonCaller,
  target: WriteTarget,
  options?: CallOptions,
): Promise<void> {
  await caller.send(toWriteCall('DELETE', entityPath(target.type, target.id)), options);
}

/** True where the record was retired and is back. */
export async function reviveRecord(
  caller: PersonCaller,
  target: WriteTarget,
  options?: CallOptions,
): Promise<boolean> {
  const call = toWriteCall('POST', `${entityPath(target.type, target.id)}?revive=1`, {});
  const { body } = await caller.send(call, options);
  const meta = isRecord(body) ? body['meta'] : undefined;
  const didRevive = isRecord(meta) ? meta['did_revive'] : undefined;
  if (typeof didRevive !== 'boolean') throw broken(call);
  return didRevive;
}

const OPERATIONS = { POST: 'create', PUT: 'update', DELETE: 'delete' } as const;

function toWriteCall(method: keyof typeof OPERATIONS, path: string, values?: WriteValues): HttpCall {
  return {
    method,
    path,
    operation: path.endsWith('?revive=1') ? 'revive' : OPERATIONS[method],
    ...(values !== undefined && { body: { mediaType: 'json', text: JSON.stringify(values) } }),
    isRepeatable: false,
  };
}

function dataOf(body: unknown): Record<string, unknown> | undefined {
  const data = isRecord(body) ? body['data'] : undefined;
  return isRecord(data) ? data : undefined;
}

const broken = (call: HttpCall): AppError => callError('UPSTREAM_BROKEN', call);
