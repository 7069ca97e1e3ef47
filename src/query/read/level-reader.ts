import { grouped } from '../../base/bare.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import { createDecoder, type Decoder, type MissingPlace } from '../decode/decoder.ts';
import { optionsFor, type PlanOf, type PlanOptions, planRead, type ReadPlan } from '../plan/planning.ts';
import type { EntitySelection } from '../ports/selection.ts';
import type { Row } from '../../shotgun/port/records.ts';
import { besideReads, type KnownParents } from '../plan/beside-reads.ts';
import { levelReads } from '../plan/searches.ts';
import { type Bet, BetBook } from './bets.ts';
import type { LinkPlace, MutableNode } from '../decode/field-values.ts';
import { goneField, type LiveFields } from './live-fields.ts';
import type { RowLoader } from './row-loader.ts';
import DataLoader from 'dataloader';
import { mapInSlices } from '../../base/loop/slices.ts';

interface Prepared {
  readonly plan: ReadPlan;
  /** Made once rows are read: a plan may be refused. */
  decoder?: Decoder;
}

/**
 * The plans of one site and the decoders of their rows, made once for each selection. Contains no personal data.
 * Garbage-collected together with the selection, and so with its parsed document.
 */
export class Plans {
  readonly schema: ExposedSchema;
  readonly options: PlanOptions;
  readonly bets: BetBook;
  readonly #prepared = new WeakMap<EntitySelection, Map<string, Prepared>>();

  constructor(schema: ExposedSchema, options: PlanOptions, bets = new BetBook()) {
    this.schema = schema;
    this.bets = bets;
    this.options = optionsFor(schema, options);
  }

  /** @throws AppError NOT_FOUND for a type that the API does not expose */
  plan(type: string, selection: EntitySelection): ReadPlan {
    return this.#prepare(type, selection).plan;
  }

  decoder(type: string, selection: EntitySelection): Decoder {
    const prepared = this.#prepare(type, selection);
    prepared.decoder ??= createDecoder(this.schema, prepared.plan);
    return prepared.decoder;
  }

  #prepare(type: string, selection: EntitySelection): Prepared {
    // The empty selection is one object for all types.
    const byType = this.#prepared.get(selection) ?? new Map<string, Prepared>();
    this.#prepared.set(selection, byType);
    const known = byType.get(type);
    if (known !== undefined) return known;
    const planOf: PlanOf = (ofType, of) => this.plan(ofType, of);
    const prepared: Prepared = { plan: planRead(this.schema, type, selection, this.options, planOf) };
    byType.set(type, prepared);
    return prepared;
  }
}

interface IdRead {
  readonly type: string;
  readonly ids: Iterable<number>;
  readonly selection: EntitySelection;
}

/**
 * Prefetches started in parallel with the parent search, keyed by entity type. A child read waits only for its own
 * branch's prefetch; waiting for all would add a round trip.
 */
interface BesideSearches {
  /** Those of the levels above too. */
  readonly byType: ReadonlyMap<string, readonly Bet[]>;
  /** Those that were begun with the rows of this level. */
  readonly own: readonly Bet[];
}

const NOTHING_BESIDE: BesideSearches = { byType: new Map(), own: [] };

