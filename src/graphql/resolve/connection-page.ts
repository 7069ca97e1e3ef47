import type { RowPlace, Page } from '../../query/ports/ports.ts';
import type { EntityNode } from '../../query/ports/selection.ts';
import type { Cursors } from './cursor.ts';

/**
 * One page as a connection. Most queries read `nodes` only, so the rest is created on demand. It is a class,
 * because a getter in an object literal gives each object its own shape, and that keeps the whole page in memory
 * until a full garbage collection.
 */
export class ConnectionPage {
  readonly nodes: readonly EntityNode[];
  /** A number, or the error that replaces it; undefined if not selected. */
  readonly totalCount: unknown;
  readonly #hasNextPage: boolean;
  readonly #hasPreviousPage: boolean;
  readonly #places: readonly RowPlace[];
  readonly #cursors: Cursors;

  /** @param after the place before the first row of the page */
  // oxlint-disable-next-line max-params
  constructor(
    { nodes, places, hasNextPage }: Page,
    totalCount: unknown,
    after: RowPlace | null,
    cursors: Cursors,
  ) {
    this.nodes = nodes;
    this.totalCount = totalCount;
    this.#hasNextPage = hasNextPage;
    this.#hasPreviousPage = after !== null;
    this.#places = places;
    this.#cursors = cursors;
  }

  get edges(): readonly { readonly node: EntityNode; readonly cursor: string | null }[] {
    return this.nodes.map((node, index) => ({ node, cursor: this.#cursorAt(index) }));
  }

  get pageInfo() {
    return {
      hasNextPage: this.#hasNextPage,
      hasPreviousPage: this.#hasPreviousPage,
      startCursor: this.#cursorAt(0),
      endCursor: this.#cursorAt(this.nodes.length - 1),
    };
  }

  #cursorAt(index: number): string | null {
    const place = this.#places[index];
    return place === undefined ? null : this.#cursors.encode(place);
  }
}
