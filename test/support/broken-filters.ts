import fc from 'fast-check';
import { DATA_TYPES, type Group } from './filter-reference.ts';
import { anyCondition, FIELDS, LEGAL } from './filter-trees.ts';

/** A part of a filter that the site refuses, and what the refusal must name. */
export interface Broken {
  readonly node: unknown;
  readonly names: readonly string[];
  readonly code?: number;
}

const MAKER = { type: 'Maker', id: 1 };
const pick = <T>(...items: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...items);
const cases = (...items: readonly (readonly [node: unknown, ...names: string[]])[]): fc.Arbitrary<Broken> =>
  pick(...items).map(([node, ...names]) => ({ node, names }));

const fields = FIELDS['Thing'] ?? [];
const ALL_RELATIONS = [
  ...new Set(Object.values(LEGAL).flat()),
  'not_between',
  'name_starts_with',
  'name_id',
  '>=',
  'IS',
];

const illegalRelation = pick(...fields)
  .chain((field) => {
    const legal = LEGAL[DATA_TYPES[field] ?? ''] ?? [];
    const others = ALL_RELATIONS.filter((relation) => !legal.includes(relation));
    return fc.tuple(fc.constant(field), pick(...others));
  })
  .map(([field, relation]): Broken => ({
    node: [field, relation, 'x'],
    names: [
      `Thing.${field}'s '${DATA_TYPES[field]}' data type doesn't support '${relation}' 'relation'`,
      'Valid relations: ["is", ',
    ],
  }));

const unfilterable = pick(
  ...(['file', 'blob', 'total', 'calc', 'secret'] as const).flatMap((field) =>
    ['is', 'in', 'contains'].map((relation) => [field, relation] as const),
  ),
).map(([field, relation]): Broken => ({
  node: [field, relation, null],
  names: [`Thing.${field}'s`, 'data type cannot be used in a filter'],
}));

/** Values of a JSON class that the data type does not take (API 3.3, 5.3). */
const WRONG_CLASS: readonly (readonly [field: string, value: unknown, className: string])[] = [
  ['code', 5, 'Integer'],
  ['code', { a: 1 }, 'Hash'],
  ['amount', 2.5, 'Float'],
  ['amount', true, 'TrueClass'],
  ['ratio', 1, 'Integer'],
  ['done', '50', 'String'],
  ['done', 0.5, 'Float'],
  ['tc', '1500', 'String'],
  ['effort', false, 'FalseClass'],
  ['open', 1, 'Integer'],
  ['open', null, 'NilClass'],
  ['uid', null, 'NilClass'],
  ['kind', 7, 'Integer'],
  ['sg_status_list', true, 'TrueClass'],
  ['day', 20_260_915, 'Integer'],
  ['moment', 1_789_000_000, 'Integer'],
  ['about', { type: 'Shot' }, 'Hash'],
  ['tint', 255, 'Integer'],
  ['image', 'https://files.example/a.png', 'String'],
  ['doc', 'text', 'String'],
];

const wrongClass = fc
  .tuple(pick(...WRONG_CLASS), pick('is', 'is_not'))
  .map(([[field, value, className], relation]): Broken => ({
    node: [field, relation, value],
    names: [`Thing.${field} expected [`, `but got ${className}: `],
  }));

const link = (value: unknown, what: string): Broken[] =>
  ['owner', 'parts', 'target.Thing.owner'].flatMap((path) =>
    ['is', 'not_in'].map((relation) => ({
      node: [path, relation, relation === 'is' ? value : [value]],
      names: [`invalid/missing entity hash${what}`],
    })),
  );

