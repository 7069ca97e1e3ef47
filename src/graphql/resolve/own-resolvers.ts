import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { Arg, Extensions, Mutation, Query, FieldResolver } from 'type-graphql';
import type { GraphqlContext } from '../request/context.ts';
import { addMethod, type NamedClass } from '../types/named-class.ts';
import { fieldsOfObjects } from '../types/object-fields.ts';

interface OwnArgument {
  readonly name: string;
  readonly type: () => object;
  readonly nullable?: boolean;
  readonly defaultValue?: unknown;
  readonly description?: string;
}

/** The call of one of our resolvers. The arguments are those of the document and its variables, uncopied. */
export interface OwnCall<Root, Args> {
  readonly root: Root;
  readonly args: Args;
  readonly context: GraphqlContext;
  readonly info: GraphQLResolveInfo;
}

type Run = (call: OwnCall<never, never>) => unknown;

/** Extension of a field: its resolver. */
const RUN = 'shotgraphRun';

/** Declares the arguments and the resolver of a field. Returns the descriptor that type-graphql's decorators need. */
function declareResolver(
  target: NamedClass,
  { name, args }: { readonly name: string; readonly args: readonly OwnArgument[] },
  run: Run,
): PropertyDescriptor {
  args.forEach(({ name: argument, type, ...options }, index) => {
    Arg(argument, type, options)(target.prototype, name, index);
  });
  Extensions({ [RUN]: run })(target.prototype, name);
  return addMethod(target, name, run);
}

/** Whether a field has a resolver of ours. */
export const hasOwnResolver = ({ extensions }: { readonly extensions: object }): boolean => RUN in extensions;

/**
 * Replaces type-graphql's resolvers by the declared ones. type-graphql's resolvers first copy the arguments of
 * each call into instances of the input classes. A copy takes about half a millisecond per object of a filter or a
 * batch, so one request of 340 KB blocked the server for 25 seconds. Our resolvers do not use the copies.
 */
export function withOwnResolvers(schema: GraphQLSchema): GraphQLSchema {
  for (const [, field] of fieldsOfObjects(schema)) {
    const run = field.extensions[RUN] as Run | undefined;
    if (run === undefined) continue;
    field.resolve = (root, args, context, info) =>
      run({ root, args, context, info } as OwnCall<never, never>);
  }
  return schema;
}

/** The call of a root field. */
export type OperationCall<Args> = OwnCall<unknown, Args>;

interface Operation<Args> {
  readonly kind: 'query' | 'mutation';
  readonly name: string;
  readonly description: string;
  readonly args: readonly OwnArgument[];
  readonly returns: () => object;
  readonly nullable?: boolean | 'items';
  /** True if it never fails by itself. */
  readonly isCertain?: boolean;
  run(call: OperationCall<Args>): unknown;
}

/** Adds a root field to a resolver class. */
export function addOperation<Args>(resolver: NamedClass, operation: Operation<Args>): void {
  const { name } = operation;
  const descriptor = declareResolver(resolver, operation, (call) => operation.run(call));
  const decorate = operation.kind === 'query' ? Query : Mutation;
  decorate(operation.returns, {
    nullable: nullabilityOf(operation),
    description: operation.description,
  })(resolver.prototype, name, descriptor);
}

/**
 * A failed query is null, so that the document's other root fields keep their results (F15). A failed mutation is
 * null, so that the answer still shows the earlier mutations.
 */
function nullabilityOf<Args>({ nullable = false, isCertain = false }: Operation<Args>) {
  if (isCertain) return nullable;
  return nullable === 'items' ? 'itemsAndList' : true;
}

/** The call of a field that is computed on demand. */
export type FieldCall<Root, Args = object> = OwnCall<Root, Args>;

interface ComputedField<Root, Args> {
  readonly name: string;
  readonly description: string;
  readonly returns: () => object;
  /** The field itself is always nullable, so that its failure does not null its parent (F15). */
  readonly nullable?: 'items';
  readonly args?: readonly OwnArgument[];
  run(call: FieldCall<Root, Args>): unknown;
}

/** Adds a field with its own resolver to the resolver class of a type. */
export function addComputedField<Root, Args = object>(
  resolver: NamedClass,
  field: ComputedField<Root, Args>,
): void {
  const { name, args = [] } = field;
  const descriptor = declareResolver(resolver, { name, args }, (call) => field.run(call));
  FieldResolver(field.returns, {
    nullable: field.nullable === 'items' ? 'itemsAndList' : true,
    description: field.description,
  })(resolver.prototype, name, descriptor);
}
