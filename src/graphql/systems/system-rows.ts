import {
  getNamedType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isListType,
  isNonNullType,
} from 'graphql';
import { AppError } from '../../base/errors.ts';
import { isRowId } from '../../base/ids.ts';
import { UNEXPOSED_TYPE } from '../../query/decode/field-values.ts';
import type { EntityNode, EntitySelection } from '../../query/ports/selection.ts';
import type { ExposedSchema, ExposedType } from '../../site/expose.ts';
import type { GraphqlContext } from '../request/context.ts';
import type { SelectionReader } from '../request/selection-of.ts';
import { beginEarly } from '../resolve/early-calls.ts';

/** A field whose answer may name ShotGrid rows. */
export interface SystemPlace {
  readonly system: string;
  readonly field: string;
}

/** Replaces the ShotGrid rows that a system's answer names by rows read as the requesting person. */
export type RowsOf = (value: unknown, context: GraphqlContext, info: GraphQLResolveInfo) => Promise<unknown>;

/** Most rows that one list may name: the same limit as for a client's ids. */
const MAX_ROWS_OF_LIST = 5000;

/** The values that a field accepts. */
interface Allowed {
  readonly place: SystemPlace;
  /** The only ShotGrid type that it accepts; null if there are several, so that the answer has to name one. */
  readonly only: ExposedType | null;
  /** ShotGrid types, by GraphQL name. */
  readonly rows: ReadonlyMap<string, ExposedType>;
  /** All ShotGrid types, by both of their names. */
  readonly known: ReadonlyMap<string, ExposedType>;
  /** The system's own types: their values pass through unchanged. */
  readonly others: ReadonlySet<string>;
  /** The type that a value names, where several are possible. */
  nameOf(value: object): Promise<unknown>;
}

class NamedRow {
  readonly type: string;
  readonly id: number;

  constructor(type: string, id: number) {
    this.type = type;
    this.id = id;
  }
}

/**
 * ShotGrid rows always come from ShotGrid: of a system's value only the id is used, and the type if several are
 * possible. The row is read as the person, because a connector could otherwise show rows that the person may not
 * see. For such a row the person gets null, and in a list no item.
 */
export function createRowsReader(exposed: ExposedSchema, selections: SelectionReader) {
  const byGraphqlName = new Map([...exposed.types.values()].map((type) => [type.graphqlName, type]));
  const known = new Map([...exposed.types, ...byGraphqlName]);
  /** Undefined if a field of this type cannot contain ShotGrid rows. */
  return (schema: GraphQLSchema, type: GraphQLOutputType, place: SystemPlace): RowsOf | undefined => {
    const named = getNamedType(type);
    const names = possibleNames(schema, named);
    const rows = new Map<string, ExposedType>();
    for (const name of names) {
      const row = byGraphqlName.get(name);
      if (row !== undefined) rows.set(name, row);
    }
    if (rows.size === 0) return undefined;
    const others = new Set(names.filter((name) => !rows.has(name) && name !== UNEXPOSED_TYPE));
    const only = rows.get(named.name) ?? null;
    return async (value, context, info) => {
      const nameOf = (given: object) => typeNameOf(named, given, context, info);
      const allowed: Allowed = { place, rows, known, others, only, nameOf };
      const found = await namedIn(value, type, allowed);
      const selectionOf = (of: string) => selections.of(info, of);
      if (found instanceof NamedRow) {
        const asks = (field: string): boolean => selections.asks(info, field);
        beginEarly(context, found, { selection: selectionOf(found.type), asks });
      }
      return shownIn(found, await readAll(found, context, selectionOf));
    };
  };
}

const possibleNames = (schema: GraphQLSchema, type: GraphQLNamedType): readonly string[] =>
  isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [type.name];

/**
 * Replaces each named row in the answer by a `NamedRow`, and each invalid list item by an error. It awaits all
 * promises in the answer, so that all rows are read together.
 */
async function namedIn(value: unknown, type: GraphQLOutputType, allowed: Allowed): Promise<unknown> {
  if (isNonNullType(type)) return namedIn(value, type.ofType, allowed);
  const given = await settled(value, allowed);
  if (given === null || given === undefined) return null;
  if (!isListType(type)) return rowOr(given, allowed);
  if (!Array.isArray(given)) throw broken(allowed, 'list');
  if (given.length > MAX_ROWS_OF_LIST) {
    // Nobody waits for what else is in it.
    void Promise.allSettled(given);
    throw broken(allowed, 'tooManyRows');
  }
  return Promise.all(given.map((item: unknown) => namedIn(item, type.ofType, allowed).catch(asItem)));
}