/** Everything that is wrong with a condition, by what it is. */
export const BROKEN_CONDITIONS: Readonly<Record<string, fc.Arbitrary<Broken>>> = {
  'a field that is not there': cases(
    [['zz', 'is', 'x'], 'Thing.zz'],
    [['zz', 'zz_relation', 'x'], 'Thing.zz'],
    [['owner.Maker.zz', 'is', 'x'], 'Thing.owner.Maker.zz'],
    [['target.Bogus.code', 'is', 'x'], 'Thing.target.Bogus.code'],
    [['parts.Part.zz.Maker.code', 'is', 'x'], 'Thing.parts.Part.zz.Maker.code'],
    [['owner.Maker', 'is', 'x'], 'Thing.owner.Maker'],
    [['', 'is', 'x'], 'Thing.'],
  ),
  'a way through what is no link': cases(
    [['file.Attachment.display_name', 'is', 'x'], 'Thing.file.Attachment.display_name'],
    [['code.Thing.code', 'is', 'x'], 'Thing.code.Thing.code'],
  ),
  'a relation that the data type has not': illegalRelation,
  'a data type that cannot be filtered': unfilterable,
  'a pivot column': cases([['step_0', 'is', null], "of data type 'pivot_column' not supported in API"]),
  'a value of another class': wrongClass,
  'a text that is no number, day or time': cases(
    [['amount', 'is', 'many'], 'amount', "Invalid data for 'number' data type", 'many'],
    [['amount', 'between', ['1', '']], 'amount', "Invalid data for 'number' data type"],
    [['ratio', 'in', ['0x1']], 'ratio', "Invalid data for 'float' data type", '0x1'],
    [['effort', 'greater_than', '1h'], 'effort', "Invalid data for 'duration' data type", '1h'],
    [['open', 'is', '1'], 'open', "Invalid data for 'checkbox' data type"],
    [['day', 'is', '2026-02-30'], 'Invalid date format: 2026-02-30'],
    [['day', 'is_not', '2026-09-15T00:00:00Z'], 'Invalid date format: 2026-09-15T00:00:00Z'],
    [['moment', 'less_than', '2026-09-15 13:30:00 UTC'], 'Invalid date time format: 2026-09-15 13:30:00 UTC'],
    [['moment', 'is', '2026-02-30T00:00:00Z'], 'Invalid date time format: 2026-02-30T00:00:00Z'],
  ),
  'an invalid link': pick(
    ...link(42, ': 42'),
    ...link('Maker', ': "Maker"'),
    ...link({ id: 1 }, ` string 'type': {"id" => 1} Valid entity types: [`),
    ...link({ type: 'Maker', id: '1' }, '').map((broken) => ({ ...broken, names: ['entity hash', '"1"'] })),
    ...link(
      { type: 'Attachment', id: 1 },
      ` string 'type': {"type" => "Attachment", "id" => 1} Valid entity types: [`,
    ),
  ),
  'too few or too many values': cases(
    [['code', 'is', []], "'is' 'relation' expects a 1-element array: []"],
    [['owner', 'is', [MAKER, MAKER]], "'is' 'relation' expects a 1-element array: [{"],
    [['code', 'in', []], "'in' 'relation' expects at least a 1-element array: []"],
    [['parts', 'not_in', []], "'not_in' 'relation' expects at least a 1-element array: []"],
    [['amount', 'between', 1], "'between' 'relation' expects a 2-element array: [1]"],
    [['amount', 'between', [1, 2, 3]], "'between' 'relation' expects a 2-element array: [1, 2, 3]"],
    [['day', 'in_last', 3], "'in_last' 'relation' expects a 2-element array: [3]"],
  ),
  'an invalid time span': cases(
    [
      ['day', 'in_last', [1, 'day']],
      `'in_last' 'relation' doesn't support the 'day' time unit: [1, "day"]`,
      'Valid time units',
    ],
    [
      ['moment', 'not_in_next', [1, 'MINUTE']],
      "'not_in_next' 'relation' doesn't support the 'MINUTE' time unit",
    ],
    [['moment', 'in_next', [0, 'DAY']], "'in_next'", '[0, "DAY"]'],
    [['day', 'not_in_last', [-2, 'WEEK']], "'not_in_last'", '[-2, "WEEK"]'],
    [['day', 'in_calendar_week', 'this'], "'in_calendar_week'", '["this"]'],
    [['moment', 'in_calendar_day', 0.5], "'in_calendar_day'", '[0.5]'],
  ),
  'a name or type that is no text': cases(
    [['owner', 'name_is', 5], "'name_is'", '5'],
    [['parts', 'type_is_not', null], "'type_is_not'", 'nil'],
  ),
  'what the database refuses': pick<Broken>(
    { node: ['uid', 'is', 'no-uuid'], names: ['invalid input syntax for type uuid: "no-uuid"'], code: 104 },
    { node: ['code', 'in', ['x', null]], names: ['Read failed for entity type [Thing]'], code: 104 },
  ),
};

/** What is no condition and no group. */
export const BROKEN_GRAMMAR: Readonly<Record<string, fc.Arbitrary<Broken>>> = {
  'a list that is no triple': cases(
    [['zz', 'is'], 'Invalid condition: ["zz", "is"]'],
    [['zz', 'in_last', 1, 'DAY'], 'Invalid condition: ["zz", "in_last", 1, "DAY"]'],
    [[['zz', 'is', 1]], 'Invalid condition: [["zz", "is", 1]]'],
    [[], 'Invalid condition: []'],
    [[5, 'is', 1], 'Invalid condition: [5, "is", 1]'],
    ['zz', 'Invalid condition: "zz"'],
    [null, 'Invalid condition: nil'],
    [{ path: 'zz', relation: 'is', values: [1] }, 'Invalid condition: {"path" => "zz"'],
  ),
  'an invalid group': cases(
    [{ conditions: [['zz', 'is', 1]] }, 'Missing logical operator: {"conditions" => [["zz", "is", 1]]}'],
    [
      { logical_operator: 'and', zz: 1 },
      'Missing conditions parameter: {"logical_operator" => "and", "zz" => 1}',
    ],
    [{ logical_operator: 'AND', conditions: [] }, 'Invalid logical operator: AND'],
    [{ logical_operator: 'not', conditions: [] }, 'Invalid logical operator: not'],
    [{ logical_operator: 'or', conditions: { zz: 1 } }, 'Invalid condition: {"zz" => 1}'],
  ),
};

/** The broken part somewhere in a tree of which all the rest is legal. */
export function hidden(broken: fc.Arbitrary<Broken>): fc.Arbitrary<Broken & { readonly tree: Group }> {
  const level = fc.tuple(
    pick('and' as const, 'or' as const),
    fc.array(anyCondition, { maxLength: 2 }),
    fc.array(anyCondition, { maxLength: 2 }),
  );
  return fc.tuple(broken, fc.array(level, { minLength: 1, maxLength: 3 })).map(([part, levels]) => {
    const wrap = (inner: unknown, [operator, before, after]: (typeof levels)[number]): Group => ({
      logical_operator: operator,
      conditions: [...before, inner, ...after] as Group['conditions'],
    });
    const [first, ...rest] = levels as [(typeof levels)[number], ...typeof levels];
    return { ...part, tree: rest.reduce<Group>(wrap, wrap(part.node, first)) };
  });
}
