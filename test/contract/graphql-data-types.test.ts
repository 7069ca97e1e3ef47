import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';
import {
  color,
  datasetWithThings,
  isoDate,
  isoInstant,
  json,
  LINKS,
  NOW_MS,
  smallFloat,
  smallNumber,
  STATUSES,
  uuid,
  WORDS,
} from '../support/thing-rows.ts';

interface Link {
  readonly type: string;
  readonly id: number;
  readonly name: string;
}
type Value = string | number | boolean | null | Link | readonly Link[] | Record<string, unknown>;
type Thing = Readonly<Record<string, Value>> & { readonly id: number };

/** What one operator means, said plainly for a value that is there. */
type Meaning = readonly [
  operator: string,
  given: fc.Arbitrary<unknown>,
  holds: (value: never, given: never) => boolean,
];

const DAY_MS = 86_400_000;
const dayOf = (value: string): number => Math.floor(Date.parse(value) / DAY_MS);
const TODAY = dayOf(new Date(NOW_MS).toISOString());
const monthOf = (value: string): number => Number(value.slice(0, 4)) * 12 + Number(value.slice(5, 7));
const MONTH = monthOf(new Date(NOW_MS).toISOString());
/** 15 July 2026 is a Wednesday: its week began two days before. */
const weekOf = (value: string): number => Math.floor((dayOf(value) - (TODAY - 2)) / 7);
const lower = (text: string): string => text.toLowerCase();

const equality = <T>(
  value: fc.Arbitrary<T>,
  isSame: (left: T, right: T) => boolean = Object.is,
): Meaning[] => [
  ['is', value, (is: T, given: T) => isSame(is, given)],
  ['isNot', value, (is: T, given: T) => !isSame(is, given)],
];
const choice = <T>(value: fc.Arbitrary<T>, isSame: (left: T, right: T) => boolean = Object.is): Meaning[] => [
  ...equality(value, isSame),
  [
    'in',
    fc.array(value, { minLength: 1, maxLength: 3 }),
    (is: T, given: T[]) => given.some((one) => isSame(is, one)),
  ],
  [
    'notIn',
    fc.array(value, { minLength: 1, maxLength: 3 }),
    (is: T, given: T[]) => !given.some((one) => isSame(is, one)),
  ],
];
const range = <T>(value: fc.Arbitrary<T>, order: (of: T) => number): Meaning[] => [
  ...choice(value, (left, right) => order(left) === order(right)),
  ['greaterThan', value, (is: T, given: T) => order(is) > order(given)],
  ['lessThan', value, (is: T, given: T) => order(is) < order(given)],
  [
    'between',
    fc.tuple(value, value).map((ends) => ends.toSorted((left, right) => order(left) - order(right))),
    (is: T, [low, high]: [T, T]) => order(is) >= order(low) && order(is) <= order(high),
  ],
];
const numbers = range(smallNumber, Number);

const days = fc.record({ count: fc.integer({ min: 1, max: 9 }), unit: fc.constantFrom('DAY', 'WEEK') });
interface Span {
  readonly count: number;
  readonly unit: 'DAY' | 'WEEK';
}
const reach = ({ count, unit }: Span): number => (unit === 'DAY' ? count : count * 7);
const offset = fc.integer({ min: -13, max: 13 });
const dates = (value: fc.Arbitrary<string>): Meaning[] => [
  ...range(value, Date.parse),
  ['inLast', days, (is: string, span: Span) => dayOf(is) >= TODAY - reach(span) && dayOf(is) <= TODAY],
  ['notInLast', days, (is: string, span: Span) => dayOf(is) < TODAY - reach(span) || dayOf(is) > TODAY],
  ['inNext', days, (is: string, span: Span) => dayOf(is) >= TODAY && dayOf(is) <= TODAY + reach(span)],
  ['notInNext', days, (is: string, span: Span) => dayOf(is) < TODAY || dayOf(is) > TODAY + reach(span)],
  ['inCalendarDay', offset, (is: string, by: number) => dayOf(is) === TODAY + by],
  ['inCalendarWeek', offset, (is: string, by: number) => weekOf(is) === by],
  ['inCalendarMonth', offset, (is: string, by: number) => monthOf(is) === MONTH + by],
  [
    'inCalendarYear',
    fc.integer({ min: -1, max: 1 }),
    (is: string, by: number) => Number(is.slice(0, 4)) === 2026 + by,
  ],
];

