import type { GraphQLResolveInfo } from 'graphql';
import { Arg, createParameterDecorator, FieldResolver, type ResolverData } from 'type-graphql';
import type { GraphqlContext } from './context.ts';
import { addMethod, type NamedClass } from './named-class.ts';
import type { OperationArgument } from './operation.ts';

/** What a field that is computed when asked for gets. */
export interface FieldCall<Root, Args = object> {
  readonly root: Root;
  readonly args: Args;
  readonly context: GraphqlContext;
  readonly info: GraphQLResolveInfo;
}

export interface ComputedField<Root, Args> {
  readonly name: string;
  readonly description: string;
  readonly returns: () => unknown;
  /** What makes a call of its own is nullable, so that its failure does not take the rest with it (F15). */
  readonly nullable?: boolean | 'items' | 'itemsAndList';
  readonly args?: readonly OperationArgument[];
  run(call: FieldCall<Root, Args>): unknown;
}

/** Adds a field with a resolver of its own to the resolver class of a type. */
export function addComputedField<Root, Args = object>(
  resolver: NamedClass,
  field: ComputedField<Root, Args>,
): void {
  const { name, args = [] } = field;
  const descriptor = addMethod(resolver, name, (...values: unknown[]) =>
    field.run(values[args.length] as FieldCall<Root, Args>),
  );
  args.forEach(({ name: argument, type, ...options }, index) => {
    Arg(argument, type as never, options)(resolver.prototype, name, index);
  });
  createParameterDecorator((data: ResolverData) => data)(resolver.prototype, name, args.length);
  FieldResolver(field.returns as never, {
    nullable: field.nullable ?? false,
    description: field.description,
  })(resolver.prototype, name, descriptor);
}
