import type { OperatorGroup } from './operators.ts';

/** What a value is in the GraphQL schema: a scalar by its name, or a link, a list of links, a file, a picture. */
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

/** How a value that ShotGrid gave becomes what is shown. */
export type Read =
  'asItIs' | 'wholeNumber' | 'decimalText' | 'unsetIsFalse' | 'link' | 'links' | 'file' | 'image';

/** How a value that a client gave becomes what ShotGrid takes. */
export type Write =
  'asItIs' | 'decimalText' | 'neverNull' | 'colour' | 'typeName' | 'structure' | 'link' | 'links' | 'file';

/** How a value of a filter becomes what ShotGrid compares. */
export type FilterValue = 'asItIs' | 'sixDecimals' | 'whole';

/** What can be said of a field in a filter (API 3.3). */
export interface FilterRules {
  /** Name of the input in the GraphQL schema. Data types with the same name share the input, so their rules are the same. */
  readonly input: string;
  /** Another scalar than the one that is shown. */
  readonly takes?: 'JSONObject';
  readonly operators: readonly OperatorGroup[];
  /** What an empty field is compared with; `never` where ShotGrid refuses null, or it is unknown. */
  readonly empty: 'null' | 'emptyText' | 'never';
  readonly value: FilterValue;
  readonly description?: string;
  /** True where nothing is ever empty, so that the operators mean no more than they say. */
  readonly isPlain?: boolean;
}

/** All that depends on the data type of a field. */
export interface ValueType {
  /** What it is, as people read it. */
  readonly about: string;
  /** False for what has no value ever, or is a secret: no `expose.yml` can show it. */
  readonly isExposed: boolean;
  readonly shown: Shown;
  /** Unit of its numbers or form of its text (API 2.7). */
  readonly unit: string | null;
  readonly read: Read;
  /** Null for what is the site's own, or is set by upload. */
  readonly write: Write | null;
  /** Null where the API cannot filter on it. */
  readonly filter: FilterRules | null;
  /** False where sorting does nothing or fails (API 3.5). */
  readonly isSortable: boolean;
  /** How values read which ShotGrid compares by more and less, so that a page can go on after one; null for others. */
  readonly compared: RegExp | null;
  /** False where summing up or grouping gives nothing or fails (API 4.1). */
  readonly isSummarized: boolean;
  /** Whether the highest and the lowest value are numbers. */
  readonly isNumeric: boolean;
}
