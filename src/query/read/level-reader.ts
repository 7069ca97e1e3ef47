import type { Row } from '../../shotgun/port/records.ts';
import { besideReads, type KnownParents } from '../plan/beside.ts';
import type { Decoder, LinkPlace, MissingPlace } from '../decode/decoder.ts';
import type { MutableNode } from '../decode/field-values.ts';
import { goneField, type LiveFields } from './live-fields.ts';
import { levelReads } from '../plan/searches.ts';
import type { ReadPlan } from '../plan/planning.ts';
import type { Plans } from './plans.ts';
import type { RowLoader } from './row-loader.ts';
import type { EntitySelection } from '../ports/selection.ts';
import type { ExposedField } from '../../site/expose.ts';

interface IdRead {
  readonly type: string;
  readonly ids: Iterable<number>;
  readonly selection: EntitySelection;
}

/**
 * Searches that were begun beside the rows above, by type. Whoever reads below waits for those of its own branch and
 * no other: a search for another branch may have begun a wave later.
 */
export type BesideSearches = ReadonlyMap<string, Promise<unknown>>;

const NOTHING_BESIDE: BesideSearches = new Map();

/** Turns rows into nodes and fills their links, level by level. */
export class LevelReader {
  readonly #plans: Plans;
  readonly #loader: RowLoader;
  readonly #live: LiveFields;

  constructor(plans: Plans, loader: RowLoader, live: LiveFields) {
    this.#plans = plans;
    this.#loader = loader;
    this.#live = live;
  }

  /**
   * The nodes of those ids that the person may see.
   *
   * @param above what was begun beside the rows that link to these
   */
  async byId(
    { type, ids, selection }: IdRead,
    above: BesideSearches = NOTHING_BESIDE,
  ): Promise<ReadonlyMap<number, MutableNode>> {
    const wanted = new Set(ids);
    const plan = this.#plans.plan(type, selection);
    await above.get(type);
    const missing = this.#loader.missing(type, wanted, plan.fields);
    // What was found beside the parents has its own children beside it already.
    const beside = this.readBeside(plan, { ids: missing }, above);
    const rows = await this.#loader.rows(type, wanted, plan.fields);
    const nodes = await this.complete(plan, [...rows.values()], beside);
    return new Map(nodes.map((node) => [node.id, node]));
  }

  /**
   * Searches, in the wave of the parents and not after it, for what they will turn out to link to. It only fills the
   * cache: what it does not find is read after the parents, and what it finds in vain is never shown.
   *
   * @returns what those who read below these rows wait for, that of the levels above included
   */
  readBeside(plan: ReadPlan, parents: KnownParents, above: BesideSearches = NOTHING_BESIDE): BesideSearches {
    const { options, schema } = this.#plans;
    const beside = new Map(above);
    for (const read of besideReads(schema, plan, parents, options)) {
      const found = this.#loader.prefetch(read, options.besideRows);
      const before = beside.get(read.type);
      beside.set(read.type, before === undefined ? found : Promise.all([before, found]));
    }
    return beside;
  }

  /** The rows as nodes, their links filled as far as the selection goes. */
  async complete(plan: ReadPlan, rows: readonly Row[], beside: BesideSearches): Promise<MutableNode[]> {
    const decoder = this.#plans.decoder(plan.type.type, plan.selection);
    const places: LinkPlace[] = [];
    const missing: MissingPlace[] = [];
    const nodes = rows.map((row) => decoder.node(row, places, missing));
    await Promise.all([
      this.#tellGone(plan.type.type, missing),
      ...levelReads(places, ({ node }) => node.type).map((read) => {
        const links = read.links.map(({ node }) => node);
        const ids = links.map(({ id }) => id);
        const ofTarget = this.#plans.decoder(read.type, read.selection);
        return fillLinks(ofTarget, links, () => this.byId({ ...read, ids }, beside));
      }),
    ]);
    return nodes;
  }

  /** What a row lacks is null where it is hidden from the person, and an error where it is gone or nobody can say. */
  async #tellGone(type: string, missing: readonly MissingPlace[]): Promise<void> {
    const byField = new Map<ExposedField, MutableNode[]>();
    for (const { node, field } of missing) {
      const nodes = byField.get(field);
      if (nodes === undefined) byField.set(field, [node]);
      else nodes.push(node);
    }
    await Promise.all(
      [...byField].map(async ([{ name, graphqlName }, nodes]) => {
        const failure = await this.#live.isGone(type, name).then(
          (isGone) => (isGone ? goneField(type, name) : undefined),
          (error: unknown) =>
            error instanceof Error ? error : new Error('A call failed.', { cause: error }),
        );
        if (failure !== undefined) for (const node of nodes) node[graphqlName] = failure;
      }),
    );
  }
}

/**
 * Fills links of one type. A level that fails takes only its own fields with it, not the page that it belongs to (F15).
 *
 * @param read gives the rows that they lead to, by id
 */
export async function fillLinks(
  decoder: Decoder,
  links: readonly MutableNode[],
  read: () => Promise<ReadonlyMap<number, MutableNode>>,
): Promise<void> {
  try {
    const targets = await read();
    for (const node of links) fillNode(decoder, node, targets.get(node.id));
  } catch (error) {
    const failure = error instanceof Error ? error : new Error('A level failed.', { cause: error });
    for (const node of links) {
      decoder.fail(node, failure);
      node.name ??= failure;
    }
  }
}

function fillNode(decoder: Decoder, node: MutableNode, target: MutableNode | undefined): void {
  // What may not be seen keeps what the link showed; a row's own display name never replaces the link's.
  if (target === undefined) decoder.hide(node);
  else Object.assign(node, target, { name: node.name ?? target.name });
}
