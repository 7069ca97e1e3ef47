import { Field, Float, InputType, ObjectType, registerEnumType, Resolver } from 'type-graphql';
import { isTelling } from '../../query/plan/hidden-values.ts';
import type { EntityLink, SummaryGroup } from '../../query/ports/ports.ts';
import type { ExposedSchema, ExposedType } from '../../site/expose.ts';
import { addComputedField } from '../resolve/own-resolvers.ts';
import { type NamedClass, namedClass } from '../types/named-class.ts';
import { JsonScalar } from '../types/scalars.ts';
import { readLinked } from '../resolve/read-linked.ts';
import type { SchemaParts } from '../resolve/schema-parts.ts';

/** `summary_fields[].type` of the API. */
const SUMMARY_TYPES = [
  'record_count',
  'count',
  'sum',
  'maximum',
  'minimum',
  'average',
  'earliest',
  'latest',
  'percentage',
  'status_percentage',
  'status_percentage_as_float',
  'status_list',
  'checked',
  'unchecked',
];
const SUMMARY_DESCRIPTIONS: Readonly<Record<string, { readonly description: string }>> = {
  RECORD_COUNT: { description: 'How many rows there are.' },
  COUNT: { description: 'How many rows have a value.' },
  CHECKED: { description: 'How many checkboxes are checked.' },
  UNCHECKED: { description: 'How many checkboxes are not checked.' },
  EARLIEST: { description: 'For dates. The result is in "text".' },
  LATEST: { description: 'For dates. The result is in "text".' },
  STATUS_LIST: {
    description: 'The status that all rows have, or "ip" if they have several. The result is in "text".',
  },
  STATUS_PERCENTAGE: {
    description:
      'Has no meaning, because ShotGrid does not accept the statuses to count. Group by the status instead.',
  },
  STATUS_PERCENTAGE_AS_FLOAT: { description: 'As STATUS_PERCENTAGE.' },
};

const GROUPING_TYPES = [
  'exact',
  'tens',
  'hundreds',
  'thousands',
  'tensofthousands',
  'hundredsofthousands',
  'millions',
  'day',
  'week',
  'month',
  'quarter',
  'year',
  'clustered_date',
  'oneday',
  'fivedays',
  'entitytype',
  'firstletter',
];

/** A requested summary. Field names are already system names: the enums' values. */
export interface SummaryInput {
  readonly field: string;
  readonly type: string;
}

/** One level of grouping. */
export interface GroupingInput extends SummaryInput {
  readonly direction: 'asc' | 'desc';
}

/** A group with the site's values and the data that its resolvers need. */
export interface SummaryNode {
  readonly name: string;
  readonly value: unknown;
  readonly values: readonly object[];
  readonly groups: readonly SummaryNode[];
}

/** The GraphQL types of summaries. */
export interface SummaryTypes {
  /** `SummaryGroup`, also used for the total. */
  readonly group: NamedClass;
  readonly resolver: NamedClass;
  inputsOf(type: ExposedType): { summary: NamedClass; grouping: NamedClass };
}

const enumOf = (values: readonly string[]): Record<string, string> =>
  Object.fromEntries(values.map((value) => [value.toUpperCase(), value]));

/** The types of summaries, shared by all entity types, and the inputs of each. */
export function createSummaryTypes(
  parts: Pick<SchemaParts, 'schema' | 'entity' | 'selections' | 'sortDirection'>,
): SummaryTypes {
  const summaryType = enumOf(SUMMARY_TYPES);
  const groupingType = enumOf(GROUPING_TYPES);
  registerEnumType(summaryType, {
    name: 'SummaryType',
    description: 'How values are summarized.',
    valuesConfig: SUMMARY_DESCRIPTIONS,
  });
  registerEnumType(groupingType, {
    name: 'GroupingType',
    description: 'Which values form one group. Days, weeks, months and so on are in UTC.',
  });
  const value = namedClass('SummaryValue');
  Field(() => String, { description: 'Name of the field.' })(value.prototype, 'field');
  Field(() => summaryType)(value.prototype, 'type');
  Field(() => Float, { nullable: true, description: 'The value, if it is a number.' })(
    value.prototype,
    'number',
  );
  Field(() => String, { nullable: true, description: 'The value, if it is a date or a status.' })(
    value.prototype,
    'text',
  );
  ObjectType('SummaryValue', { description: 'The summary of one field over the rows of a group.' })(value);

  const group = namedClass('SummaryGroup');
  Field(() => String, { description: 'The text that people read. Not unique. Empty for all rows together.' })(
    group.prototype,
    'name',
  );
  Field(() => JsonScalar, { nullable: true, description: 'The value that the rows of the group share.' })(
    group.prototype,
    'value',
  );
  Field(() => [value])(group.prototype, 'values');
  Field(() => [group], { description: 'The groups of the next level.' })(group.prototype, 'groups');
  ObjectType('SummaryGroup', { description: 'The summary of all rows, or of one group of them.' })(group);
  const resolver = namedClass('SummaryGroupFields');
  addComputedField<SummaryNode>(resolver, {
    name: 'entities',
    description: 'The linked rows, if the rows are grouped by a link.',
    returns: () => [parts.entity],
    run: (call) => Promise.all(linksOf(call.root.value).map((link) => readLinked(parts, call, link))),
  });
  Resolver(() => group)(resolver);
  return {
    group,
    resolver,
    inputsOf: (type) =>
      inputsOf(parts.schema, type, { summaryType, groupingType, direction: parts.sortDirection }),
  };
}

