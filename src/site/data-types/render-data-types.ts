import { DATA_TYPES, type DataTypes, SIZE } from './data-types.ts';
import { operatorsOf } from './operators.ts';
import type { Shown, ValueType } from './value-type.ts';

const SHOWN: Readonly<Partial<Record<Shown, string>>> = {
  Bytes: '`SafeInt`',
  link: '`Entity`, or its type',
  links: 'a list of `Entity`, or of its type',
  file: '`Url`',
  image: '`Image`',
};

/** The page of data types: one row for each row of the table. */
export function renderDataTypes(table: DataTypes = DATA_TYPES): string {
  const rows = Object.entries(table).map(([name, valueType]) => rowOf(`\`${name}\``, valueType));
  return [
    '# Data types',
    '',
    'What each data type of ShotGrid is here. It is made from the table in `src/site/data-types/data-types.ts` by `npm run fix:emitted`, as the GraphQL schema is. A type that is not in it is shown as `JSON`, and is neither filtered nor written. [schema.md](schema.md) says which fields are shown, [graphql.md](graphql.md) how they are asked for.',
    '',
    '| data type | what it is | shown as | filtered by | operators | sorted | summed up | written |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    rowOf('`number` whose name ends in file_size', SIZE),
    '',
  ].join('\n');
}

function rowOf(name: string, { filter, ...valueType }: ValueType): string {
  const shown = SHOWN[valueType.shown] ?? `\`${valueType.shown}\``;
  const operators = filter === null ? [] : operatorsOf(filter.operators);
  const cells = valueType.isExposed
    ? [
        valueType.unit === null ? shown : `${shown}, ${valueType.unit}`,
        filter === null ? '' : `\`${filter.input}\``,
        operators.map((operator) => `\`${operator}\``).join(', '),
        yes(valueType.isSortable),
        yes(valueType.isSummarized),
        yes(valueType.write !== null),
      ]
    : ['never', '', '', '', '', ''];
  return `| ${[name, valueType.about, ...cells].join(' | ')} |`;
}

const yes = (holds: boolean): string => (holds ? 'yes' : '');
