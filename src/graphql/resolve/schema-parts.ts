import type { ClassType } from 'type-graphql';
import type { ExposedSchema } from '../../site/expose.ts';
import type { NamedClass } from '../types/named-class.ts';
import type { SelectionReader } from '../request/selection-of.ts';
import type { WriteInputs } from '../types/write-inputs.ts';

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
