import type { EntityLink, Row } from '../shotgun/shotgun.ts';
import type { ExposedSchema } from '../site/expose.ts';
import { createDecoder, type Decoder, linkNode, type MutableNode } from './decoder.ts';
import { fieldsToRead, type LevelRead, planLevel, typeOf } from './planning.ts';
import type { RowLoader } from './row-loader.ts';
import type { EntitySelection } from './selection.ts';

/** Turns rows into nodes and fills their links, level by level. */
export class LevelReader {
  readonly #schema: ExposedSchema;
  readonly #loader: RowLoader;

  constructor(schema: ExposedSchema, loader: RowLoader) {
    this.#schema = schema;
    this.#loader = loader;
  }

  /** The nodes of those ids that the person may see. */
  async byId(
    type: string,
    ids: Iterable<number>,
    selection: EntitySelection,
  ): Promise<ReadonlyMap<number, MutableNode>> {
    const wanted = new Set(ids);
    const fields = fieldsToRead(typeOf(this.#schema, type), selection);
    const rows = await this.#loader.rows(type, wanted, fields);
    const nodes = await this.complete(type, [...rows.values()], selection);
    return new Map(nodes.map((node) => [node.id, node]));
  }

  /** The rows as nodes, their links filled as far as the selection goes. */
  async complete(type: string, rows: readonly Row[], selection: EntitySelection): Promise<MutableNode[]> {
    const exposed = typeOf(this.#schema, type);
    const decoder = createDecoder(this.#schema, exposed, selection.fields);
    const nodes = rows.map((row) => decoder.node(row));
    const reads = planLevel(exposed, nodes, selection);
    if (reads.length > 0) await Promise.all(reads.map((read) => this.#fill(read)));
    return nodes;
  }

  /** One link as a node, filled as those of rows are. */
  async linked(link: EntityLink, selection: EntitySelection): Promise<MutableNode> {
    const node = linkNode(this.#schema, link);
    if (selection.fields.size > 0) {
      await this.#fill({
        type: link.type,
        ids: new Set([link.id]),
        selection,
        places: [{ node, selection }],
      });
    }
    return node;
  }

  /** A level that fails takes only its own fields with it, not the page that it belongs to (F15). */
  async #fill({ type, ids, selection, places }: LevelRead): Promise<void> {
    const decoder = createDecoder(this.#schema, typeOf(this.#schema, type), selection.fields);
    try {
      const targets = await this.byId(type, ids, selection);
      for (const { node } of places) fillNode(decoder, node, targets.get(node.id));
    } catch (error) {
      const failure = error instanceof Error ? error : new Error('A level failed.', { cause: error });
      for (const { node } of places) decoder.fail(node, failure);
    }
  }
}

function fillNode(decoder: Decoder, node: MutableNode, target: MutableNode | undefined): void {
  // What may not be seen keeps what the link showed; a row's own display name never replaces the link's.
  if (target === undefined) decoder.hide(node);
  else Object.assign(node, target, { name: node.name ?? target.name });
}
