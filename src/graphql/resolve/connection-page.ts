import { hash } from 'node:crypto';
import { AppError } from '../../base/errors.ts';
import { isRowId } from '../../base/ids.ts';
import { areKeysOf, type comparedKeys } from '../../query/read/page-places.ts';
import type { KeyValue, RowPlace, Page } from '../../query/ports/ports.ts';
import type { EntityNode } from '../../query/ports/selection.ts';

const DIGEST_LENGTH = 12;
const MAX_POSITION = 10_000_000;
const MAX_LENGTH = 4000;

/** Cursors of one query: the place of a row, bound to the filter and order of the query. */
interface Cursors {
  encode(place: RowPlace): string;
  /** Null without a cursor. Throws BAD_USER_INPUT for a cursor of another query. */
  decode(cursor: string | null | undefined): RowPlace | null;
}

/** @param keys of the order; null unless ShotGrid can compare all of them */
export function createCursors(query: unknown, keys: ReturnType<typeof comparedKeys>): Cursors {
  let known: string | undefined;
  // Computed on demand: most queries neither send nor select a cursor.
  const digest = (): string =>
    (known ??= hash('sha256', JSON.stringify(query), 'base64url').slice(0, DIGEST_LENGTH));
  return {
    encode: ({ position, id, keys: values, mark }) =>
      Buffer.from(JSON.stringify([digest(), position, id, values ?? mark])).toString('base64url'),
    decode(cursor) {
      if (cursor === null || cursor === undefined) return null;
      const [given, position, id, end] = partsOf(cursor);
      const isLegal = given === digest() && isWithin(position, 0, Number.MAX_SAFE_INTEGER) && isRowId(id);
      // Keys are found at any position. A mark is found by counting rows, so its position is limited.
      if (isLegal && position < MAX_POSITION && typeof end === 'string')
        return { position, id, keys: null, mark: end };
      if (isLegal && isKeyList(end) && keys !== null && areKeysOf(keys, end))
        return { position, id, keys: end, mark: '' };
      throw new AppError('BAD_USER_INPUT', {
        message:
          'The cursor does not belong to this query. Take cursors from an answer with the same filter and sort.',
        details: { path: 'after' },
      });
    },
  };
}

function partsOf(cursor: string): readonly unknown[] {
  if (cursor.length > MAX_LENGTH) return [];
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

const isWithin = (value: unknown, least: number, limit: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value < limit;

const isKeyList = (value: unknown): value is readonly KeyValue[] =>
  Array.isArray(value) &&
  value.every((key) => key === null || typeof key === 'string' || typeof key === 'number');

/** Its cursor is made when it is read: those of thousands of rows in the slices in which the rows are written. */
class Edge {
  readonly node: EntityNode;
  readonly #cursorOf: () => string | null;

  constructor(node: EntityNode, cursorOf: () => string | null) {
    this.node = node;
    this.#cursorOf = cursorOf;
  }

  get cursor(): string | null {
    return this.#cursorOf();
  }
}

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
  /** A long answer reads them twice. */
  #edges: readonly Edge[] | undefined;

  /** @param after the place before the first row of the page */
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

  get edges(): readonly Edge[] {
    return (this.#edges ??= this.nodes.map((node, index) => new Edge(node, () => this.#cursorAt(index))));
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
