import { ownValue } from '../../base/bare.ts';
import { AppError, withDetails } from '../../base/errors.ts';
import type { ExposedType } from '../../site/expose.ts';
import { type Checks, idOf, type LinkInput } from '../input/links.ts';
import type { BatchOperation } from '../ports/ports.ts';
import { refusedField, compileWrite, withAuthor, type WriteInput } from './write-values.ts';

/** An operation of a batch, and its place in the client's input. */
export interface PlacedOperation {
  readonly operation: BatchOperation;
  readonly type: ExposedType;
  /** `operations.0.updateVersion` */
  readonly place: string;
  /** The place of its values: `operations.0.updateVersion.input`, `operations.1.createNote`. */
  readonly inputPlace: string;
  readonly input: WriteInput;
}

/** A client's operation, with the context for converting it to one of ShotGrid. */
export interface GivenOperation extends Checks {
  readonly type: ExposedType;
  readonly place: string;
  /** The person who made the request. */
  readonly person: LinkInput;
}

/** @throws AppError BAD_USER_INPUT at its place in the operations */
export function createOperation(given: GivenOperation, input: WriteInput): PlacedOperation {
  const { type, place, person } = given;
  const values = compileWrite({ ...given, mode: 'create', at: place.split('.') }, input);
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
  given: GivenOperation,
  { id, input }: { readonly id: number; readonly input: WriteInput },
): PlacedOperation {
  const { type, place } = given;
  const inputPlace = `${place}.input`;
  const values = compileWrite(
    { ...given, mode: 'update', isInBatch: true, at: inputPlace.split('.') },
    input,
  );
  const operation = { kind: 'update', type: type.type, id: idOf(id, `${place}.id`), values } as const;
  return { operation, type, place, inputPlace, input };
}

/** @throws AppError BAD_USER_INPUT at its place in the operations */
export function deleteOperation({ type, place }: GivenOperation, id: number): PlacedOperation {
  const operation = { kind: 'delete', type: type.type, id: idOf(id, place) } as const;
  return { operation, type, place, inputPlace: place, input: {} };
}

/**
 * Adds to the refusal of a whole batch the place of its operation. The site does not name it (API 5.5): if its
 * type, id and field fit several, these are `candidates`.
 */
export function atOperation(thrown: unknown, operations: readonly PlacedOperation[]): unknown {
  if (!(thrown instanceof AppError) || thrown.details?.['entityType'] === undefined) return thrown;
  const found = operations.filter((placed) => isAbout(thrown, placed));
  const [only] = found;
  if (only === undefined) return thrown;
  if (found.length > 1) return withDetails(thrown, { candidates: found.map(({ place }) => place) });
  const field = refusedField(thrown, only.type);
  if (field === undefined || only.operation.kind === 'delete')
    return withDetails(thrown, { path: only.place });
  const value = ownValue(only.input, field.graphqlName);
  return withDetails(thrown, {
    path: `${only.inputPlace}.${field.graphqlName}`,
    ...(thrown.code === 'BAD_USER_INPUT' && value !== undefined && { value }),
  });
}

function isAbout({ details = {} }: AppError, { operation, type }: PlacedOperation): boolean {
  const { entityType, field, id, reason, legal } = details;
  if (type.type !== entityType) return false;
  if ((reason === 'create' || reason === 'delete') && operation.kind !== reason) return false;
  if (id !== undefined && (operation.kind === 'create' || operation.id !== id)) return false;
  if (reason === 'orphan') return operation.kind === 'delete';
  if (typeof field !== 'string') return true;
  if (operation.kind === 'delete') return false;
  // ShotGrid may be refusing its own default.
  if (!Object.hasOwn(operation.values, field)) return reason === 'promotion' && operation.kind === 'create';
  return !Array.isArray(legal) || !legal.includes(operation.values[field]);
}