const isLink = (left: Pick<Link, 'type' | 'id'>, right: Pick<Link, 'type' | 'id'>): boolean =>
  left.type === right.type && left.id === right.id;
const ref = fc.constantFrom(...LINKS);
const name = fc.constantFrom('har', '00', 'lan', 'e1');
const linkTexts: Meaning[] = [
  ['typeIs', fc.constantFrom('Shot', 'Asset'), (is: Link, type: string) => is.type === type],
  ['typeIsNot', fc.constantFrom('Shot', 'Asset'), (is: Link, type: string) => is.type !== type],
  ['nameContains', name, (is: Link, part: string) => lower(is.name).includes(part)],
  ['nameNotContains', name, (is: Link, part: string) => !lower(is.name).includes(part)],
];
const word = fc.constantFrom(...WORDS, 'HARBOUR', 'nothing like it');
const part = fc.constantFrom('a', 'OR', 'ö', '2', 'zz');
const sameText = (left: string, right: string): boolean => lower(left) === lower(right);

function containsJson(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return value === wanted;
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(wanted).every(([key, inner]) =>
      containsJson((value as Record<string, unknown>)[key], inner),
    )
  );
}

/** Field -> its operators (API 3.3). `isNull` is asked of all but those that are never empty, or unknown to be. */
const MEANINGS: Readonly<Record<string, readonly Meaning[]>> = {
  aText: [
    ...choice(word, sameText),
    ['contains', part, (is: string, given: string) => lower(is).includes(lower(given))],
    ['notContains', part, (is: string, given: string) => !lower(is).includes(lower(given))],
    ['startsWith', part, (is: string, given: string) => lower(is).startsWith(lower(given))],
    ['endsWith', part, (is: string, given: string) => lower(is).endsWith(lower(given))],
  ],
  aNumber: numbers,
  aPercent: numbers,
  aDuration: numbers,
  aTimecode: numbers,
  aFloat: range(smallFloat, Number),
  aCheckbox: equality(fc.boolean()),
  aList: choice(fc.constantFrom('Low', 'high', 'Neither'), sameText),
  aStatus: choice(fc.constantFrom(...STATUSES, 'FIN', 'nope'), sameText),
  aDate: dates(isoDate),
  aTime: dates(isoInstant),
  aColor: choice(color),
  aType: choice(fc.constantFrom('Shot', 'shot', 'Asset')),
  aUuid: choice(
    uuid.map((text) => text.toUpperCase()),
    sameText,
  ),
  aJson: [
    ['contains', json, (is: object, given: object) => containsJson(is, given)],
    ['notContains', json, (is: object, given: object) => !containsJson(is, given)],
  ],
  aImage: [],
  aLink: [...choice(ref, isLink), ...linkTexts],
};
const NEGATIONS = /^(?:isNot|not|typeIsNot|nameNot)/u;
const NEVER_EMPTY = new Set(['aCheckbox', 'aJson']);

type Test = readonly [filter: object, holds: (thing: Thing) => boolean];

/** Negation includes what is empty; nothing else does. */
function leavesOf(field: string, meanings: readonly Meaning[]): fc.Arbitrary<Test>[] {
  const isNull = fc
    .boolean()
    .map((empty): Test => [{ [field]: { isNull: empty } }, (thing) => (thing[field] === null) === empty]);
  const leaves = meanings.map(([operator, given, holds]) =>
    given.map((wanted): Test => [
      { [field]: { [operator]: wanted } },
      (thing) =>
        thing[field] === null ? NEGATIONS.test(operator) : holds(thing[field] as never, wanted as never),
    ]),
  );
  return NEVER_EMPTY.has(field) ? leaves : [...leaves, isNull];
}

