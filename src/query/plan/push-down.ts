import { DAY_MS } from '../../base/units.ts';
import { isRecordRef, type RecordRef } from '../../shotgun/port/records.ts';
import type { FilterCondition, FilterGroup } from '../../shotgun/port/requests.ts';
import { relationRow } from '../../site/data-types/operators.ts';

type Part = FilterCondition | FilterGroup;

/**
 * Rewrites a filter on the parents as a filter on their children: it matches every row that a parent links to, and
 * perhaps more. Conditions that paths cannot express are dropped from an `and`, which only matches more rows.
 *
 * @param prefix path to the parents, such as `entity.Shot.`
 * @returns null if nothing is left that narrows the children
 */
export function pushDown(
  { logical_operator: operator, conditions }: FilterGroup,
  prefix: string,
): FilterGroup | null {
  const pushed = conditions.map((part) => pushPart(part, prefix));
  const said = pushed.filter((part) => part !== null);
  // If an alternative were dropped, its rows would be missing.
  if (said.length === 0 || (operator === 'or' && said.length < pushed.length)) return null;
  return { logical_operator: operator, conditions: said };
}

function pushPart(part: Part, prefix: string): Part | null {
  if (!isCondition(part)) return pushDown(part, prefix);
  const [path, relation, value] = part;
  if (relationRow(relation)?.ofOneRow !== true || value === null) return null;
  const links = linksIn(value);
  if (links === null) return [`${prefix}${path}`, relation, value];
  // It is unknown whether a filter accepts a link at the end of a path; it does accept the id of the row there
  // (API 3.4).
  const types = [...new Set(links.map(({ type }) => type))];
  const byType = types.map((type): FilterCondition => {
    const ids = links.filter((link) => link.type === type).map(({ id }) => id);
    return [`${prefix}${path}.${type}.id`, 'in', ids];
  });
  const [only] = byType;
  return byType.length === 1 && only !== undefined ? only : { logical_operator: 'or', conditions: byType };
}

/**
 * True if a filter names an owner of the rows. Parents of one shot, task or playlist, or of a few days, have few
 * children; those of a project may have thousands.
 */
export function isNarrow({ logical_operator: operator, conditions }: FilterGroup): boolean {
  const isPartNarrow = (part: Part): boolean => {
    if (!isCondition(part)) return isNarrow(part);
    const [path, relation, value] = part;
    const links = relation === 'is' || relation === 'in' ? linksIn(value) : null;
    const namesRows = links !== null && links.every(({ type }) => type !== 'Project');
    return namesRows || path.endsWith('.id') || isOfFewDays(part);
  };
  return operator === 'and'
    ? conditions.some(isPartNarrow)
    : conditions.length > 0 && conditions.every(isPartNarrow);
}

const FEW_DAYS = 14;

function isOfFewDays([, relation, value]: FilterCondition): boolean {
  if ((relationRow(relation)?.days ?? Infinity) <= FEW_DAYS) return true;
  if (!Array.isArray(value)) return false;
  const [first, second] = value as readonly unknown[];
  if (relation === 'in_last' || relation === 'in_next') {
    return (
      (second === 'DAY' && Number(first) <= FEW_DAYS) || (second === 'HOUR' && Number(first) <= 24 * FEW_DAYS)
    );
  }
  if (relation !== 'between' || typeof first !== 'string' || typeof second !== 'string') return false;
  return Math.abs(Date.parse(second) - Date.parse(first)) <= FEW_DAYS * DAY_MS;
}

/** The links in a value; null if it is something else. */
function linksIn(value: unknown): RecordRef[] | null {
  const parts = [value].flat();
  return parts.length > 0 && parts.every(isRecordRef) ? parts : null;
}

const isCondition = (part: Part): part is FilterCondition => Array.isArray(part);