interface Enums {
  readonly summaryType: object;
  readonly groupingType: object;
  readonly direction: object;
}

function inputsOf(
  schema: ExposedSchema,
  type: ExposedType,
  { summaryType, groupingType, direction }: Enums,
): { summary: NamedClass; grouping: NamedClass } {
  const fields: Record<string, string> = { ID: 'id' };
  for (const field of type.fields.values()) {
    if (field.valueType.isSummarized && !isTelling(schema, type.type, field.name))
      fields[field.enumValue] = field.name;
  }
  registerEnumType(fields, { name: `${type.graphqlName}SummaryField` });
  const summary = namedClass(`${type.graphqlName}SummaryInput`);
  Field(() => fields)(summary.prototype, 'field');
  Field(() => summaryType)(summary.prototype, 'type');
  InputType(`${type.graphqlName}SummaryInput`)(summary);
  const grouping = namedClass(`${type.graphqlName}GroupingInput`);
  Field(() => fields)(grouping.prototype, 'field');
  Field(() => groupingType, { defaultValue: 'exact' })(grouping.prototype, 'type');
  Field(() => direction, { defaultValue: 'asc' })(grouping.prototype, 'direction');
  InputType(`${type.graphqlName}GroupingInput`)(grouping);
  return { summary, grouping };
}

/** When grouped by a list of links, the value is the whole list (API 4.1). */
function linksOf(value: unknown): EntityLink[] {
  return [value].flat().flatMap((link): EntityLink[] => {
    if (typeof link !== 'object' || link === null) return [];
    const { type, id, name } = link as Readonly<Record<string, unknown>>;
    if (typeof type !== 'string' || typeof id !== 'number') return [];
    return [{ type, id, name: typeof name === 'string' ? name : null }];
  });
}

/** A requested summary, by system name, with the data needed to answer it. */
export interface AskedSummary extends SummaryInput {
  readonly graphqlName: string;
  /** Whether the field's values are numbers. For a calculated field, only its values show this. */
  readonly isNumeric: boolean;
}

/** Converts a group of the site for the resolvers, with its groups at all levels. */
export function summaryNode(group: SummaryGroup, summaries: readonly AskedSummary[]): SummaryNode {
  return {
    name: group.name,
    value: group.value,
    values: summaries.map((asked) => ({
      field: asked.graphqlName,
      type: asked.type,
      ...valueOf(asked, group.summaries.get(asked.field)),
    })),
    groups: group.groups.map((inner) => summaryNode(inner, summaries)),
  };
}

const TEXT_SUMMARIES: ReadonlySet<string> = new Set(['earliest', 'latest', 'status_list']);
/** Return a value of the field unchanged. */
const EXTREMES: ReadonlySet<string> = new Set(['maximum', 'minimum']);
/** A text that looks like a number stays a text: the summarised field decides. */
const isNumeric = (asked: AskedSummary): boolean =>
  !TEXT_SUMMARIES.has(asked.type) && (!EXTREMES.has(asked.type) || asked.isNumeric);

function valueOf(asked: AskedSummary, value: unknown): { number: number | null; text: string | null } {
  if (typeof value === 'number') return { number: value, text: null };
  if (typeof value !== 'string') return { number: null, text: null };
  // Sums of floats are numbers. Their extremes may be text, like the fields themselves (API 4.1).
  const isNumber = isNumeric(asked) && /^-?\d+(?:\.\d+)?$/u.test(value);
  return isNumber ? { number: Number(value), text: null } : { number: null, text: value };
}