const links = (thing: Thing): readonly Link[] => thing['someLinks'] as readonly Link[];
const refs = fc.uniqueArray(ref, { minLength: 1, maxLength: 2 });
const LIST_LEAVES: fc.Arbitrary<Test>[] = [
  ref.map((one): Test => [
    { someLinks: { is: one } },
    (thing) => links(thing).some((link) => isLink(link, one)),
  ]),
  refs.map((some): Test => [
    { someLinks: { in: some } },
    (thing) => links(thing).some((link) => some.some((one) => isLink(link, one))),
  ]),
  refs.map((some): Test => [
    { someLinks: { notIn: some } },
    (thing) => !links(thing).some((link) => some.some((one) => isLink(link, one))),
  ]),
  name.map((given): Test => [
    { someLinks: { nameContains: given } },
    (thing) => links(thing).some((link) => lower(link.name).includes(given)),
  ]),
  fc
    .boolean()
    .map((empty): Test => [
      { someLinks: { isNull: empty } },
      (thing) => (links(thing).length === 0) === empty,
    ]),
];

const leaf = fc.oneof(
  ...Object.entries(MEANINGS).map(([field, meanings]) => fc.oneof(...leavesOf(field, meanings))),
  ...LIST_LEAVES,
);
const tree = fc.oneof(
  leaf,
  fc
    .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(leaf, { minLength: 1, maxLength: 3 }))
    .map(([join, parts]): Test => [
      { [join]: parts.map(([filter]) => filter) },
      (thing) => parts[join === 'and' ? 'every' : 'some'](([, holds]) => holds(thing)),
    ]),
);

const FIELDS = Object.keys(MEANINGS)
  .map((field) =>
    field === 'aImage' ? 'aImage { url }' : field === 'aLink' ? 'aLink { type id name }' : field,
  )
  .join(' ');

describe('filters of each data type', () => {
  let world: SiteWorld;
  let things: readonly Thing[];
  beforeAll(async () => {
    world = await startSiteWorld({}, { dataset: datasetWithThings(150), now: () => NOW_MS });
    const { data, errors } = await world.ask(
      `{ customEntity09s(first: 1000) { nodes { id ${FIELDS} someLinks { type id name } } } }`,
    );
    expect(errors).toEqual([]);
    things = data.customEntity09s.nodes as Thing[];
    expect(things).toHaveLength(150);
  });
  afterAll(() => world.close());

  const found = async (filter: object): Promise<number[]> => {
    const { data, errors } = await world.ask(
      'query ($filter: CustomEntity09Filter) { customEntity09s(first: 1000, filter: $filter) { nodes { id } } }',
      { variables: { filter } },
    );
    expect({ filter, errors }).toEqual({ filter, errors: [] });
    return (data.customEntity09s.nodes as { id: number }[]).map(({ id }) => id);
  };
  const expectSame = async ([filter, holds]: Test): Promise<void> => {
    const expected = things.filter((thing) => holds(thing)).map(({ id }) => id);
    expect({ filter, found: await found(filter) }).toEqual({ filter, found: expected });
  };

  it.each(Object.entries(MEANINGS))(
    '%s: each operator finds the rows that it describes',
    async (field, meanings) => {
      for (const one of leavesOf(field, meanings))
        await fc.assert(fc.asyncProperty(one, expectSame), { numRuns: 6 });
    },
  );

  it('find the rows that they describe, on lists of links', async () => {
    for (const one of LIST_LEAVES) await fc.assert(fc.asyncProperty(one, expectSame), { numRuns: 6 });
  });

  it('find the rows that they describe, in combination', async () => {
    await fc.assert(fc.asyncProperty(tree, expectSame), { numRuns: 60 });
  });
});
