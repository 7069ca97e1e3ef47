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
import { UNEXPOSED_TYPE } from '../../query/decode/field-values.ts';
import type { ExposedSchema, ExposedType } from '../../site/expose.ts';
import type { GraphqlContext } from '../request/context.ts';
import type { SelectionReader } from '../request/selection-of.ts';

/** The field whose answer may name rows of ShotGrid. */
export interface SystemPlace {
  readonly system: string;
  readonly field: string;
}

/** What a system answered, with the rows of ShotGrid that it names read as the person who asks. */
export type RowsOf = (value: unknown, context: GraphqlContext, info: GraphQLResolveInfo) => Promise<unknown>;

/** Largest `Int`: no id of ShotGrid is larger. */
const MAX_ID = 2_147_483_647;
/** Rows that one list may name: as many as a client may give ids. */
const MAX_ROWS_OF_LIST = 5000;

/** What may stand in a field. */
interface Allowed {
  readonly place: SystemPlace;
  /** The one type of ShotGrid that it holds; null where there is a choice, so that the answer has to say which. */
  readonly only: ExposedType | null;
  /** Types of ShotGrid, by GraphQL name. */
  readonly rows: ReadonlyMap<string, ExposedType>;
  /** Types of the system's own: these are what it says. */
  readonly others: ReadonlySet<string>;
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
 * A row of ShotGrid is always ShotGrid's: whatever a system says of one, only its id is taken, and its type where
 * several may stand. The row is read as the person, or a connector could show what that person may not see. Who may not
 * see it gets null, and in a list no item.
 */
export function createRowsReader(exposed: ExposedSchema, selections: SelectionReader) {
  const byGraphqlName = new Map([...exposed.types.values()].map((type) => [type.graphqlName, type]));
  /** Undefined where no row of ShotGrid can stand in a field of this type. */
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
    const allowed: Allowed = { place, rows, others, only: rows.get(named.name) ?? null };
    return async (value, context, info) => {
      const found = await namedIn(value, type, allowed);
      return readIn(found, (row) => context.reader.one(row.type, row.id, selections.of(info, row.type)));
    };
  };
}

const possibleNames = (schema: GraphQLSchema, type: GraphQLNamedType): readonly string[] =>
  isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [type.name];

/**
 * The answer with a `NamedRow` for each row that it names, and in lists an error for each item that can be none. It
 * waits for all promises in it, so that all rows are read together.
 */
async function namedIn(value: unknown, type: GraphQLOutputType, allowed: Allowed): Promise<unknown> {
  if (isNonNullType(type)) return namedIn(value, type.ofType, allowed);
  const given = await settled(value, allowed);
  if (given === null || given === undefined) return null;
  if (!isListType(type)) return rowOr(given, allowed);
  if (!Array.isArray(given)) throw broken(allowed, 'list');
  if (given.length > MAX_ROWS_OF_LIST) throw broken(allowed, 'tooManyRows');
  return Promise.all(given.map((item: unknown) => namedIn(item, type.ofType, allowed).catch(asItem)));
}

const asItem = (error: unknown): unknown => error;

/** A failure within the answer is the system's, and nothing of its words is shown. */
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

/** The row that a value names, or the value where it is the system's own. */
function rowOr(value: unknown, allowed: Allowed): unknown {
  if (typeof value !== 'object' || value === null) throw broken(allowed, 'row');
  const { id, type: system, __typename: name } = value as Readonly<Record<string, unknown>>;
  const { only, rows, others } = allowed;
  if (only === null && typeof name === 'string' && others.has(name)) return value;
  const type = only ?? typeNamed(rows, name ?? system);
  if (type === undefined) throw broken(allowed, 'type');
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 1 || id > MAX_ID) throw broken(allowed, 'id');
  return new NamedRow(type.type, id);
}

/** By the name of the graph or by ShotGrid's own, as the rows have it that a connector gets. */
const typeNamed = (rows: Allowed['rows'], name: unknown): ExposedType | undefined =>
  typeof name === 'string'
    ? (rows.get(name) ?? [...rows.values()].find(({ type }) => type === name))
    : undefined;

async function readIn(named: unknown, read: (row: NamedRow) => Promise<unknown>): Promise<unknown> {
  if (named instanceof NamedRow) return read(named);
  if (!Array.isArray(named)) return named;
  const items = await Promise.all(named.map((item: unknown) => readIn(item, read)));
  return items.filter((item) => item !== null);
}

function broken({ place }: Allowed, reason: string, cause?: unknown): AppError {
  return new AppError('SYSTEM_BROKEN', { details: { ...place, reason }, cause });
}
