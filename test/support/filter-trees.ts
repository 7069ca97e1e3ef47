import fc from 'fast-check';
import { NOW_MS } from './every-type-site.ts';
import { type Condition, DATA_TYPES, type Group, type Row, type Rows } from './filter-reference.ts';

const TEXT = ['is', 'is_not', 'contains', 'not_contains', 'starts_with', 'ends_with', 'in', 'not_in'];
const NUMBER = ['is', 'is_not', 'greater_than', 'less_than', 'between', 'in', 'not_in'];
const SPANS = ['in_last', 'not_in_last', 'in_next', 'not_in_next'];
const CALENDARS = ['in_calendar_day', 'in_calendar_week', 'in_calendar_month', 'in_calendar_year'];
const NAMES = ['name_is', 'name_contains', 'name_not_contains'];
const LINK = ['is', 'is_not', 'in', 'not_in', 'type_is', 'type_is_not', ...NAMES];
const CHOICE = ['is', 'is_not', 'in', 'not_in'];

/** The relations that API 3.3 lists for each data type. */
export const LEGAL: Readonly<Record<string, readonly string[]>> = {
  text: TEXT,
  ...{ number: NUMBER, float: NUMBER, percent: NUMBER, duration: NUMBER, timecode: NUMBER, currency: NUMBER },
  date: [...NUMBER, ...SPANS, ...CALENDARS],
  date_time: [...NUMBER, ...SPANS, ...CALENDARS],
  ...{ entity: LINK, multi_entity: LINK },
  ...{ list: CHOICE, status_list: CHOICE, entity_type: CHOICE, uuid: CHOICE, color: CHOICE },
  ...{ checkbox: ['is', 'is_not'], image: ['is', 'is_not'] },
  jsonb: ['is', 'is_not', 'contains', 'not_contains'],
};

/** Fields of Thing, one of each data type; the other types share some of their names. */
export const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Thing: Object.keys(DATA_TYPES).filter((name) => name !== 'maker' && name !== 'things'),
  Part: ['id', 'code', 'amount', 'day', 'maker', 'things'],
  Maker: ['id', 'code', 'moment', 'open'],
};
/** Ways from a Thing to where a field is: over single links, lists of links, and both. The last leads nowhere. */
const WAYS: readonly (readonly [prefix: string, type: string])[] = [
  ['', 'Thing'],
  ['owner.Maker.', 'Maker'],
  ['target.Thing.', 'Thing'],
  ['target.Part.', 'Part'],
  ['parts.Part.', 'Part'],
  ['parts.Part.maker.Maker.', 'Maker'],
  ['target.Thing.parts.Part.', 'Part'],
  ['target.Part.things.Thing.owner.Maker.', 'Maker'],
  ['owner.Part.', 'Part'],
];

const pick = <T>(...items: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...items);
const oneOf = (...items: readonly unknown[]): fc.Arbitrary<unknown> => fc.constantFrom(...items);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 6 });

const TEXTS = ['Anvil', 'anvil two', 'BOLT', 'bolt %', 'Ünder', 'a_b'];
const DAYS = Array.from({ length: 60 }, (_, index) => isoDay(NOW_MS + (index - 30) * 86_400_000));
const FAR_DAYS = ['2025-09-15', '2024-02-29', '2027-12-31', '2026-01-01'];
function isoDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
const day = pick(...DAYS, ...FAR_DAYS);
const moment = fc
  .tuple(day, pick('00:00:00', '13:29:59', '13:30:00', '23:59:59', '04:05:06'))
  .map(([date, time]) => `${date}T${time}Z`);
const uuid = pick('7c1e04a2-0000-4000-8000-000000000001', '7c1e04a2-0000-4000-8000-00000000000f');
const document = pick<object>({ a: 1 }, { a: 1, bb: { c: 'x' } }, { bb: { c: 'x' } }, {}, { a: 2, d: null });
const COLOURS = ['1,2,3', '250,0,9', 'pipeline_step'];
const TYPES = ['Shot', 'shot', 'Asset'];

