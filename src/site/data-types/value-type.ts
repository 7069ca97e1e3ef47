import type { OperatorGroup } from './operators.ts';

/** A value's kind in the GraphQL schema: a scalar by its name, or a link, a list of links, a file, a picture. */
export type Shown =
  | 'String'
  | 'Int'
  | 'Bytes'
  | 'Float'
  | 'Boolean'
  | 'Date'
  | 'DateTime'
  | 'UUID'
  | 'JSON'
  | 'link'
  | 'links'
  | 'file'
  | 'image';

/** How a value from ShotGrid is converted for the client. */
export type Read =
  'asItIs' | 'wholeNumber' | 'decimalText' | 'unsetIsFalse' | 'link' | 'links' | 'file' | 'image';

/** How a value from a client is converted for ShotGrid. */
export type Write =
  'asItIs' | 'decimalText' | 'neverNull' | 'colour' | 'typeName' | 'structure' | 'link' | 'links' | 'file';

/** How a filter's value is converted for ShotGrid's comparison. */
export type FilterValue = 'asItIs' | 'sixDecimals' | 'whole';

/** The filter conditions that a field supports (API 3.3). */
export interface FilterRules {
  /**
   * Name of the input in the GraphQL schema. Data types with the same name share the input, so their rules are
   * equal.
   */
  readonly input: string;
  /** The scalar of the filter, if it differs from the output's. */
  readonly takes?: 'JSONObject';
  readonly operators: readonly OperatorGroup[];
  /** The value that stands for an empty field; `never` if ShotGrid refuses null or the value is unknown. */
  readonly empty: 'null' | 'emptyText' | 'never';
  readonly value: FilterValue;
  readonly description?: string;
  /** True if no value is ever empty, so that negations need no special case. */
  readonly isPlain?: boolean;
}

/** Everything that depends on a field's data type. */
export interface ValueType {
  /** A description for people. */
  readonly about: string;
  /** False for types that never have a value or that are secret: `expose.yml` cannot show them. */
  readonly isExposed: boolean;
  readonly shown: Shown;
  /** Unit of its numbers or form of its text (API 2.7). */
  readonly unit: string | null;
  readonly read: Read;
  /** Null if the site sets the value itself, or an upload does. */
  readonly write: Write | null;
  /** Null if the API cannot filter on it. */
  readonly filter: FilterRules | null;
  /** False if sorting does nothing or fails (API 3.5). */
  readonly isSortable: boolean;
  /** The form of values that ShotGrid orders, so that a page can continue after one; null for others. */
  readonly compared: RegExp | null;
  /** False if summarizing or grouping returns nothing or fails (API 4.1). */
  readonly isSummarized: boolean;
  /** Whether the highest and the lowest value are numbers. */
  readonly isNumeric: boolean;
}
