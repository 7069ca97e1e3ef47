import type { RecordValues } from '../data-types/record-values.ts';
import type { SiteEventLog } from '../events/event-log.ts';
import type { Caller, Permissions, Storage, Switches } from '../ports.ts';
import type { SchemaModel } from '../schema-model/schema-model.ts';

export interface WebDeps {
  readonly storage: Storage;
  readonly schema: SchemaModel;
  readonly events: SiteEventLog;
  readonly permissions: Permissions;
  readonly values: RecordValues;
  readonly switches: Switches;
  readonly now: () => number;
  readonly site: { readonly url: () => string };
  readonly readFile: (caller: Caller, value: unknown) => unknown;
}
