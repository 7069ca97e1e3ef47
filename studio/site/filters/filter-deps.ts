import type { RecordValues } from '../data-types/record-values.ts';
import type { Storage, StoredRecord, StoredValue, Switches } from '../ports.ts';
import type { SchemaModel } from '../schema-model/schema-model.ts';

export type Predicate = (record: StoredRecord) => boolean;

export interface FilterDeps {
  readonly storage: Storage;
  readonly schema: SchemaModel;
  readonly values: RecordValues;
  readonly now: () => number;
  readonly switches?: Switches;
  /** What the caller has of a field that is each viewer's own. */
  readonly viewerValue?: (record: StoredRecord, field: string) => StoredValue;
}
