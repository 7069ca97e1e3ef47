import type { FieldSchema } from '../site-schema.ts';
import type { FilterRules, ValueType } from './value-type.ts';

/** An undescribed data type: its values pass through unchanged, and it can be sorted and summarized. */
export const UNKNOWN_TYPE: ValueType = {
  about: 'Unknown here.',
  isExposed: true,
  shown: 'JSON',
  unit: null,
  read: 'asItIs',
  write: null,
  filter: null,
  isSortable: true,
  compared: null,
  isSummarized: true,
  isNumeric: false,
};

const row = (about: string, rules: Partial<ValueType>): ValueType => ({ ...UNKNOWN_TYPE, about, ...rules });

const CHOICE = ['equality', 'choice', 'empty'] as const;
const RANGE = [...CHOICE, 'order'] as const;
const CASELESS = 'Letter case is ignored.';

const filter = (
  input: string,
  operators: FilterRules['operators'],
  rules: Partial<FilterRules> = {},
): FilterRules => ({ input, operators, empty: 'null', value: 'asItIs', ...rules });

const TEXT = { shown: 'String', write: 'asItIs' } as const;
const INTEGER = {
  shown: 'Int',
  read: 'wholeNumber',
  write: 'asItIs',
  filter: filter('IntFilter', RANGE),
  compared: /^-?\d{1,16}$/u,
  isNumeric: true,
} as const satisfies Partial<ValueType>;
const CHOSEN = filter('ChoiceFilter', CHOICE, {
  description: `${CASELESS} A value that the field cannot have finds nothing.`,
});
const EXACT = filter('ExactChoiceFilter', CHOICE, { description: 'Letter case matters.' });
const LINK = filter('LinkFilter', ['equality', 'choice', 'link', 'empty']);
/** For types without an order and a sum. */
const WHOLE = { isSortable: false, isSummarized: false } as const;

/** The row of each data type, by its name at the site. */
export type DataTypes = Readonly<Record<string, ValueType>>;

/**
 * ShotGrid's data types (API 3.3, 3.5, 4.1, 5.3): one row each. The GraphQL schema, filters, orders, summaries,
 * reads, writes and docs/data-types.md are made from it. To add a data type, add a row.
 */
export const DATA_TYPES = {
  text: row('Text of any length.', {
    ...TEXT,
    filter: filter('TextFilter', [...CHOICE, 'part', 'edge'], { description: CASELESS }),
  }),
  number: row('A whole number of 32 bits.', INTEGER),
  float: row('A number of up to six decimals; ShotGrid sends it as text.', {
    ...{ shown: 'Float', read: 'decimalText', write: 'decimalText', isNumeric: true },
    filter: filter('FloatFilter', RANGE, {
      value: 'sixDecimals',
      description: 'Compares after rounding to 6 decimals.',
    }),
    compared: /^-?\d{1,30}(?:\.\d{1,6})?$/u,
  }),
  percent: row('A share.', { ...INTEGER, unit: 'percent, not clamped' }),
  duration: row('A length of time.', { ...INTEGER, unit: 'minutes' }),
  timecode: row('A place in time.', { ...INTEGER, unit: 'milliseconds' }),
  currency: row('An amount of money, without its currency.', {
    ...{ shown: 'Float', write: 'asItIs', isNumeric: true },
    filter: filter('CurrencyFilter', RANGE),
  }),
  checkbox: row('True or false, never empty.', {
    ...{ shown: 'Boolean', read: 'unsetIsFalse', write: 'neverNull' },
    filter: filter('BooleanFilter', ['equality'], {
      empty: 'never',
      description: 'A checkbox is true or false, never empty.',
      isPlain: true,
    }),
  }),
  list: row('One of the values that an administrator has listed.', { ...TEXT, filter: CHOSEN }),
  status_list: row('The code of a status.', { ...TEXT, filter: CHOSEN }),
  date: row('A day.', {
    ...{ shown: 'Date', write: 'asItIs' },
    filter: filter('DateFilter', [...RANGE, 'time']),
    compared: /^\d{4}-\d\d-\d\d$/u,
  }),
  date_time: row('An instant, in UTC.', {
    ...{ shown: 'DateTime', write: 'asItIs' },
    filter: filter('DateTimeFilter', [...RANGE, 'time']),
    compared: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u,
  }),
  entity: row('A link to one record.', { shown: 'link', read: 'link', write: 'link', filter: LINK }),
  multi_entity: row('Links to several records.', {
    ...{ shown: 'links', read: 'links', write: 'links' },
    filter: LINK,
    isSortable: false,
  }),
  entity_type: row('The name of a type of records.', { ...TEXT, write: 'typeName', filter: EXACT }),
  image: row('A thumbnail. It is set by upload.', {
    ...{ shown: 'image', read: 'image', ...WHOLE },
    filter: filter('ImageFilter', ['empty']),
  }),
  url: row('A file, a web address or a path on a local storage.', {
    ...{ shown: 'file', read: 'file', write: 'file', ...WHOLE },
  }),
  color: row('A colour.', {
    ...{ ...TEXT, write: 'colour', filter: EXACT },
    unit: '"r,g,b", each 0 to 255; of a Task also pipeline_step',
  }),
  jsonb: row('An object or a list.', {
    ...{ write: 'structure', ...WHOLE },
    filter: filter('JsonFilter', ['equality', 'part'], {
      takes: 'JSONObject',
      empty: 'never',
      value: 'whole',
      description:
        'An object contains another if it has the same keys with the same values. Lists cannot be found.',
    }),
  }),
  serializable: row('An object or a list.', { write: 'structure', ...WHOLE }),
  uuid: row('An identifier.', {
    ...{ shown: 'UUID', isSortable: false },
    filter: filter('UuidFilter', CHOICE, { empty: 'emptyText' }),
  }),
  summary: row('What a page of ShotGrid sums up.', WHOLE),
  calculated: row('What a formula of ShotGrid gives.', { isNumeric: true }),
  pivot_column: row('A column of a page of ShotGrid, which has no value ever.', {
    ...{ isExposed: false, ...WHOLE },
  }),
  password: row('A secret.', { isExposed: false, ...WHOLE }),
} as const satisfies DataTypes;

/** Byte counts exceed the 32 bits of ShotGrid's other numbers (API 2.11). */
export const SIZE: ValueType = row('A number of bytes.', {
  ...INTEGER,
  ...{ shown: 'Bytes', read: 'asItIs', filter: filter('BytesFilter', RANGE) },
});

const SIZES = /(?:^|_)file_size$/u;

/** The row of a field's data type. */
export function valueTypeOf(
  { name, dataType }: Pick<FieldSchema, 'name' | 'dataType'>,
  table: DataTypes = DATA_TYPES,
): ValueType {
  if (dataType === 'number' && SIZES.test(name)) return SIZE;
  return Object.hasOwn(table, dataType) ? (table[dataType] ?? UNKNOWN_TYPE) : UNKNOWN_TYPE;
}