const ref = (type: string, count: number) => fc.integer({ min: 1, max: count }).map((id) => ({ type, id }));
const COUNTS = { Thing: 40, Part: 12, Maker: 6 } as const;
const targetRef = fc.oneof(ref('Thing', COUNTS.Thing), ref('Part', COUNTS.Part));

/** Values of stored rows, by field. */
const STORED: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  code: maybe(pick(...TEXTS)),
  amount: maybe(fc.integer({ min: -3, max: 3 })),
  ratio: maybe(pick('0.0', '0.5', '12.5', '-1.25', '0.333333')),
  done: maybe(pick(-1, 0, 50, 100, 1000)),
  effort: maybe(pick(0, 30, 480, 960)),
  tc: maybe(pick(0, 1500, 90_000)),
  price: maybe(pick('1.0', '9.5')),
  open: maybe(fc.boolean()),
  kind: maybe(pick('Prop', 'Character', 'Full CG')),
  sg_status_list: maybe(pick('wtg', 'ip', 'fin')),
  day: maybe(day),
  moment: maybe(moment),
  owner: maybe(ref('Maker', COUNTS.Maker)),
  maker: maybe(ref('Maker', COUNTS.Maker)),
  target: maybe(targetRef),
  parts: fc.uniqueArray(ref('Part', COUNTS.Part), { maxLength: 3, selector: ({ id }) => id }),
  things: fc.uniqueArray(ref('Thing', COUNTS.Thing), { maxLength: 3, selector: ({ id }) => id }),
  about: maybe(pick('Shot', 'Asset')),
  image: maybe(pick('https://files.example/a.png')),
  tint: maybe(pick(...COLOURS)),
  doc: maybe(document),
  uid: maybe(uuid),
};

/** Rows of the made-up site, the same for the same seed. */
export function madeRows(seed: number): Rows {
  const rowsOf = (type: keyof typeof COUNTS): Row[] => {
    const fields = (FIELDS[type] ?? []).filter((name) => name !== 'id');
    const shape = fc.record(
      Object.fromEntries(fields.map((name) => [name, STORED[name] ?? fc.constant(null)])),
    );
    return fc.sample(shape, { numRuns: COUNTS[type], seed }).map((row, index) => ({ id: index + 1, ...row }));
  };
  return { Thing: rowsOf('Thing'), Part: rowsOf('Part'), Maker: rowsOf('Maker') };
}

/** A link as filters take it: ids that are not there included, and keys that do not matter. */
const someRef = (field: string): fc.Arbitrary<object> => {
  const lost = 990;
  if (field === 'owner' || field === 'maker')
    return fc.oneof(ref('Maker', COUNTS.Maker), pick({ type: 'Maker', id: lost }));
  if (field === 'parts')
    return fc.oneof(ref('Part', COUNTS.Part), pick({ type: 'Part', id: lost, name: 'gone' }));
  if (field === 'things') return fc.oneof(ref('Thing', COUNTS.Thing), pick({ type: 'Thing', id: lost }));
  return fc.oneof(targetRef, pick({ type: 'Part', id: lost }));
};

