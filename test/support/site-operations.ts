import type { Operation } from '../../src/shotgun/client/operation.ts';
import type { Search } from '../../src/shotgun/calls/search.ts';
import type { ActingClient } from '../../src/shotgun/client/shotgun.ts';
import type { SearchRequest } from '../../src/shotgun/port/requests.ts';
import type { Row } from '../../src/shotgun/port/records.ts';
import type { Write } from '../../src/shotgun/calls/write.ts';

export const isSearch = (operation: Operation<unknown>): operation is Search => operation.kind === 'search';

export const isWrite = (operation: Operation<unknown>): operation is Write<unknown> =>
  ['create', 'update', 'delete', 'revive'].includes(operation.kind);

type Way = (
  request: SearchRequest,
  search: (request: Search) => Promise<readonly Row[]>,
) => Promise<readonly Row[]>;

/** The client, whose searches are made in another way; all else as before. */
export const searchingBy = (client: ActingClient, way: Way): ActingClient => ({
  login: client.login,
  call: (operation, options) =>
    isSearch(operation)
      ? // A search gives rows, whatever the compiler can tell of it here.
        (way(operation.request, (search) => client.call(search, options)) as Promise<never>)
      : client.call(operation, options),
});
