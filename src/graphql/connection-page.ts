import type { Page } from '../query/ports.ts';
import type { EntityNode } from '../query/selection.ts';
import type { Cursors } from './cursor.ts';

/**
 * One page as a connection shows it; most queries read `nodes` and nothing else, so the rest is made when it is read.
 * A class, for a getter in an object literal gives each object a shape of its own, and that keeps the whole page until
 * all memory is collected.
 */
export class ConnectionPage {
  readonly nodes: readonly EntityNode[];
  /** A number, or the error that stands in its place; undefined where it was not asked for. */
  readonly totalCount: unknown;
  readonly #hasNextPage: boolean;
  readonly #offset: number;
  readonly #cursors: Cursors;

  /** @param offset rows before the first of the page */
  constructor({ nodes, hasNextPage }: Page, totalCount: unknown, offset: number, cursors: Cursors) {
    this.nodes = nodes;
    this.totalCount = totalCount;
    this.#hasNextPage = hasNextPage;
    this.#offset = offset;
    this.#cursors = cursors;
  }

  get edges(): readonly { readonly node: EntityNode; readonly cursor: string }[] {
    return this.nodes.map((node, index) => ({ node, cursor: this.#cursors.encode(this.#offset + index) }));
  }

  get pageInfo() {
    return {
      hasNextPage: this.#hasNextPage,
      hasPreviousPage: this.#offset > 0,
      startCursor: this.#cursorAt(0),
      endCursor: this.#cursorAt(this.nodes.length - 1),
    };
  }

  #cursorAt(index: number): string | null {
    return this.nodes[index] === undefined ? null : this.#cursors.encode(this.#offset + index);
  }
}
