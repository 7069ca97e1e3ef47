import { AppError } from '../../base/errors.ts';

const TYPE = /^[A-Za-z]\w*$/u;

/**
 * `/entity/Version/42`. The site accepts the schema name in paths (API 2.2).
 *
 * @throws AppError BAD_USER_INPUT for an invalid type name, NOT_FOUND for an invalid id: nothing else may enter a
 * path
 */
export function entityPath(type: string, id?: number): string {
  if (!TYPE.test(type)) throw new AppError('BAD_USER_INPUT', { details: { reason: 'entityType' } });
  if (id === undefined) return `/entity/${type}`;
  if (!Number.isSafeInteger(id) || id < 1) throw new AppError('NOT_FOUND', { details: { entityType: type } });
  return `/entity/${type}/${id}`;
}
