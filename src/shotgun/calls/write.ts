import type { AppError } from '../../base/errors.ts';
import { callError } from '../wire/connection-errors.ts';
import { entityPath } from './entity-path.ts';
import type { HttpCall } from '../wire/http-call.ts';
import { isRecord } from '../wire/parse-row.ts';
import type { PersonCaller } from '../wire/person-caller.ts';
import type { CallOptions, WriteValues } from '../port/records.ts';

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
  const { type: createdType, id } = dataOf((await caller.send(call, options)).body) ?? {};
  if (createdType !== type || typeof id !== 'number') throw broken(call);
  return { type, id };
}

/** Sets the fields named and no other; lists of links as `{multi_entity_update_mode, value}` (API 5.2). */
export async function updateRecord(
  caller: PersonCaller,
  target: WriteTarget,
  values: WriteValues,
  options?: CallOptions,
): Promise<void> {
  const call = toWriteCall('PUT', entityPath(target.type, target.id), values);
  if (!isOf(target, dataOf((await caller.send(call, options)).body))) throw broken(call);
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
  if (typeof didRevive !== 'boolean' || !isOf(target, dataOf(body))) throw broken(call);
  return didRevive;
}

/** Whether it is the record that was meant: another one says nothing of what became of ours. */
const isOf = ({ type, id }: WriteTarget, data: Record<string, unknown> | undefined): boolean =>
  data?.['type'] === type && data['id'] === id;

const OPERATIONS = { POST: 'create', PUT: 'update', DELETE: 'delete' } as const;
/** What the site answers to each (API 5.1). */
const DONE_BY = { create: [201], update: [200], delete: [204], revive: [200] } as const;

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
