import { Mutation, Query } from 'type-graphql';
import type { NamedClass } from '../types/named-class.ts';
import { declareResolver, type OwnArgument, type OwnCall } from './own-resolvers.ts';

export type OperationCall<Args> = OwnCall<unknown, Args>;

export interface Operation<Args> {
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
