import { AppError } from '../../base/errors.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import type { EntityNode, EntitySelection } from '../ports/selection.ts';

/** The most entities in one response: some 20,000 rows with ten links each. */
export const MAX_ENTITIES = 250_000;

/**
 * Counts the entities of a response, each as often as it appears: nested lists of links multiply, while the few
 * rows behind them are read once. A small document could need more memory than there is (F9).
 */
export class AnswerSize {
  readonly #schema: ExposedSchema;
  #left: number;

  constructor(schema: ExposedSchema, maxEntities = MAX_ENTITIES) {
    this.#schema = schema;
    this.#left = maxEntities;
  }

  /** @throws AppError TOO_LARGE if these make the whole response too large */
  add(nodes: readonly EntityNode[], selection: EntitySelection): void {
    const [first] = nodes;
    const most = first === undefined ? 0 : this.#most(first.type, selection);
    if (most !== null && most * nodes.length <= this.#left) {
      this.#left -= most * nodes.length;
      return;
    }
    const counted = new Map<EntitySelection, Map<EntityNode, number>>();
    for (const node of nodes) this.#left -= this.#count(node, selection, counted);
    if (this.#left < 0) {
      throw new AppError('TOO_LARGE', {
        message: 'The answer would be too large. Ask for fewer rows, or for fewer lists within lists.',
      });
    }
  }

  /** The most entities of any one row; null if a list of links makes it depend on the row. */
  #most(type: string, { links }: EntitySelection): number | null {
    const fields = this.#schema.types.get(type)?.fields;
    let most = 1;
    for (const [field, targets] of links) {
      if (fields?.get(field)?.valueType.shown !== 'link') return null;
      let largest = 1;
      for (const [target, selection] of targets) {
        const ofTarget = this.#most(target, selection);
        if (ofTarget === null) return null;
        largest = Math.max(largest, ofTarget);
      }
      most += largest;
    }
    return most;
  }

  #count(
    node: EntityNode,
    selection: EntitySelection,
    counted: Map<EntitySelection, Map<EntityNode, number>>,
  ): number {
    if (selection.links.size === 0) return 1;
    const known = counted.get(selection) ?? new Map<EntityNode, number>();
    counted.set(selection, known);
    const before = known.get(node);
    if (before !== undefined) return before;
    const fields = this.#schema.types.get(node.type)?.fields;
    let count = 1;
    for (const [field, targets] of selection.links) {
      const value = node[fields?.get(field)?.graphqlName ?? ''] as EntityNode | readonly EntityNode[] | null;
      for (const link of value === null || value === undefined ? [] : [value].flat()) {
        const target = targets.get(link.type);
        count += target === undefined ? 1 : this.#count(link, target, counted);
      }
    }
    known.set(node, count);
    return count;
  }
}
