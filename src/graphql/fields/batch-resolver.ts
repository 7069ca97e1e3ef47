import { type ClassType, Field, InputType, Int, ObjectType, registerEnumType, Resolver } from 'type-graphql';
import { AppError } from '../../base/errors.ts';
import {
  atOperation,
  createOperation,
  deleteOperation,
  type GivenOperation,
  type PlacedOperation,
  updateOperation,
} from '../../query/write/batch-operations.ts';
import { linkNode } from '../../query/decode/field-values.ts';
import type { LinkInput } from '../../query/input/links.ts';
import { atWrongLink } from '../../query/write/wrong-link.ts';
import type { BatchOperation } from '../../query/ports/ports.ts';
import { writeBatch } from '../../shotgun/calls/batch.ts';
import type { ExposedType } from '../../site/expose.ts';
import { addComputedField, addOperation, type OperationCall } from '../resolve/own-resolvers.ts';
import { liveChecked, type SchemaParts } from '../resolve/schema-parts.ts';
import { type NamedClass, namedClass } from '../types/named-class.ts';
import { notReadAfter } from '../resolve/write-and-read.ts';

/** One operation in the client's form: exactly one key, such as `updateShot`. */
type OperationInput = Readonly<Record<string, unknown>>;

/** By key, such as `updateShot`. */
type Compilers = ReadonlyMap<string, Compiler>;

interface Compiler {
  readonly type: ExposedType;
  readonly compile: (given: GivenOperation, value: never) => PlacedOperation;
}

interface BatchArguments {
  readonly operations: readonly OperationInput[];
}

interface BatchResult {
  readonly kind: BatchOperation['kind'];
  readonly type: string;
  readonly id: number;
}

const KINDS = { CREATE: 'create', UPDATE: 'update', DELETE: 'delete' };

/** The mutation `batch`: writes of any types, all or nothing, in one call (API 5.5). */
export function createBatchResolvers(parts: SchemaParts): NamedClass[] {
  // GraphQL allows no input type without fields, so a site without writable types has no batch.
  if (parts.writes.size === 0) return [];
  const { input, compilers } = operationInput(parts);
  const result = resultType();
  const fields = namedClass('BatchResultFields');
  addComputedField<BatchResult>(fields, {
    name: 'entity',
    description: 'The record after the batch. Null if it was deleted or you may not see it.',
    returns: () => parts.entity,
    run: ({ root, context, info }) =>
      root.kind === 'delete'
        ? null
        : context.reader
            .one(root.type, root.id, parts.selections.of(info, root.type))
            .catch((thrown: unknown) => {
              throw notReadAfter(thrown, root);
            }),
  });
  addComputedField<BatchResult>(fields, {
    name: 'deleted',
    description:
      'The deleted record, as `__typename` and `id` for client caches. Null for the other operations.',
    returns: () => parts.entity,
    run: ({ root: { kind, type, id } }) =>
      kind === 'delete' ? linkNode(parts.schema, { type, id, name: null }) : null,
  });
  Resolver(() => result)(fields);

  const mutations = namedClass('BatchMutations');
  addOperation<BatchArguments>(mutations, {
    kind: 'mutation',
    name: 'batch',
    description: `Makes all of the operations or none, in one call. At most ${parts.maxBatch}. An operation cannot link to an entity that another one of the batch creates.`,
    args: [{ name: 'operations', type: () => [input] }],
    returns: () => [result],
    run: (call) => runBatch(parts, compilers, call),
  });
  Resolver()(mutations);
  return [fields, mutations];
}