const asItem = (error: unknown): unknown => error;

/** A failure within the answer is the system's. Its message stays hidden. */
async function settled(value: unknown, allowed: Allowed): Promise<unknown> {
  let given: unknown;
  try {
    given = await value;
  } catch (thrown) {
    given =
      thrown instanceof Error ? thrown : new Error('A promise of a connector failed.', { cause: thrown });
  }
  if (given instanceof Error) throw given instanceof AppError ? given : broken(allowed, 'connector', given);
  return given;
}

/** What the value itself says goes first. Else its class may tell, where the type was made of classes. */
async function typeNameOf(
  type: GraphQLNamedType,
  value: object,
  context: GraphqlContext,
  info: GraphQLResolveInfo,
): Promise<unknown> {
  const name = '__typename' in value ? value.__typename : undefined;
  if (typeof name === 'string' || !isAbstractType(type)) return name;
  try {
    return await type.resolveType?.(value, context, info, type);
  } catch (error) {
    if (error instanceof AppError) throw error;
    // It is of none of these classes: a row may still be named by its `type`.
    return undefined;
  }
}

/** The row that a value names, or the value itself if it is of the system's own type. */
async function rowOr(value: unknown, allowed: Allowed): Promise<unknown> {
  if (typeof value !== 'object' || value === null) throw broken(allowed, 'row');
  const { id, type: system } = value as Readonly<Record<string, unknown>>;
  const { only, others } = allowed;
  const name = await allowed.nameOf(value);
  if (only === null && typeof name === 'string' && others.has(name)) return value;
  const type = typeOfRow(allowed, name ?? system);
  if (type === undefined) throw broken(allowed, 'type');
  if (!isRowId(id)) throw broken(allowed, 'id');
  return new NamedRow(type.type, id);
}

/**
 * Accepts the GraphQL name or ShotGrid's own: connectors get rows with the latter. Where one type only may stand, a
 * system may call its records by words of its own, but not by the name of another type.
 */
function typeOfRow({ only, rows, known }: Allowed, name: unknown): ExposedType | undefined {
  const named = typeof name === 'string' ? (rows.get(name) ?? known.get(name)) : undefined;
  if (only !== null) return named === undefined || named === only ? only : undefined;
  return named !== undefined && rows.get(named.graphqlName) === named ? named : undefined;
}

/** Rows by type and id; null for those that the person may not see. */
type RowsRead = ReadonlyMap<string, ReadonlyMap<number, EntityNode | null>>;

/** Reads the rows like rows that are asked for by ids: one search for each type, whatever their number. */
async function readAll(
  named: unknown,
  { reader }: GraphqlContext,
  selectionOf: (type: string) => EntitySelection,
): Promise<RowsRead> {
  const idsByType = new Map<string, number[]>();
  for (const { type, id } of namedRows(named)) {
    const ids = idsByType.get(type) ?? [];
    idsByType.set(type, ids);
    ids.push(id);
  }
  const read = await Promise.all(
    [...idsByType].map(async ([type, ids]) => {
      const nodes = await reader.many(type, ids, selectionOf(type));
      return [type, new Map(ids.map((id, index) => [id, nodes[index] ?? null]))] as const;
    }),
  );
  return new Map(read);
}

function namedRows(named: unknown): readonly NamedRow[] {
  if (named instanceof NamedRow) return [named];
  return Array.isArray(named) ? named.flatMap(namedRows) : [];
}

/** The rows in the order of the answer. In a list there is no item for a row that the person may not see. */
function shownIn(named: unknown, rows: RowsRead): unknown {
  if (named instanceof NamedRow) return rows.get(named.type)?.get(named.id) ?? null;
  if (!Array.isArray(named)) return named;
  return named.map((item: unknown) => shownIn(item, rows)).filter((item) => item !== null);
}

function broken({ place }: Allowed, reason: string, cause?: unknown): AppError {
  return new AppError('SYSTEM_BROKEN', { details: { ...place, reason }, cause });
}