/** Converts rows into nodes and fills their links, level by level. */
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
   * The nodes of the ids that the person may see.
   *
   * @param above prefetches started with the rows that link to these
   */
  async byId(
    { type, ids, selection }: IdRead,
    above: BesideSearches = NOTHING_BESIDE,
  ): Promise<ReadonlyMap<number, MutableNode>> {
    const wanted = new Set(ids);
    const plan = this.#plans.plan(type, selection);
    const bets = above.byType.get(type) ?? [];
    if (bets.length > 0) await Promise.all(bets.map((bet) => bet.ready()));
    const missing = this.#loader.missing(type, wanted, plan.fields);
    for (const bet of bets) bet.note(wanted, missing.length === 0);
    // Children of prefetched rows are already prefetched too.
    const beside = this.readBeside(plan, { ids: missing }, above);
    const rows = await this.#loader.rows(type, wanted, plan.fields);
    const nodes = await this.complete(plan, [...rows.values()], beside);
    return new Map(nodes.map((node) => [node.id, node]));
  }

  /**
   * Prefetches the rows' links, in the wave of the parents and not after it. It only fills the cache: missing rows
   * are read after the parents, and superfluous ones are never shown.
   *
   * @returns the prefetches that reads below these rows wait for, including those of the levels above
   */
  readBeside(plan: ReadPlan, parents: KnownParents, above: BesideSearches = NOTHING_BESIDE): BesideSearches {
    const { options, schema, bets } = this.#plans;
    const reads = besideReads(schema, plan, parents, options).filter((read) => bets.isMade(plan, read));
    if (reads.length === 0) return { byType: above.byType, own: [] };
    const own = reads.map((read) => bets.begin(read, this.#loader.prefetch(read)));
    const byType = new Map(above.byType);
    for (const bet of own) byType.set(bet.read.type, [...(byType.get(bet.read.type) ?? []), bet]);
    return { byType, own };
  }

  /** The rows as nodes, their links filled as far as the selection goes. Then it is known what came of the prefetches. */
  async complete(plan: ReadPlan, rows: readonly Row[], beside: BesideSearches): Promise<MutableNode[]> {
    const decoder = this.#plans.decoder(plan.type.type, plan.selection);
    const places: LinkPlace[] = [];
    const missing: MissingPlace[] = [];
    const nodes = await mapInSlices(rows, (row) => decoder.node(row, places, missing));
    await Promise.all([
      this.#tellGone(plan.type.type, missing),
      ...levelReads(plan, places, ({ node }) => node.type).map((read) => {
        const ids = read.links.map(({ node }) => node.id);
        const decoderOf: DecoderOf = (selection) => this.#plans.decoder(read.type, selection);
        return fillLinks(read.links, decoderOf, () => this.byId({ ...read, ids }, beside));
      }),
    ]);
    for (const bet of beside.own) this.#plans.bets.settle(plan, bet);
    return nodes;
  }

  /** A missing field is null if it is hidden from the person, and an error if it is gone or its state is unknown. */
  async #tellGone(type: string, missing: readonly MissingPlace[]): Promise<void> {
    const byField = grouped(missing, ({ field }) => field);
    await Promise.all(
      [...byField].map(async ([{ name, graphqlName }, places]) => {
        const failure = await this.#live.isGone(type, name).then(
          (isGone) => (isGone ? goneField(type, name) : undefined),
          (error: unknown) =>
            error instanceof Error ? error : new Error('A call failed.', { cause: error }),
        );
        if (failure !== undefined) for (const { node } of places) node[graphqlName] = failure;
      }),
    );
  }
}

type DecoderOf = (selection: EntitySelection) => Decoder;

/**
 * Fills links of one type. A failed level costs only its own fields, not the whole page (F15).
 *
 * @param read returns the linked rows, by id
 */
export async function fillLinks(
  links: readonly LinkPlace[],
  decoderOf: DecoderOf,
  read: () => Promise<ReadonlyMap<number, MutableNode>>,
): Promise<void> {
  try {
    const targets = await read();
    await mapInSlices(links, (link) => fillNode(link, decoderOf, targets.get(link.node.id)));
  } catch (error) {
    const failure = error instanceof Error ? error : new Error('A level failed.', { cause: error });
    for (const link of links) {
      decoderOf(link.selection).fail(link.node, failure);
      link.node.name ??= failure;
    }
  }
}

function fillNode(link: LinkPlace, decoderOf: DecoderOf, target: MutableNode | undefined): void {
  const { node, selection, whole } = link;
  // A hidden target keeps the link's own values; a row's display name never replaces the link's.
  if (target === undefined) return decoderOf(whole).hide(node);
  const name = node.name ?? target.name;
  if (selection === whole) Object.assign(node, target);
  else decoderOf(selection).fill(node, target);
  node.name = name;
}

export interface RowsWish {
  readonly type: string;
  readonly ids: readonly number[];
  readonly selection: EntitySelection;
}

type Nodes = ReadonlyMap<number, MutableNode>;

/**
 * Batches reads of one tick with one selection, including the links below: each row of a page may have one link
 * from another system.
 */
export function createRowGroups(source: {
  byId(read: RowsWish): Promise<Nodes>;
}): (wish: RowsWish) => Promise<Nodes> {
  const loader = new DataLoader<RowsWish, Nodes>(
    (wishes) => {
      const groups = groupsOf(wishes);
      const reads = new Map(
        [...groups].map(([selection, byType]) => [
          selection,
          new Map(
            [...byType].map(([type, ids]) => [
              type,
              source.byId({ type, ids: [...ids], selection }).catch(asError),
            ]),
          ),
        ]),
      );
      return Promise.all(
        wishes.map(async ({ type, selection }) => (await reads.get(selection)?.get(type)) ?? new Map()),
      );
    },
    { cache: false },
  );
  return (wish) => loader.load(wish);
}

function groupsOf(wishes: readonly RowsWish[]): Map<EntitySelection, Map<string, Set<number>>> {
  const groups = new Map<EntitySelection, Map<string, Set<number>>>();
  for (const { type, ids, selection } of wishes) {
    const byType = groups.get(selection) ?? new Map<string, Set<number>>();
    groups.set(selection, byType);
    const wanted = byType.get(type) ?? new Set<number>();
    byType.set(type, wanted);
    for (const id of ids) wanted.add(id);
  }
  return groups;
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('A read failed.', { cause: error });
