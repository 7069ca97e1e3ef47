const TEXT = ['is', 'is_not', 'contains', 'not_contains', 'starts_with', 'ends_with', 'in', 'not_in'];
const NUMBER = ['is', 'is_not', 'greater_than', 'less_than', 'between', 'in', 'not_in'];
const DATE = [
  ...NUMBER,
  'in_last',
  'not_in_last',
  'in_next',
  'not_in_next',
  'in_calendar_day',
  'in_calendar_week',
  'in_calendar_month',
  'in_calendar_year',
];
const LINK = [
  'is',
  'is_not',
  'in',
  'not_in',
  'type_is',
  'type_is_not',
  'name_is',
  'name_contains',
  'name_not_contains',
];
const CHOICE = ['is', 'is_not', 'in', 'not_in'];

/** Relations that the site lists per data type (API 3.3); data types that are not here cannot be filtered. */
export const RELATIONS: Readonly<Record<string, readonly string[]>> = {
  text: TEXT,
  number: NUMBER,
  float: NUMBER,
  percent: NUMBER,
  duration: NUMBER,
  timecode: NUMBER,
  currency: NUMBER,
  date: DATE,
  date_time: DATE,
  entity: LINK,
  multi_entity: LINK,
  list: CHOICE,
  status_list: CHOICE,
  entity_type: CHOICE,
  uuid: CHOICE,
  color: CHOICE,
  checkbox: ['is', 'is_not'],
  image: ['is', 'is_not'],
  jsonb: ['is', 'is_not', 'contains', 'not_contains'],
};