async function runBatch(
  parts: SchemaParts,
  compilers: Compilers,
  { args: { operations }, context, info }: OperationCall<BatchArguments>,
): Promise<readonly BatchResult[]> {
  if (operations.length === 0 || operations.length > parts.maxBatch) throw badSize(parts.maxBatch);
  const { person } = context.principal;
  const { compiled: placed, settle } = liveChecked(parts, context, (checks) =>
    operations.map((given, index) => compileAt(compilers, { ...checks, given, index, person })),
  );
  // Reserve the reads before the write, so that a refused read also stops the write. Deleted and unselected
  // records are not read.
  const read = parts.selections.asks(info, 'entity')
    ? placed.filter(({ operation }) => operation.kind !== 'delete')
    : [];
  const types = [...new Set(read.map(({ operation }) => operation.type))];
  await Promise.all(
    types.map((type) => context.reader.reserve(type, parts.selections.of(info, type, [['entity']]))),
  );
  await settle();
  try {
    const written = await context.writer.call(writeBatch(placed.map(({ operation }) => operation)));
    return written.map(({ type, id }, index): BatchResult => ({
      kind: placed[index]?.operation.kind ?? 'update',
      type,
      id,
    }));
  } catch (thrown) {
    throw await atWrongLink(atOperation(thrown, placed), parts.schema, context.reader);
  }
}

/** Never split a batch: its pieces would not be atomic together. */
const badSize = (limit: number): AppError =>
  new AppError('BAD_USER_INPUT', {
    message: `Give from 1 to ${limit} operations. Cut larger work into batches that may stand alone.`,
    details: { path: 'operations' },
  });

function operationInput(parts: SchemaParts): {
  input: NamedClass;
  compilers: Compilers;
} {
  const input = namedClass('BatchOperationInput');
  const compilers = new Map<string, Compiler>();
  for (const [systemType, writes] of parts.writes) {
    const type = parts.schema.types.get(systemType);
    if (type === undefined) continue;
    const update = updateInput(type, writes.update);
    const optional = { nullable: true };
    const { graphqlName } = type;
    const { create } = writes;
    if (create !== null) {
      Field(() => create, optional)(input.prototype, `create${graphqlName}`);
      compilers.set(`create${graphqlName}`, { type, compile: createOperation });
    }
    Field(() => update, optional)(input.prototype, `update${graphqlName}`);
    compilers.set(`update${graphqlName}`, { type, compile: updateOperation });
    Field(() => Int, { nullable: true, description: 'The id of the record.' })(
      input.prototype,
      `delete${graphqlName}`,
    );
    compilers.set(`delete${graphqlName}`, { type, compile: deleteOperation });
  }
  InputType('BatchOperationInput', { description: 'Set exactly one of these fields.' })(input);
  return { input, compilers };
}

function updateInput(type: ExposedType, values: NamedClass): NamedClass {
  const update = namedClass(`${type.graphqlName}UpdateOperationInput`);
  Field(() => Int)(update.prototype, 'id');
  Field(() => values)(update.prototype, 'input');
  InputType(`${type.graphqlName}UpdateOperationInput`)(update);
  return update;
}

interface OperationAt extends Pick<GivenOperation, 'schema' | 'doubts'> {
  readonly given: OperationInput;
  readonly index: number;
  readonly person: LinkInput;
}

function compileAt(compilers: Compilers, { given, index, ...needed }: OperationAt): PlacedOperation {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  const [only] = entries;
  const compiler = only === undefined ? undefined : compilers.get(only[0]);
  if (only === undefined || compiler === undefined || entries.length !== 1) {
    throw new AppError('BAD_USER_INPUT', {
      message: 'Each operation has exactly one key, such as updateShot.',
      details: { path: `operations.${index}`, value: entries.map(([name]) => name) },
    });
  }
  const [key, value] = only;
  const { type, compile } = compiler;
  // The schema has already coerced the value to this compiler's input type.
  return compile({ ...needed, type, place: `operations.${index}.${key}` }, value as never);
}

function resultType(): ClassType {
  const kinds = { ...KINDS };
  registerEnumType(kinds, { name: 'BatchKind', description: 'The kind of an operation of a batch.' });
  @ObjectType('BatchResult', { description: 'The result of one operation of a batch.' })
  class BatchResultType {
    @Field(() => kinds)
    kind!: string;

    @Field(() => String)
    type!: string;

    @Field(() => Int)
    id!: number;
  }
  return BatchResultType;
}
