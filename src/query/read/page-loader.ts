import DataLoader from 'dataloader';
import type { PageRequest } from '../ports/ports.ts';
import { mergeSelections } from '../ports/selection.ts';

/**
 * Batches identical page requests of one query into one search with the union of their fields. Other pages are
 * read in parallel.
 */
export function createPageLoader<T>(
  read: (request: PageRequest) => Promise<T>,
): (request: PageRequest) => Promise<T> {
  const loader = new DataLoader<PageRequest, T>((requests) => readAll(requests, read), { cache: false });
  return (request) => loader.load(request);
}

async function readAll<T>(
  requests: readonly PageRequest[],
  read: (request: PageRequest) => Promise<T>,
): Promise<(T | Error)[]> {
  const groups = new Map<string, PageRequest[]>();
  for (const request of requests) {
    const key = keyOf(request);
    groups.set(key, [...(groups.get(key) ?? []), request]);
  }
  const pages = new Map<string, Promise<T | Error>>();
  for (const [key, group] of groups) {
    const [first] = group;
    if (first === undefined) continue;
    const selection = mergeSelections(group.map((request) => request.selection));
    pages.set(
      key,
      read({ ...first, selection, isPlaced: group.some(({ isPlaced }) => isPlaced) }).catch(
        (error: unknown) => (error instanceof Error ? error : new Error('A page failed.', { cause: error })),
      ),
    );
  }
  return Promise.all(requests.map(async (request) => (await pages.get(keyOf(request))) ?? notRead()));
}

const notRead = (): Error => new Error('A page was not read.');

const keyOf = ({ type, filter, sort, first, after, scope }: PageRequest): string =>
  JSON.stringify([type, filter, sort, first, after, scope]);
