import { Int, Resolver } from 'type-graphql';
import { AppError } from '../base/errors.ts';
import type { EntityNode } from '../query/selection.ts';
import { compileWrite, withAuthor, type WriteInput } from '../query/write-values.ts';
import type { ExposedType } from '../site/expose.ts';
import { type NamedClass, namedClass } from './named-class.ts';
import { addOperation, type OperationCall } from './operation.ts';
import type { SchemaParts } from './schema-parts.ts';
import type { WriteInputs } from './write-inputs.ts';

/**
 * `createShot`, `updateShot`, `deleteShot` and `reviveShot` of one type. What a write of ShotGrid answers is too thin
 * to use (API 5.1): what the client selected is read afterwards.
 */
export function createMutationResolver(
  parts: SchemaParts,
  type: ExposedType,
  inputs: WriteInputs,
): NamedClass {
  const resolver = namedClass(`${type.graphqlName}Mutations`);
  const name = type.graphqlName;
  const returns = (): unknown => parts.types.get(type.type);
  const id = { name: 'id', type: () => Int };
  addOperation<{ input: WriteInput }>(resolver, {
    kind: 'mutation',
    name: `create${name}`,
    description: 'Not repeatable: each call makes a new one.',
    args: [{ name: 'input', type: () => inputs.create }],
    returns,
    async run(call) {
      const { writer, principal } = call.context;
      const given = compileWrite(parts.schema, type, call.args.input, 'create');
      const values = withAuthor(type, given, principal.person);
      return readAgain(parts, type, await writer.create(type.type, values), call);
    },
  });
  addOperation<{ id: number; input: WriteInput }>(resolver, {
    kind: 'mutation',
    name: `update${name}`,
    description: 'Changes the given fields and no others.',
    args: [id, { name: 'input', type: () => inputs.update }],
    returns,
    async run(call) {
      const values = compileWrite(parts.schema, type, call.args.input, 'update');
      await call.context.writer.update(type.type, call.args.id, values);
      return readAgain(parts, type, call.args.id, call);
    },
  });
  addOperation<{ id: number }>(resolver, {
    kind: 'mutation',
    name: `delete${name}`,
    description: 'Retires it: it can be brought back.',
    args: [id],
    returns: () => parts.deletePayload,
    async run({ args, context }) {
      await context.writer.delete(type.type, args.id);
      context.reader.forget();
      return { type: type.type, id: args.id };
    },
  });
  addOperation<{ id: number }>(resolver, {
    kind: 'mutation',
    name: `revive${name}`,
    description: 'Brings a retired one back.',
    args: [id],
    returns,
    async run(call) {
      await call.context.writer.revive(type.type, call.args.id);
      return readAgain(parts, type, call.args.id, call);
    },
  });
  Resolver()(resolver as never);
  return resolver;
}

async function readAgain(
  parts: SchemaParts,
  type: ExposedType,
  id: number,
  { context, info }: OperationCall<unknown>,
): Promise<EntityNode> {
  context.reader.forget();
  const node = await context.reader.one(type.type, id, parts.selections.of(info, type.type));
  if (node !== null) return node;
  throw new AppError('NOT_FOUND', {
    message: 'The change was made, but you may not see the result.',
    details: { type: type.type, id },
  });
}
