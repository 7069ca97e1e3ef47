import { AppError } from '../../base/errors.ts';
import type { ExposedSchema, ExposedType } from '../../site/expose.ts';
import { nameFields } from './display-name.ts';
import { neededOfEvents, tellsOfOthers } from './hidden-values.ts';
import { pathFields } from './link-paths.ts';
import type { EntitySelection } from '../ports/selection.ts';

/** A link of which more is asked than it carries, and that needs a search of its own. */
export interface LaterRead {
  readonly field: string;
  readonly type: string;
  readonly plan: ReadPlan;
}

/**
 * How rows of one type are read for a selection: pure, made before anything is asked. One search brings the fields and,
 * as dotted paths, what lies at the end of chains of single links. What paths cannot bring is read later: one search
 * per type and level for all parents together.
 */
export interface ReadPlan {
  readonly type: ExposedType;
  readonly selection: EntitySelection;
  /** System names and dotted paths of the search, sorted. Never empty: what an omitted list means is unknown (API 3.1). */
  readonly fields: ReadonlySet<string>;
  /** Links whose targets come by paths: field -> types. */
  readonly byPath: ReadonlyMap<string, ReadonlySet<string>>;
  readonly later: readonly LaterRead[];
  /** Searches that it needs where every link leads somewhere: its own, and one for each type and level after it. */
  readonly searches: number;
}

/** Which short cuts plans may take; without them they go one level after the other. */
export interface PlanOptions {
  /** Dotted paths through single links. */
  readonly paths: boolean;
  /** Searches beside that of the parents. */
  readonly beside: boolean;
  /** Most parents that children are searched for beside. */
  readonly besideParents: number;
  /** Levels of children below the parents. */
  readonly besideLevels: number;
  /** Most rows of one such search. */
  readonly besideRows: number;
}

/** @throws AppError NOT_FOUND for a type that the API does not have */
export function planRead(
  schema: ExposedSchema,
  typeName: string,
  selection: EntitySelection,
  options: PlanOptions,
): ReadPlan {
  const type = typeOf(schema, typeName);
  const fields = new Set([...selection.fields, ...nameFields(type)]);
  if (fields.size === 0) fields.add('id');
  if (tellsOfOthers(typeName)) for (const name of neededOfEvents(schema)) fields.add(name);
  const byPath = new Map<string, Set<string>>();
  const later: LaterRead[] = [];
  for (const [field, targets] of selection.links) {
    const isSingle = options.paths && type.fields.get(field)?.valueType.shown === 'link';
    for (const [targetName, target] of targets) {
      const targetType = schema.types.get(targetName);
      if (targetType === undefined || target.fields.size === 0) continue;
      const paths = isSingle ? pathFields(schema, targetType, target, `${field}.${targetName}.`) : null;
      if (paths === null) {
        later.push({ field, type: targetName, plan: planRead(schema, targetName, target, options) });
        continue;
      }
      for (const path of paths) fields.add(path);
      byPath.set(field, (byPath.get(field) ?? new Set()).add(targetName));
    }
  }
  const searches = later.reduce((count, { plan }) => count + plan.searches, 1);
  return { type, selection, fields: new Set([...fields].sort()), byPath, later, searches };
}

/** @throws AppError NOT_FOUND for a type that the API does not have */
export function typeOf(schema: ExposedSchema, type: string): ExposedType {
  const exposed = schema.types.get(type);
  if (exposed === undefined) throw new AppError('NOT_FOUND');
  return exposed;
}

/**
 * A plan as people read it: a line for each search, what follows it indented below.
 *
 * ```text
 * Version: code, sg_task, sg_task.Task.content
 *   playlists -> Playlist: code
 * ```
 */
export function printPlan(plan: ReadPlan, indent = ''): string {
  const line = `${plan.type.type}: ${[...plan.fields].join(', ')}`;
  const further = plan.later.map(
    ({ field, plan: inner }) => `${indent}  ${field} -> ${printPlan(inner, `${indent}  `)}`,
  );
  return [line, ...further].join('\n');
}
