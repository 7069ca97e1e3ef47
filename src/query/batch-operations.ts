import { ownValue } from '../base/bare.ts';
import { AppError } from '../base/errors.ts';
import type { ExposedSchema, ExposedType } from '../site/expose.ts';
import { idOf, type LinkInput } from './links.ts';
import type { BatchOperation } from './ports.ts';
import { refusedField, withDetails } from './write-errors.ts';
import { compileWrite, withAuthor, type WriteInput } from './write-values.ts';

/** An operation of a batch, and where it stands in the client's input. */
export interface PlacedOperation {
  readonly operation: BatchOperation;
  readonly type: ExposedType;
  /** `operations.0.updateVersion` */
  readonly place: string;
  /** Where its values stand: `operations.0.updateVersion.input`, `operations.1.createNote`. */
  readonly inputPlace: string;
  readonly input: WriteInput;
}

/** One operation as the client gave it, and what is needed to make it one of ShotGrid. */
export interface GivenOperation {
  readonly schema: ExposedSchema;
  readonly type: ExposedType;
  readonly place: string;
  /** The person who asks. */
  readonly person: LinkInput;
}

/** @throws AppError BAD_USER_INPUT at its place in the operations */
export function createOperation(
  { schema, type, place, person }: GivenOperation,
  input: WriteInput,
): PlacedOperation {
  const values = placedAt(place, () => compileWrite(schema, type, input, 'create'));
  return {
    operation: { kind: 'create', type: type.type, values: withAuthor(type, values, person) },
    type,
    place,
    inputPlace: place,
    input,
  };
}

/** @throws AppError BAD_USER_INPUT at its place in the operations */
export function updateOperation(
  { schema, type, place }: GivenOperation,
  { id, input }: { readonly id: number; readonly input: WriteInput },
): PlacedOperation {
  const inputPlace = `${place}.input`;
  const values = placedAt(inputPlace, () => compileWrite(schema, type, input, 'update'));
  const operation = { kind: 'update', type: type.type, id: idOf(id, `${place}.id`), values } as const;
  return { operation, type, place, inputPlace, input };
}

/** @throws AppError BAD_USER_INPUT at its place in the operations */
export function deleteOperation({ type, place }: GivenOperation, id: number): PlacedOperation {
  const operation = { kind: 'delete', type: type.type, id: idOf(id, place) } as const;
  return { operation, type, place, inputPlace: place, input: {} };
}

function placedAt<T>(inputPlace: string, compile: () => T): T {
  try {
    return compile();
  } catch (thrown) {
    const path = thrown instanceof AppError ? thrown.details?.['path'] : undefined;
    if (!(thrown instanceof AppError) || typeof path !== 'string') throw thrown;
    throw withDetails(thrown, { path: path.replace(/^input/u, inputPlace) });
  }
}

/**
 * A refusal of a whole batch with the place of the operation that it is about. The site does not say which (API 5.5):
 * where its type, id and field fit several, these are `candidates`.
 */
export function atOperation(thrown: unknown, operations: readonly PlacedOperation[]): unknown {
  if (!(thrown instanceof AppError) || thrown.details?.['entityType'] === undefined) return thrown;
  const found = operations.filter((placed) => isAbout(thrown, placed));
  const [only] = found;
  if (only === undefined) return thrown;
  if (found.length > 1) return withDetails(thrown, { candidates: found.map(({ place }) => place) });
  const field = refusedField(thrown, only.type);
  if (field === undefined) return withDetails(thrown, { path: only.place });
  const value = ownValue(only.input, field.graphqlName);
  return withDetails(thrown, {
    path: `${only.inputPlace}.${field.graphqlName}`,
    ...(thrown.code === 'BAD_USER_INPUT' && value !== undefined && { value }),
  });
}

function isAbout({ details = {} }: AppError, { operation, type }: PlacedOperation): boolean {
  const { entityType, field, id, reason } = details;
  if (type.type !== entityType) return false;
  if ((reason === 'create' || reason === 'delete') && operation.kind !== reason) return false;
  if (id !== undefined && (operation.kind === 'create' || operation.id !== id)) return false;
  return typeof field !== 'string' || (operation.kind !== 'delete' && Object.hasOwn(operation.values, field));
}
