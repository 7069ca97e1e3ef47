import type { Storage } from '../ports.ts';
import type { SchemaModel } from '../schema-model/schema-model.ts';
import type { Verb } from './classes.ts';

/** What a value is written to, and by which verb. */
export interface WriteContext {
  readonly verb: Verb;
  readonly type: string;
  readonly storage: Storage;
  readonly schema: SchemaModel;
}
