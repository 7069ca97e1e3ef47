/** Values that no input of the schema has a use for, as the JSON that a client sends: by what is wrong with them. */
export function hostileValues(): ReadonlyMap<string, string> {
  const many = (count: number, item: string): string =>
    `[${Array.from({ length: count }, () => item).join(',')}]`;
  const around = (count: number, open: string, inner: string, close: string): string =>
    `${open.repeat(count)}${inner}${close.repeat(count)}`;
  const keys = (count: number, key: string, value: string): string =>
    `{${Array.from({ length: count }, (_, index) => `"${key}${index}":${value}`).join(',')}}`;
  return new Map([
    ['null', 'null'],
    ['a text', '"x"'],
    ['a number', '7'],
    ['a truth', 'true'],
    ['an empty object', '{}'],
    ['an empty list', '[]'],
    ['lists in lists', '[[[[]]]]'],
    ['a number beyond every double', '1e400'],
    ['a number beyond every exact integer', '12345678901234567890'],
    ['the prototype of an object', '{"__proto__":{"id":{"is":1}},"constructor":{"prototype":{"x":1}}}'],
    ['a property of every object', '{"constructor":1,"toString":2,"hasOwnProperty":3}'],
    ['halves of surrogate pairs and a zero', String.raw`"\ud800 \udfff \u0000"`],
    ['keys of halves of surrogate pairs', String.raw`{"\ud800":1,"\u0000":2}`],
    ['3,000 filters in each other', around(3000, '{"and":[', '{"id":{"is":1}}', ']}')],
    ['100,000 lists in each other', around(100_000, '[', '', ']')],
    ['100,000 objects in each other', around(100_000, '{"a":', '1', '}')],
    ['20,000 texts', many(20_000, '"x"')],
    ['20,000 numbers', many(20_000, '7')],
    ['20,000 empty objects', many(20_000, '{}')],
    ['20,000 nulls', many(20_000, 'null')],
    ['20,000 unknown keys', keys(20_000, 'key', '1')],
    [
      '60 unknown keys beside a long text',
      `{"code":{"is":"${'x'.repeat(500_000)}"},${keys(60, 'key', '1').slice(1)}`,
    ],
    ['a key of 500,000 characters', `{"${'k'.repeat(500_000)}":1}`],
    ['a text of 500,000 characters', `"${'x'.repeat(500_000)}"`],
  ]);
}
