import { Int, Resolver } from 'type-graphql';
import { linkNode } from '../../query/decode/field-values.ts';
import { idOf } from '../../query/input/links.ts';
import type { WriteValues } from '../../query/ports/ports.ts';
import {
  atInput,
  compileWrite,
  withAuthor,
  type WriteInput,
  type WriteMode,
} from '../../query/write/write-values.ts';
import { atWrongLink } from '../../query/write/wrong-link.ts';
import { createRecord, deleteRecord, reviveRecord, updateRecord } from '../../shotgun/calls/write.ts';
import type { ExposedType } from '../../site/expose.ts';
import { typeFacts } from '../../site/type-facts.ts';
import { type Compiled, liveChecked, classOf, type SchemaParts } from '../resolve/schema-parts.ts';
import { type NamedClass, namedClass } from '../types/named-class.ts';
import { addOperation, type OperationCall } from '../resolve/own-resolvers.ts';
import { writeAndRead } from '../resolve/write-and-read.ts';
import type { WriteInputs } from '../types/write-inputs.ts';

/** `createShot`, `updateShot`, `deleteShot` and `reviveShot` of one type. */
export function createMutationResolver(
  parts: SchemaParts,
  type: ExposedType,
  inputs: WriteInputs,
): NamedClass {
  const resolver = namedClass(`${type.graphqlName}Mutations`);
  if (inputs.create !== null) addCreate(resolver, parts, type, inputs.create);
  addUpdate(resolver, parts, type, inputs.update);
  addDelete(resolver, parts, type);
  addRevive(resolver, parts, type);
  Resolver()(resolver);
  return resolver;
}

const ID = { name: 'id', type: () => Int };

function addCreate(resolver: NamedClass, parts: SchemaParts, type: ExposedType, input: NamedClass): void {
  addOperation<{ input: WriteInput }>(resolver, {
    kind: 'mutation',
    name: `create${type.graphqlName}`,
    description: 'Each call creates a new record: do not repeat it automatically.',
    args: [{ name: 'input', type: () => input }],
    returns: () => classOf(parts.types, type.type),
    async run(call) {
      const { writer, principal } = call.context;
      const { compiled: given, settle } = checked(parts, type, 'create', call);
      const values = withAuthor(type, given, principal.person);
      return writeAndRead(parts, call, {
        type: type.type,
        settle,
        write: () =>
          placing(parts, type, call, async () => (await writer.call(createRecord(type.type, values))).id),
      });
    },
  });
}

function addUpdate(resolver: NamedClass, parts: SchemaParts, type: ExposedType, input: NamedClass): void {
  addOperation<{ id: number; input: WriteInput }>(resolver, {
    kind: 'mutation',
    name: `update${type.graphqlName}`,
    description: 'Changes only the given fields.',
    args: [ID, { name: 'input', type: () => input }],
    returns: () => classOf(parts.types, type.type),
    async run(call) {
      const id = idOf(call.args.id, 'id');
      const { compiled: values, settle } = checked(parts, type, 'update', call);
      return writeAndRead(parts, call, {
        type: type.type,
        settle,
        write: () =>
          placing(parts, type, call, async () => {
            await call.context.writer.call(updateRecord(type.type, id, values));
            return id;
          }),
      });
    },
  });
}

function addDelete(resolver: NamedClass, parts: SchemaParts, type: ExposedType): void {
  addOperation<{ id: number }>(resolver, {
    kind: 'mutation',
    name: `delete${type.graphqlName}`,
    description: sentences(
      'Retires the record, which can be revived. Links to it vanish from other records.',
      typeFacts(type.type).retiring,
    ),
    args: [ID],
    returns: () => parts.deletePayload,
    async run({ args, context }) {
      const id = idOf(args.id, 'id');
      await context.writer.call(deleteRecord(type.type, id));
      return { type: type.type, id, deleted: linkNode(parts.schema, { type: type.type, id, name: null }) };
    },
  });
}

function addRevive(resolver: NamedClass, parts: SchemaParts, type: ExposedType): void {
  addOperation<{ id: number }>(resolver, {
    kind: 'mutation',
    name: `revive${type.graphqlName}`,
    description: 'Restores a deleted record and its links. Does nothing if the record is not deleted.',
    args: [ID],
    returns: () => classOf(parts.types, type.type),
    run(call) {
      const id = idOf(call.args.id, 'id');
      return writeAndRead(parts, call, {
        type: type.type,
        async write() {
          await call.context.writer.call(reviveRecord(type.type, id));
          return id;
        },
      });
    },
  });
}

const checked = (
  parts: SchemaParts,
  type: ExposedType,
  mode: WriteMode,
  { args, context }: OperationCall<{ readonly input: WriteInput }>,
): Compiled<WriteValues> =>
  liveChecked(parts, context, (checks) => compileWrite({ ...checks, type, mode, at: ['input'] }, args.input));

const sentences = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join(' ');

/** Adds the place in the client's input to a refusal of the site. */
async function placing<T>(
  { schema }: SchemaParts,
  type: ExposedType,
  { args, context }: OperationCall<{ readonly input: WriteInput }>,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (thrown) {
    throw await atWrongLink(atInput(thrown, type, args.input), schema, context.reader);
  }
}
