import type { ClassType } from 'type-graphql';
import type { ExposedSchema } from '../../site/expose.ts';
import type { NamedClass } from '../types/named-class.ts';
import type { SelectionReader } from '../request/selection-of.ts';
import type { WriteInputs } from '../types/write-inputs.ts';
import { type Checks, LinkDoubts } from '../../query/input/links.ts';
import { readFieldInfo } from '../../shotgun/calls/field-info.ts';
import type { GraphqlContext } from '../request/context.ts';

/** The inputs of all resolvers, by system name of the type. */
export interface SchemaParts {
  readonly schema: ExposedSchema;
  readonly selections: SelectionReader;
  /** The interface `Entity`. */
  readonly entity: NamedClass;
  /** `Url`. */
  readonly file: ClassType;
  /** `EntityRefInput`. */
  readonly reference: NamedClass;
  readonly types: ReadonlyMap<string, NamedClass>;
  readonly filters: ReadonlyMap<string, NamedClass>;
  readonly sorts: ReadonlyMap<string, NamedClass>;
  readonly connections: ReadonlyMap<string, NamedClass>;
  readonly writes: ReadonlyMap<string, WriteInputs>;
  /** Enum ASC, DESC. */
  readonly sortDirection: object;
  readonly deletePayload: ClassType;
  /** Largest page size of a list. */
  readonly maxFirst: number;
  /** Maximum number of operations in a batch. */
  readonly maxBatch: number;
}

/** The class of an exposed type. Every exposed type has one. */
export function classOf(classes: ReadonlyMap<string, NamedClass>, type: string): NamedClass {
  const found = classes.get(type);
  if (found === undefined) throw new Error(`There is no class for the type ${type}.`);
  return found;
}

/** The compiled input of a client. */
export interface Compiled<T> {
  readonly compiled: T;
  /**
   * Checks the parts that the pulled schema does not cover against the live schema, as the person. This is a call,
   * so every check without a call comes first.
   *
   * @throws AppError BAD_USER_INPUT
   */
  readonly settle: () => Promise<void>;
}

/** @throws AppError BAD_USER_INPUT for errors that do not depend on the live schema */
export function liveChecked<T>(
  { schema }: Pick<SchemaParts, 'schema'>,
  { site }: GraphqlContext,
  compile: (checks: Checks) => T,
): Compiled<T> {
  const doubts = new LinkDoubts();
  const compiled = compile({ schema, doubts });
  return {
    compiled,
    settle: () =>
      doubts.settle(
        (place) => site.call(readFieldInfo(place)),
        (type) => schema.types.get(type)?.graphqlName,
      ),
  };
}
