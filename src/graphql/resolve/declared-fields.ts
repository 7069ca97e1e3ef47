import DataLoader from 'dataloader';
import {
  getNamedType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isLeafType,
  isRequiredArgument,
} from 'graphql';
import { AppError, withDetails } from '../../base/errors.ts';
import { type EntityNode, SEEN } from '../../query/ports/selection.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import type { ConnectedRow } from '../../systems/connector.ts';
import type { GraphqlContext } from '../request/context.ts';
import { markNeeded } from '../request/needed.ts';
import { type Args, loadOfRow, type RunRows } from '../request/row-batches.ts';
import { compileNeeds, isEntityNode, type NeededDeclared, type Needs } from './needs.ts';

export type Resolver = GraphQLFieldResolver<unknown, GraphqlContext, Args>;

/** Gives the values of a field about rows. */
export interface RowsSource {
  readonly kind: 'rows';
  /** What the field needs of its row, by the names of the graph. */
  readonly needs: readonly string[];
  /** Details of errors about its needs. */
  readonly details: Readonly<Record<string, unknown>>;
  /**
   * How one request runs it, for up to 500 rows that select it with equal arguments. Null if it has no value in
   * this request.
   */
  readonly begin: (context: GraphqlContext) => RunRows<ConnectedRow> | null;
}

/** Gives the value of a field for one parent, or of a field of Query or Mutation. */
export interface ValueSource {
  readonly kind: 'value';
  readonly resolve: Resolver;
}

/** How a field gets its value that a connector of a system declares, or a class of the studio. */
export type FieldSource = RowsSource | ValueSource;

/** A field about rows, by GraphQL names. */
export interface DeclaredField {
  readonly type: string;
  readonly field: GraphQLField<unknown, GraphqlContext>;
  readonly source: RowsSource;
}

/** One on a type of ShotGrid's rows. */
export interface DeclaredSiteField extends DeclaredField {
  /** An error with the place of the declaration. */
  readonly mistake: (message: string) => Error;
}

/** The fields that connectors and classes declare on types of ShotGrid's rows. They may need each other. */
export interface DeclaredFields {
  /** The resolver gives the value as it was declared: named rows of ShotGrid are not read yet. */
  add(declared: DeclaredSiteField): Resolver;
  /**
   * Settles what each field needs, once all are added.
   *
   * @param schema the whole schema, to which selections refer
   * @throws what `mistake` of a field gives: for a name that is not there, or a circle of needs
   */
  settle(schema: GraphQLSchema): void;
}

/** A field on a type of a connector or a class: it gets the values themselves, as they were given. */
export const ofOwnRows = ({ type, field, source }: DeclaredField): Resolver => {
  const place = `${type}.${field.name}`;
  return (root, args, context, { fieldNodes }) => {
    const run = source.begin(context);
    const row = root as ConnectedRow;
    const at = fieldNodes[0] ?? field;
    return run === null
      ? null
      : loadOfRow(context.rowBatches, { place, args, run, source: at }, { row, key: row });
  };
};

interface Entry {
  readonly declared: DeclaredSiteField;
  readonly place: string;
  /** @param at where the arguments are given */
  readonly resolve: (root: EntityNode, args: Args, context: GraphqlContext, at: object) => Promise<unknown>;
  needs: Needs<GraphqlContext> | 'unsettled' | 'settling';
}

