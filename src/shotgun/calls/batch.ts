import { z } from 'zod';
import type { AppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import { callError } from '../wire/connection-errors.ts';
import type { HttpCall } from '../wire/http-call.ts';
import { readAnswer } from './read-answer.ts';
import type { BatchOperation, WrittenRecord } from '../port/requests.ts';
import type { Changed, Changing } from '../client/operation.ts';
import type { RecordRef } from '../port/records.ts';

/** A created or updated row is nested, a deleted one is flat (API 5.5). */
const REF = z.object({ type: z.string(), id: z.number() });
const DELETED = REF.extend({ did_delete: z.literal(true) }).transform(({ type, id }) => ({
  kind: 'delete',
  type,
  id,
}));
const WRITTEN = z.object({ data: REF }).transform(({ data }) => ({ kind: 'write', ...data }));
const ANSWER = z.object({ data: z.array(z.union([WRITTEN, DELETED])) });

/**
 * Runs all operations or none, in one call. The results are in the order of the operations. An operation cannot
 * name a row that another one creates (API 5.5).
 */
export const writeBatch = (operations: readonly BatchOperation[]): Changing<readonly WrittenRecord[]> => ({
  kind: 'batch',
  type: null,
  async run(caller, options) {
    const call = toBatchCall(operations);
    const { data } = await readAnswer(caller, call, ANSWER, options);
    const isOurs = operations.every((operation, index) => isOf(operation, data[index]));
    if (data.length !== operations.length || !isOurs) throw broken(call);
    return data.map(({ type, id }) => ({ type, id }));
  },
  changes: (written) => operations.map((operation, index) => changedBy(operation, written?.[index])),
  sample: (site) =>
    operations.map((operation) =>
      operation.kind === 'create' ? site.made(operation.type) : { type: operation.type, id: operation.id },
    ),
});

const toBatchCall = (operations: readonly BatchOperation[]): HttpCall => ({
  method: 'POST',
  path: '/entity/_batch',
  operation: 'batch',
  body: { mediaType: 'json', text: JSON.stringify({ requests: operations.map(toRequest) }) },
  isRepeatable: false,
  doneBy: [HTTP_STATUS.OK],
});

function changedBy(operation: BatchOperation, written: RecordRef | undefined): Changed {
  const { kind, type } = operation;
  const id = kind === 'create' ? (written?.id ?? null) : operation.id;
  return { kind, entity: { type, id }, fields: kind === 'delete' ? [] : Object.keys(operation.values) };
}

/** Results are matched by position (API 5.5). A row at another position does not show the outcome of ours. */
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
