import { FieldResolver } from 'type-graphql';
import type { NamedClass } from '../types/named-class.ts';
import { declareResolver, type OwnArgument, type OwnCall } from './own-resolvers.ts';

/** What a field that is computed when asked for gets. */
export type FieldCall<Root, Args = object> = OwnCall<Root, Args>;

export interface ComputedField<Root, Args> {
  readonly name: string;
  readonly description: string;
  readonly returns: () => object;
  /** The field itself may always be null, so that its failure does not take the rest with it (F15). */
  readonly nullable?: 'items';
  readonly args?: readonly OwnArgument[];
  run(call: FieldCall<Root, Args>): unknown;
}

/** Adds a field with a resolver of its own to the resolver class of a type. */
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