export function createDeclaredFields(exposed: ExposedSchema): DeclaredFields {
  const byGraphqlName = new Map([...exposed.types.values()].map((type) => [type.graphqlName, type]));
  const entries = new Map<string, Entry>();

  const settle = (entry: Entry, above: readonly string[] = []): Needs<GraphqlContext> => {
    const { declared, place } = entry;
    const trail = [...above, place];
    if (typeof entry.needs !== 'string') return entry.needs;
    if (entry.needs === 'settling') throw declared.mistake(`${place} needs itself: ${trail.join(' -> ')}.`);
    entry.needs = 'settling';
    const type = byGraphqlName.get(declared.type);
    if (type === undefined) throw declared.mistake(`${declared.type} is no type of ShotGrid's rows.`);
    const needs = compileNeeds<GraphqlContext>({
      exposed,
      type,
      paths: declared.source.needs,
      declared: (of, field) => {
        const needed = entries.get(`${of}.${field}`);
        return needed === undefined ? undefined : neededDeclared(needed, settle(needed, trail), declared);
      },
      mistake: (problem) => declared.mistake(`${place} cannot be read: ${problem}`),
    });
    entry.needs = needs;
    return needs;
  };

  return {
    add(declared) {
      const place = `${declared.type}.${declared.field.name}`;
      const entry: Entry = {
        declared,
        place,
        needs: 'unsettled',
        resolve: ofSiteRows(declared, () => settle(entry)),
      };
      entries.set(place, entry);
      return (root, args, context, { fieldNodes }) =>
        isEntityNode(root) ? entry.resolve(root, args, context, fieldNodes[0] ?? declared.field) : null;
    },
    settle(schema) {
      for (const entry of entries.values()) {
        const { type, field } = entry.declared;
        markNeeded(schema, type, field.name, settle(entry).selection);
      }
    },
  };
}

/** Another field takes its value with its default arguments, and a plain value only: rows in it are not read yet. */
function neededDeclared(
  { declared: { field }, place, resolve }: Entry,
  { selection }: Needs<GraphqlContext>,
  { mistake }: DeclaredSiteField,
): NeededDeclared<GraphqlContext> {
  if (!isLeafType(getNamedType(field.type))) {
    throw mistake(`${place} cannot be needed: only fields with plain values can.`);
  }
  const required = field.args.find(isRequiredArgument);
  if (required !== undefined)
    throw mistake(`${place} cannot be needed: it needs the argument "${required.name}".`);
  const defaults = field.args.filter(({ defaultValue }) => defaultValue !== undefined);
  const args = Object.fromEntries(defaults.map(({ name, defaultValue }) => [name, defaultValue]));
  return { selection, value: (node, context) => resolve(node, args, context, field) };
}

function ofSiteRows(
  { type, field, source }: DeclaredSiteField,
  needsOf: () => Needs<GraphqlContext>,
): Entry['resolve'] {
  const place = `${type}.${field.name}`;
  const rowsOf = createRowsOf(needsOf);
  return async (node, args, context, at) => {
    const run = source.begin(context);
    const seen = node[SEEN];
    if (seen instanceof Error) throw seen;
    if (run === null || seen === false) return null;
    const row = await rowsOf(context).load(node).catch(withPlace(source.details));
    if (row === null) return null;
    return loadOfRow(
      context.rowBatches,
      { place, args, run, source: at },
      { row, key: `${row.type}:${row.id}` },
    );
  };
}

const withPlace =
  (details: RowsSource['details']) =>
  (error: unknown): never => {
    throw error instanceof AppError && error.details?.['need'] !== undefined
      ? withDetails(error, details)
      : error;
  };

/**
 * The rows behind nodes, with their needs. Nodes of one tick wait for each other, because a need may be the field of
 * another system: then the field is still run once for all of them.
 */
function createRowsOf(needsOf: () => Needs<GraphqlContext>) {
  const byRequest = new WeakMap<GraphqlContext, DataLoader<EntityNode, ConnectedRow | null>>();
  return (context: GraphqlContext): DataLoader<EntityNode, ConnectedRow | null> => {
    const known = byRequest.get(context);
    if (known !== undefined) return known;
    const loader = new DataLoader<EntityNode, ConnectedRow | null>((nodes) =>
      Promise.all(nodes.map((node) => rowOf(node, needsOf(), context).catch(asError))),
    );
    byRequest.set(context, loader);
    return loader;
  };
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('A need failed.', { cause: error });

/**
 * The row as this request has read it as the person; null if they may not see it: a link also shows such rows, and
 * nobody else must be asked about them. If the plan included the field, the row was read with the page; otherwise
 * it is read now.
 */
async function rowOf(
  node: EntityNode,
  needs: Needs<GraphqlContext>,
  context: GraphqlContext,
): Promise<ConnectedRow | null> {
  const known = node[SEEN] === undefined ? undefined : await needs.take(node, context);
  if (known !== undefined) return known;
  const read = await context.reader.one(node.type, node.id, needs.selection);
  return read === null ? null : ((await needs.take(read, context)) ?? null);
}
