import { z } from 'zod';
import type { AppError } from '../../base/errors.ts';
import { callError } from '../wire/connection-errors.ts';
import type { HttpCall } from '../wire/http-call.ts';
import type { PersonCaller } from '../wire/person-caller.ts';
import { readAnswer } from './read-answer.ts';
import type { BatchOperation, WrittenRecord } from '../port/shotgun.ts';
import type { CallOptions } from '../port/records.ts';

/** A created or changed row comes nested, a deletion flat (API 5.5). */
const REF = z.object({ type: z.string(), id: z.number() });
const DELETED = REF.extend({ did_delete: z.literal(true) }).transform(({ type, id }) => ({
  kind: 'delete',
  type,
  id,
}));
const WRITTEN = z.object({ data: REF }).transform(({ data }) => ({ kind: 'write', ...data }));
const ANSWER = z.object({ data: z.array(z.union([WRITTEN, DELETED])) });

/**
 * All operations or none, in one call. What was written comes in the order of the operations; an operation cannot
 * name a row that another makes (API 5.5).
 */
export async function writeBatch(
  caller: PersonCaller,
  operations: readonly BatchOperation[],
  options?: CallOptions,
): Promise<readonly WrittenRecord[]> {
  const call: HttpCall = {
    method: 'POST',
    path: '/entity/_batch',
    operation: 'batch',
    body: { mediaType: 'json', text: JSON.stringify({ requests: operations.map(toRequest) }) },
    isRepeatable: false,
    doneBy: [200],
  };
  const { data } = await readAnswer(caller, call, ANSWER, options);
  const isOurs = operations.every((operation, index) => isOf(operation, data[index]));
  if (data.length !== operations.length || !isOurs) throw broken(call);
  return data.map(({ type, id }) => ({ type, id }));
}

/** Rows are paired by their place (API 5.5): what stands at another says nothing of what became of ours. */
function isOf(operation: BatchOperation, row: Row | undefined): boolean {
  if (row === undefined || row.type !== operation.type) return false;
  if ((operation.kind === 'delete') !== (row.kind === 'delete')) return false;
  return operation.kind === 'create' || row.id === operation.id;
}

type Row = z.infer<typeof ANSWER>['data'][number];

function toRequest(operation: BatchOperation): object {
  const { kind, type } = operation;
  return {
    request_type: kind,
    entity: type,
    ...(operation.kind !== 'create' && { record_id: operation.id }),
    ...(operation.kind !== 'delete' && { data: operation.values }),
  };
}

const broken = (call: HttpCall): AppError => callError('UPSTREAM_BROKEN', call);