/** Values that a filter may compare a field with. */
const scalar = (field: string): fc.Arbitrary<unknown> => {
  switch (DATA_TYPES[field]) {
    case 'text':
      return pick(...TEXTS, 'ANVIL', 'an', '', 'zz');
    case 'number':
      return fc.oneof(fc.integer({ min: -3, max: 40 }), pick('2', '-1'));
    case 'float':
    case 'currency':
      return oneOf(0.5, '12.5', '9.5', -1.25, '1', 0.3333333);
    case 'percent':
      return pick(-1, 0, 50, 100);
    case 'duration':
      return oneOf(0, 30, '480', 960.9, 30.2);
    case 'timecode':
      return pick(0, 1500, 7);
    case 'checkbox':
      return oneOf(true, false, 'true', 'false');
    case 'list':
      return pick('Prop', 'pROP', 'full cg', 'Nothing', '');
    case 'status_list':
      return pick('wtg', 'IP', 'fin', 'In Progress', '');
    case 'date':
      return day;
    case 'date_time':
      return fc.oneof(moment, day, pick('2026-09-15T15:30:00+02:00', '2026-09-15T13:30:00.75'));
    case 'entity_type':
      return pick(...TYPES, '');
    case 'uuid':
      return fc.oneof(uuid, pick('{7C1E04A2-0000-4000-8000-000000000001}', ''));
    case 'color':
      return pick(...COLOURS, 'Pipeline_Step', '');
    default:
      return someRef(field);
  }
};

/** Whether `is null` may be asked (API 3.3). */
const canBeNull = (field: string): boolean => !['checkbox', 'uuid'].includes(DATA_TYPES[field] ?? '');

/** Any value that is legal for a relation of a field. */
export function valueFor(field: string, relation: string): fc.Arbitrary<unknown> {
  const dataType = DATA_TYPES[field];
  if (dataType === 'image') return fc.constant(null);
  if (dataType === 'jsonb') return relation.includes('contains') ? document : maybe(document);
  if (SPANS.includes(relation)) {
    return fc.tuple(fc.integer({ min: 1, max: 3 }), pick('HOUR', 'DAY', 'WEEK', 'MONTH', 'YEAR'));
  }
  if (CALENDARS.includes(relation)) {
    const offset = fc.integer({ min: -2, max: 2 });
    return fc.oneof(
      offset,
      offset.map((count) => [count]),
    );
  }
  if (NAMES.includes(relation)) return pick(...TEXTS, 'ANVIL', 'bo', '');
  if (relation.startsWith('type_is')) return pick('Thing', 'Part', 'Maker', 'Shot');
  const one = scalar(field);
  if (relation === 'in' || relation === 'not_in') {
    return fc.oneof(
      { arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }), weight: 4 },
      { arbitrary: one, weight: 1 },
    );
  }
  const end = canBeNull(field) ? maybe(one) : one;
  if (relation === 'between') return fc.tuple(end, end);

  return relation === 'is' || relation === 'is_not' ? end : one;
}

/** A condition of a data type and relation, reached over any of the ways that lead to such a field. */
export function conditionOf(dataType: string, relation: string): fc.Arbitrary<Condition> {
  const paths = WAYS.flatMap(([prefix, type]) =>
    (FIELDS[type] ?? [])
      .filter((name) => DATA_TYPES[name] === dataType)
      .map((name) => [prefix, name] as const),
  );
  return pick(...paths).chain(([prefix, name]) =>
    valueFor(name, relation).map((value): Condition => [prefix + name, relation, value]),
  );
}

/** Any condition that the site takes. */
export const anyCondition: fc.Arbitrary<Condition> = pick(
  ...Object.entries(LEGAL).flatMap(([dataType, relations]) =>
    relations.map((relation) => [dataType, relation] as const),
  ),
).chain(([dataType, relation]) => conditionOf(dataType, relation));

/** Any tree of groups; some are empty, some carry a key that nobody asked for. */
export const anyTree: fc.Arbitrary<Group> = fc.letrec<{ tree: Condition | Group; group: Group }>((tie) => ({
  group: fc
    .tuple(pick('and' as const, 'or' as const), fc.array(tie('tree'), { maxLength: 4 }), fc.boolean())
    .map(([operator, conditions, isMarked]): Group => ({
      logical_operator: operator,
      conditions,
      ...(isMarked && { label: 'mine' }),
    })),
  tree: fc.oneof(
    { depthSize: 'small' },
    { arbitrary: anyCondition, weight: 3 },
    { arbitrary: tie('group'), weight: 1 },
  ),
})).group;
