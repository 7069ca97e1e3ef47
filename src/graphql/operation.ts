import type { GraphQLResolveInfo } from 'graphql';
import { Arg, createParameterDecorator, Mutation, Query, type ResolverData } from 'type-graphql';
import type { GraphqlContext } from './context.ts';
import { addMethod, type NamedClass } from './named-class.ts';

export interface OperationCall<Args> {
  readonly args: Args;
  readonly context: GraphqlContext;
  readonly info: GraphQLResolveInfo;
}

export interface OperationArgument {
  readonly name: string;
  readonly type: () => unknown;
  readonly nullable?: boolean;
  readonly defaultValue?: unknown;
  readonly description?: string;
}

export interface Operation<Args> {
  readonly kind: 'query' | 'mutation';
  readonly name: string;
  readonly description: string;
  readonly args: readonly OperationArgument[];
  readonly returns: () => unknown;
  readonly nullable?: boolean | 'items';
  /** True for one that cannot fail by itself. */
  readonly isCertain?: boolean;
  run(call: OperationCall<Args>): unknown;
}

/**
 * Adds a root field to a resolver class. The arguments are declared one by one, as type-graphql wants them, and
 * arrive together, as they were given.
 */
export function addOperation<Args>(resolver: NamedClass, operation: Operation<Args>): void {
  const { name, args } = operation;
  const descriptor = addMethod(resolver, name, (...values: unknown[]) =>
    operation.run(values[args.length] as OperationCall<Args>),
  );
  args.forEach(({ name: argument, type, ...options }, index) => {
    Arg(argument, type as never, options)(resolver.prototype, name, index);
  });
  createParameterDecorator((data: ResolverData) => data)(resolver.prototype, name, args.length);
  const decorate = operation.kind === 'query' ? Query : Mutation;
  decorate(operation.returns as never, {
    nullable: nullabilityOf(operation),
    description: operation.description,
  })(resolver.prototype, name, descriptor);
}

/**
 * A query that failed is null, so that it does not take the others of its document with it (F15), and a mutation that
 * failed, so that it does not hide what those before it have done.
 */
function nullabilityOf<Args>({ nullable = false, isCertain = false }: Operation<Args>) {
  if (isCertain) return nullable;
  return nullable === 'items' ? 'itemsAndList' : true;
}
