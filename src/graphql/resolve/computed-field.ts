import { FieldResolver } from 'type-graphql';
import type { NamedClass } from '../types/named-class.ts';
import { declareResolver, type OwnArgument, type OwnCall } from './own-resolvers.ts';

/** The call of a field that is computed on demand. */
export type FieldCall<Root, Args = object> = OwnCall<Root, Args>;

export interface ComputedField<Root, Args> {
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
