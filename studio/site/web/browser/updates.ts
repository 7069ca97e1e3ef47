import { colourChips, type Context, idOf } from './page.ts';

/** If a chosen item asks for it, the page polls for its writes: less and less often, and in the end not at all. */
const FIRST_POLL_MS = 1000;
const POLL_GROWTH = 1.5;
const LAST_POLL_MS = 60_000;

type Row = HTMLTableRowElement;

interface Update {
  readonly id: number;
  readonly user: string;
  readonly entityType: string;
  readonly entityId: number;
  readonly entity: string;
  readonly field: string;
  readonly newValue: string;
}

interface Watched {
  readonly rows: readonly Row[];
  readonly context: Context;
  readonly sessionUuid: string;
  readonly live: HTMLElement;
}

/**
 * Writes with this window's uuid: redraws their rows and shows their author. Returns the function that starts
 * polling.
 */
export function startUpdates({ rows, context, sessionUuid, live }: Watched): () => void {
  let since = context.lastEventId;
  const rowOf = ({ entityType, entityId }: Update): Row | undefined =>
    entityType === context.type ? rows.find((row) => idOf(row) === entityId) : undefined;

  const showUpdates = async (): Promise<void> => {
    const query = new URLSearchParams({ session_uuid: sessionUuid, since: String(since) });
    const answer = await fetch(`/__web/updates?${query}`).catch(() => undefined);
    if (!answer?.ok) return;
    const { updates }: { updates: Update[] } = await answer.json();
    const last = updates.at(-1);
    if (last === undefined) return;
    since = last.id;
    live.textContent = `updated by ${last.user}: ${last.entity || last.entityType} ${last.field} ${last.newValue}`;
    const authors = new Map<Row, string>();
    for (const update of updates) {
      const row = rowOf(update);
      if (row !== undefined) authors.set(row, update.user);
    }
    if (authors.size > 0) await redraw(authors);
  };
  let watched = 0;
  const pollAfter = (ms: number, watch: number): unknown => setTimeout(() => void poll(ms, watch), ms);
  const poll = async (ms: number, watch: number): Promise<void> => {
    // A later choice starts again.
    if (watch !== watched) return;
    await showUpdates();
    if (ms < LAST_POLL_MS) pollAfter(ms * POLL_GROWTH, watch);
  };
  return () => {
    watched += 1;
    pollAfter(FIRST_POLL_MS, watched);
  };
}

async function redraw(authors: ReadonlyMap<Row, string>): Promise<void> {
  const answer = await fetch(location.href).catch(() => undefined);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : undefined;
  for (const [row, author] of authors) {
    const fresh = page?.querySelector(`#rows tr[data-id="${idOf(row)}"]`);
    if (fresh) row.replaceChildren(...fresh.children);
    else row.querySelector('.badge')?.remove();
    colourChips(row);
    const badge = document.createElement('span');
    badge.className = 'badge';
    badge.textContent = `updated by ${author}`;
    (row.cells[1] ?? row.cells[0])?.append(badge);
    row.classList.remove('updated');
    void row.offsetWidth;
    row.classList.add('updated');
  }
}
