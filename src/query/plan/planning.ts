import { AppError } from '../../base/errors.ts';
import { grouped } from '../../base/bare.ts';
import type { ExposedSchema, ExposedType } from '../../site/expose.ts';
import { type LinkedRows, nameFields, pathPart, prefixOf } from './link-paths.ts';
import { neededOfEvents, tellsOfOthers } from './hidden-values.ts';
import { maxIdsOf, maxRowsOf } from './site-limits.ts';
import { type EntitySelection, mergeSelections } from '../ports/selection.ts';

/**
 * What is read of one type below the rows of a plan: one search for all links to it, of all parents together, with
 * the union of what is selected of them.
 */
export interface ReadBelow {
  readonly type: string;
  /** How the parents lead to them, and what is read of each. */
  readonly links: readonly LinkedRows[];
  /** The plan for the union of these selections. */
  readonly plan: ReadPlan;
}

/**
 * The plan for reading rows of one type with a selection: pure, made before any call. One search fetches the
 * fields and, as dotted paths, the values behind chains of single links. Everything else is read below them. The
 * reader carries the plan out, `explain` prints the calls that it leads to, and the budget counts its searches.
 */
export interface ReadPlan {
  readonly type: ExposedType;
  readonly selection: EntitySelection;
  /**
   * System names and dotted paths of the search, sorted. Never empty: the meaning of an omitted list is unknown
   * (API 3.1).
   */
  readonly fields: ReadonlySet<string>;
  /** Links whose targets come by paths: field -> types. */
  readonly byPath: ReadonlyMap<string, ReadonlySet<string>>;
  /** What the paths leave of the rows that they lead to, by the prefix of the paths. */
  readonly leftByPath: ReadonlyMap<string, EntitySelection>;
  /** The next level, by type. */
  readonly below: ReadonlyMap<string, ReadBelow>;
  /** The most searches that it needs: its own, and one for each type of each level below. */
  readonly searches: number;
}

/** Shortcuts that plans may use; without them each level follows the previous one. */
export interface PlanOptions {
  /** Dotted paths through single links. */
  readonly paths: boolean;
  /** Searches in parallel with the parents' search. */
  readonly beside: boolean;
  /** The most parents whose children are prefetched in parallel. */
  readonly besideParents: number;
  /** Levels of children below the parents. */
  readonly besideLevels: number;
  /** The most rows of one such search. */
  readonly besideRows: number;
}

/** The options within what the site takes. A site whose paths show hidden rows gets no path at all (API 3.4). */
export function optionsFor({ facts }: ExposedSchema, options: PlanOptions): PlanOptions {
  const { besideParents, besideRows } = options;
  return {
    ...options,
    paths: options.paths && facts['read.dottedHiddenRow'] !== 'value',
    besideParents: Math.min(besideParents, maxIdsOf(facts)),
    besideRows: Math.min(besideRows, maxRowsOf(facts)),
  };
}

/** The plans of a selection's types. */
export type PlanOf = (type: string, selection: EntitySelection) => ReadPlan;

/**
 * @param planOf plans the levels below; by default as this one
 * @throws AppError NOT_FOUND for a type that the API does not expose
 */
// oxlint-disable-next-line max-params
export function planRead(
  schema: ExposedSchema,
  typeName: string,
  selection: EntitySelection,
  options: PlanOptions,
  planOf: PlanOf = (type, of) => planRead(schema, type, of, options),
): ReadPlan {
  const type = typeOf(schema, typeName);
  const fields = new Set([...selection.fields, ...nameFields(type)]);
  if (fields.size === 0) fields.add('id');
  if (tellsOfOthers(typeName)) for (const name of neededOfEvents(schema)) fields.add(name);
  const byPath = new Map<string, Set<string>>();
  const leftByPath = new Map<string, EntitySelection>();
  const links: LinkedRows[] = [];
  for (const [field, targets] of selection.links) {
    const isSingle = options.paths && type.fields.get(field)?.valueType.shown === 'link';
    for (const [targetName, target] of targets) {
      if (!schema.types.has(targetName) || target.fields.size === 0) continue;
      const steps = [{ field, type: targetName }];
      const part = isSingle ? pathPart(schema, target, steps) : null;
      if (part === null) {
        links.push({ steps, selection: target });
        continue;
      }
      for (const path of part.fields) fields.add(path);
      for (const left of part.left) leftByPath.set(prefixOf(left.steps), left.selection);
      links.push(...part.left);
      byPath.set(field, (byPath.get(field) ?? new Set()).add(targetName));
    }
  }
  const below = readsBelow(links, planOf);
  const searches = [...below.values()].reduce((count, { plan }) => count + plan.searches, 1);
  return { type, selection, fields: new Set([...fields].sort()), byPath, leftByPath, below, searches };
}

/** One read for each type. */
function readsBelow(links: readonly LinkedRows[], planOf: PlanOf): ReadonlyMap<string, ReadBelow> {
  const byType = grouped(links, ({ steps }) => steps.at(-1)?.type ?? '');
  return new Map(
    [...byType].map(([type, of]) => {
      const selection = mergeSelections([...new Set(of.map((link) => link.selection))]);
      return [type, { type, links: of, plan: planOf(type, selection) }];
    }),
  );
}

/** @throws AppError NOT_FOUND for a type that the API does not expose */
export function typeOf(schema: ExposedSchema, type: string): ExposedType {
  const exposed = schema.types.get(type);
  if (exposed === undefined) throw new AppError('NOT_FOUND');
  return exposed;
}

/**
 * A plan for people: a line for each search, later searches indented below.
 *
 * ```text
 * Version: code, sg_task, sg_task.Task.content
 *   playlists -> Playlist: code
 * ```
 */
export function printPlan(plan: ReadPlan, indent = ''): string {
  const line = `${plan.type.type}: ${[...plan.fields].join(', ')}`;
  const further = [...plan.below.values()].map(
    ({ links, plan: inner }) =>
      `${indent}  ${links.map(({ steps }) => pathOf(steps)).join(', ')} -> ${printPlan(inner, `${indent}  `)}`,
  );
  return [line, ...further].join('\n');
}

/** `sg_task.Task.entity`: the links from a row to another. */
const pathOf = (steps: LinkedRows['steps']): string =>
  `${prefixOf(steps.slice(0, -1))}${steps.at(-1)?.field}`;
