import { Field, InputType, Int, ObjectType, registerEnumType, Resolver } from 'type-graphql';
import { AppError } from '../base/errors.ts';
import type { LinkInput } from '../query/links.ts';
import type { BatchOperation } from '../query/ports.ts';
import { compileWrite, withAuthor, type WriteInput } from '../query/write-values.ts';
import type { ExposedType } from '../site/expose.ts';
import { addComputedField } from './computed-field.ts';
import { type NamedClass, namedClass } from './named-class.ts';
import { addOperation } from './operation.ts';
import type { SchemaParts } from './schema-parts.ts';

/** One operation as the client gave it: exactly one key, such as `updateShot`. */
type OperationInput = Readonly<Record<string, unknown>>;

interface Compiler {
  readonly compile: (value: unknown, person: LinkInput) => BatchOperation;
}

interface BatchResult {
  readonly kind: BatchOperation['kind'];
  readonly type: string;
  readonly id: number;
}

const KINDS = { CREATE: 'create', UPDATE: 'update', DELETE: 'delete' };

/** The mutation `batch`: writes of any types, all or nothing, in one call (API 5.5). */
export function createBatchResolvers(parts: SchemaParts): NamedClass[] {
  // GraphQL knows no input without fields: a site of which nothing may be written has no batch.
  if (parts.writes.size === 0) return [];
  const { input, compilers } = operationInput(parts);
  const result = resultType();
  const fields = namedClass('BatchResultFields');
  addComputedField<BatchResult>(fields, {
    name: 'entity',
    description: 'As it is after the batch; null where it was deleted or you may not see it.',
    returns: () => parts.entity,
    nullable: true,
    run: ({ root, context, info }) =>
      root.kind === 'delete'
        ? null
        : context.reader.one(root.type, root.id, parts.selections.of(info, root.type)),
  });
  Resolver(() => result as never)(fields as never);

  const mutations = namedClass('BatchMutations');
  addOperation<{ operations: readonly OperationInput[] }>(mutations, {
    kind: 'mutation',
    name: 'batch',
    description: `All of the operations or none, in one call, at most ${parts.maxBatch}. An operation cannot name an entity that another one makes.`,
    args: [{ name: 'operations', type: () => [input] }],
    returns: () => [result],
    async run({ args: { operations }, context }) {
      if (operations.length === 0 || operations.length > parts.maxBatch) throw badSize(parts.maxBatch);
      const { person } = context.principal;
      const compiled = operations.map((operation, index) => compileAt(compilers, operation, index, person));
      const written = await context.writer.batch(compiled);
      context.reader.forget();
      return written.map(({ type, id }, index): BatchResult => ({
        kind: compiled[index]?.kind ?? 'update',
        type,
        id,
      }));
    },
  });
  Resolver()(mutations as never);
  return [fields, mutations];
}

/** A batch is never cut in pieces: the pieces would not be atomic together. */
const badSize = (limit: number): AppError =>
  new AppError('BAD_USER_INPUT', {
    message: `Give from 1 to ${limit} operations. Cut larger work into batches that may stand alone.`,
    details: { path: 'operations' },
  });

function operationInput(parts: SchemaParts): {
  input: NamedClass;
  compilers: ReadonlyMap<string, Compiler>;
} {
  const input = namedClass('BatchOperationInput');
  const compilers = new Map<string, Compiler>();
  for (const [systemType, writes] of parts.writes) {
    const type = parts.schema.types.get(systemType);
    if (type === undefined) continue;
    const update = updateInput(type, writes.update);
    const optional = { nullable: true };
    const { graphqlName } = type;
    Field(() => writes.create as never, optional)(input.prototype, `create${graphqlName}`);
    Field(() => update as never, optional)(input.prototype, `update${graphqlName}`);
    Field(() => Int, { nullable: true, description: 'Its id.' })(input.prototype, `delete${graphqlName}`);
    addCompilers(compilers, parts, type);
  }
  InputType('BatchOperationInput', { description: 'Exactly one of these.' })(input);
  return { input, compilers };
}

function updateInput(type: ExposedType, values: NamedClass): NamedClass {
  const update = namedClass(`${type.graphqlName}UpdateOperationInput`);
  Field(() => Int)(update.prototype, 'id');
  Field(() => values as never)(update.prototype, 'input');
  InputType(`${type.graphqlName}UpdateOperationInput`)(update);
  return update;
}

function addCompilers(compilers: Map<string, Compiler>, { schema }: SchemaParts, type: ExposedType): void {
  const { graphqlName, type: systemType } = type;
  compilers.set(`create${graphqlName}`, {
    compile: (value, person) => ({
      kind: 'create',
      type: systemType,
      values: withAuthor(type, compileWrite(schema, type, value as WriteInput, 'create'), person),
    }),
  });
  compilers.set(`update${graphqlName}`, {
    compile(value) {
      const { id, input } = value as { id: number; input: WriteInput };
      return {
        kind: 'update',
        type: systemType,
        id: idOf(id),
        values: compileWrite(schema, type, input, 'update'),
      };
    },
  });
  compilers.set(`delete${graphqlName}`, {
    compile: (value) => ({ kind: 'delete', type: systemType, id: idOf(value as number) }),
  });
}

/** The site reads a missing id as 0 (API 5.5). */
function idOf(id: number): number {
  if (id >= 1) return id;
  throw new AppError('BAD_USER_INPUT', {
    message: 'An id is 1 or more.',
    details: { path: 'id', value: id },
  });
}

function compileAt(
  compilers: ReadonlyMap<string, Compiler>,
  operation: OperationInput,
  index: number,
  person: LinkInput,
): BatchOperation {
  const given = Object.entries(operation).filter(([, value]) => value !== undefined && value !== null);
  const [only] = given;
  const compiler = only === undefined ? undefined : compilers.get(only[0]);
  if (only === undefined || compiler === undefined || given.length !== 1) {
    throw new AppError('BAD_USER_INPUT', {
      message: 'Each operation has exactly one key, such as updateShot.',
      details: { path: `operations.${index}`, value: given.map(([name]) => name) },
    });
  }
  try {
    return compiler.compile(only[1], person);
  } catch (error) {
    throw placed(error, `operations.${index}.${only[0]}`);
  }
}

/** The site names no operation where a batch fails (API 5.5); what we find ourselves is told exactly. */
function placed(error: unknown, place: string): unknown {
  if (!(error instanceof AppError)) return error;
  const { code, message, details, cause } = error;
  const path = typeof details?.['path'] === 'string' ? `${place}.${details['path']}` : place;
  return new AppError(code, { message, details: { ...details, path }, cause });
}

function resultType(): NamedClass {
  const kinds = { ...KINDS };
  registerEnumType(kinds, { name: 'BatchKind', description: 'What an operation of a batch did.' });
  const result = namedClass('BatchResult');
  Field(() => kinds)(result.prototype, 'kind');
  Field(() => String)(result.prototype, 'type');
  Field(() => Int)(result.prototype, 'id');
  ObjectType('BatchResult', { description: 'What one operation of a batch wrote.' })(result);
  return result;
}
