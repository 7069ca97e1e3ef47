import { SiteError } from '../ports.ts';
import type { Verb } from '../data-types/classes.ts';
import { inspect } from '../http/ruby.ts';
import type { SchemaModel } from '../schema-model/schema-model.ts';
import type { Condition } from './conditions.ts';
import { type FieldPath, resolvePath } from './path.ts';
import { RELATIONS } from './relations.ts';

const PERIOD_RELATIONS: ReadonlySet<string> = new Set(['in_last', 'not_in_last', 'in_next', 'not_in_next']);
const LIST_RELATIONS: ReadonlySet<string> = new Set(['in', 'not_in']);
const TIME_UNITS = ['HOUR', 'DAY', 'WEEK', 'MONTH', 'YEAR'];
/** Filters on these are accepted and change nothing (API 3.3). */
const IGNORED: ReadonlySet<string> = new Set(['EventLogEntry.audit_trail', 'PageSetting.settings_json']);

export interface CheckedCondition {
  readonly path: FieldPath;
  readonly relation: string;
  readonly values: readonly unknown[];
  readonly isIgnored: boolean;
  /** What was asked; a negation is tested by its opposite, the result turned round. */
  readonly askedRelation: string;
}

/** A condition whose field, relation and number of values the site would take; anything else is a loud 400 (API 2.9). */
export function checkCondition(
  schema: SchemaModel,
  type: string,
  verb: Verb,
  condition: Condition,
): CheckedCondition {
  const place = `${type}.${condition.path}`;
  const shown = inspect({ path: condition.path, relation: condition.relation, values: condition.values });
  const path = resolvePath(schema, type, condition.path);
  if (path === undefined) {
    throw new SiteError(400, 103, `API ${verb}() ${place} doesn't exist.`, {
      source: { [place]: ` does not exist. Value: ${shown}` },
    });
  }
  const isIgnored = IGNORED.has(`${path.leafType}.${path.leaf.name}`);
  if (!isIgnored) assertRelation({ verb, place, shown }, path, condition.relation);
  const values = normalValues(condition);
  if (!isIgnored) assertArity(verb, condition, values);
  const { relation } = condition;
  return { path, relation, askedRelation: relation, values, isIgnored };
}

interface Place {
  readonly verb: Verb;
  readonly place: string;
  readonly shown: string;
}

function assertRelation({ verb, place, shown }: Place, path: FieldPath, relation: string): void {
  const { dataType } = path.leaf;
  if (dataType === 'pivot_column') {
    throw new SiteError(400, 103, `API ${verb}() of data type 'pivot_column' not supported in API`, {
      source: {},
    });
  }
  const relations = RELATIONS[dataType];
  if (relations === undefined) {
    throw new SiteError(
      400,
      103,
      `API ${verb}() ${place}'s '${dataType}' data type cannot be used in a filter.`,
      {
        source: { [place]: ` data type cannot be used in a filter. Value: ${shown}` },
      },
    );
  }
  if (relations.includes(relation)) return;
  throw new SiteError(
    400,
    103,
    `API ${verb}() ${place}'s '${dataType}' data type doesn't support '${relation}' 'relation'`,
    {
      source: {
        [place]: ` data type doesn't support '${relation}' 'relation'. Value: ${shown} Valid relations: ${inspect(relations)}`,
      },
    },
  );
}

/** A bare scalar for `in` is a list of one; `in_last` takes its pair in one list value (API 3.3). */
function normalValues({ values, sent }: Condition): readonly unknown[] {
  return Array.isArray(sent) ? values : [sent];
}

function assertArity(verb: Verb, { relation }: Condition, values: readonly unknown[]): void {
  const fail = (expected: string): never => {
    throw new SiteError(
      400,
      103,
      `API ${verb}() '${relation}' 'relation' expects ${expected} array: ${inspect(values)}`,
      { source: {} },
    );
  };
  if (LIST_RELATIONS.has(relation)) {
    if (values.length === 0) fail('at least a 1-element');
  } else if (relation === 'between') {
    if (values.length !== 2) fail('a 2-element');
  } else if (PERIOD_RELATIONS.has(relation)) {
    if (values.length !== 2) fail('a 2-element');
    assertPeriod(verb, relation, values);
  } else if (values.length !== 1) fail('a 1-element');
}

function assertPeriod(verb: Verb, relation: string, values: readonly unknown[]): void {
  const [count, unit] = values;
  if (!TIME_UNITS.includes(String(unit))) {
    const name = typeof unit === 'string' ? unit : inspect(unit);
    throw new SiteError(
      400,
      103,
      `API ${verb}() '${relation}' 'relation' doesn't support the '${name}' time unit: ${inspect(values)} Valid time units: ${inspect(TIME_UNITS)}`,
      { source: {} },
    );
  }
  if (typeof count === 'number' && Number.isInteger(count) && count > 0) return;
  throw new SiteError(
    400,
    103,
    `API ${verb}() '${relation}' 'relation' expects a positive integer: ${inspect(values)}`,
    { source: {} },
  );
}
