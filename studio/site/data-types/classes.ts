import { SiteError } from '../ports.ts';
import type { FieldModel } from '../schema-model/field-model.ts';
import { classList, className, print } from '../http/ruby.ts';

/** JSON classes that each data type takes, in writes and in filters (API 5.3, 3.3). */
const CLASSES: Readonly<Record<string, readonly string[]>> = {
  text: ['String', 'NilClass'],
  number: ['String', 'Integer', 'NilClass'],
  float: ['String', 'Float', 'NilClass'],
  percent: ['Integer', 'NilClass'],
  duration: ['String', 'Integer', 'Float', 'NilClass'],
  timecode: ['Integer', 'NilClass'],
  currency: ['String', 'Float', 'Integer', 'NilClass'],
  checkbox: ['TrueClass', 'FalseClass', 'String'],
  list: ['String', 'NilClass'],
  status_list: ['String', 'NilClass'],
  date: ['String', 'NilClass'],
  date_time: ['String', 'NilClass'],
  entity: ['Hash', 'NilClass'],
  multi_entity: ['Array', 'Hash'],
  entity_type: ['String', 'NilClass'],
  image: ['NilClass'],
  url: ['Hash', 'NilClass'],
  color: ['String', 'NilClass'],
  jsonb: ['Hash', 'Array', 'NilClass'],
  serializable: ['Hash', 'Array', 'NilClass'],
  uuid: ['String'],
};

export type Verb = 'create' | 'update' | 'read' | 'summarize' | '_text_search';

/** Refuses a value whose JSON class the data type does not take (API 2.9). */
export function assertClass(verb: Verb, place: string, field: FieldModel, value: unknown): void {
  const classes = CLASSES[field.dataType];
  if (classes === undefined || classes.includes(className(value))) return;
  throw new SiteError(
    400,
    103,
    `API ${verb}() ${place} expected ${classList(classes)} data type(s) but got ${className(value)}: ${print(value)}`,
    { source: {} },
  );
}
