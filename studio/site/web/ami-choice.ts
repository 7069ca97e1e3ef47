import { SiteError } from '../ports.ts';

/** What the page says when a menu item is chosen; the site knows the rest of the page itself. */
export interface AmiChoice {
  readonly type: string;
  /** Query string of the page's address. */
  readonly query: string;
  readonly sessionUuid: string;
  readonly selectedIds: readonly number[];
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

/** @throws SiteError where the body is no choice */
export function parseAmiChoice(body: unknown): AmiChoice {
  const { type, query, sessionUuid, selectedIds } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const isId = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;
  if (
    typeof type !== 'string' ||
    typeof query !== 'string' ||
    typeof sessionUuid !== 'string' ||
    !UUID.test(sessionUuid) ||
    !Array.isArray(selectedIds) ||
    !selectedIds.every(isId)
  ) {
    throw new SiteError(400, 103, 'Request Parameters invalid.');
  }
  return { type, query, sessionUuid, selectedIds };
}
