import { AppError } from '../../base/errors.ts';
import { mapInSlices } from '../../base/loop/slices.ts';
import { entityPath, type HttpAnswer, type HttpCall, isRecord, parseRow } from '../wire/http-call.ts';
import type { Row } from '../port/records.ts';
import type { RowScope, SearchRequest } from '../port/requests.ts';
import type { Reading } from '../client/operation.ts';

/** A search that exposes its request, so that a wrapper can inspect it. */
export interface Search extends Reading<readonly Row[]> {
  readonly kind: 'search';
  readonly request: SearchRequest;
}

/** The rows that a filter finds. */
export const searchRows = (request: SearchRequest): Search => ({
  kind: 'search',
  type: request.type,
  filter: request.filter,
  request,
  async run(caller, options) {
    const resources = resourcesOf(await caller.send(toSearchCall(request), options));
    const rows = await mapInSlices(resources, rowOf);
    // A row of another type would be shown under the wrong name, with the id of another record.
    if (rows.some(({ type }) => type !== request.type)) throw new AppError('UPSTREAM_BROKEN');
    return rows;
  },
  sample: null,
});

/** The HTTP call of a search. `api3_hash` covers every filter (API 3.2). */
export function toSearchCall(request: SearchRequest): HttpCall {
  const body = {
    filters: request.filter,
    // The site's answer to an empty field list is unknown (API 3.1).
    fields: request.fields.length > 0 ? request.fields.join(',') : 'id',
    ...(request.sort !== undefined && { sort: request.sort }),
    page: { size: request.pageSize, number: request.pageNumber ?? 1 },
    options: scopeOptions(request.scope),
  };
  return {
    method: 'POST',
    path: `${entityPath(request.type)}/_search`,
    operation: 'search',
    body: { mediaType: 'search', text: JSON.stringify(body) },
    isRepeatable: true,
    isShareable: true,
  };
}

/** The default of archived projects over REST is unknown, so it is always sent (API 3.7). */
export function scopeOptions({ retired = false, includeArchivedProjects = true }: RowScope = {}): object {
  return {
    include_archived_projects: includeArchivedProjects,
    ...(retired && { return_only: 'retired' }),
  };
}

/** @throws AppError UPSTREAM_BROKEN if the answer is not a list of rows */
export const parseRows = (answer: HttpAnswer): readonly Row[] => resourcesOf(answer).map(rowOf);

function resourcesOf({ body }: HttpAnswer): readonly unknown[] {
  const data = isRecord(body) ? body['data'] : undefined;
  if (!Array.isArray(data)) throw new AppError('UPSTREAM_BROKEN');
  return data;
}

function rowOf(resource: unknown): Row {
  const row = parseRow(resource);
  if (row === undefined) throw new AppError('UPSTREAM_BROKEN');
  return row;
}
