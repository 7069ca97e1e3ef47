/** Selection, right-click menu and live updates of a table page. */
import { openItem } from './open-item.ts';
import { startMenu } from './menu.ts';
import { colourChips, type Context, elementOf, type MenuItem } from './page.ts';
import { startSelection } from './selection.ts';
import { startUpdates } from './updates.ts';

const table = document.querySelector('#rows');
colourChips(document);
if (table instanceof HTMLTableElement) startTable(table);

const openedMore = (): HTMLDetailsElement | null => document.querySelector('details.more[open]');

document.addEventListener('click', ({ target }) => {
  const more = openedMore();
  if (more !== null && target instanceof Node && !more.contains(target)) more.open = false;
});
document.addEventListener('keydown', ({ key }) => {
  const more = openedMore();
  if (more === null || key !== 'Escape') return;
  more.open = false;
  more.querySelector('summary')?.focus();
});

/** Names this window: writes that carry it are shown here as they come. */
function windowUuid(): string {
  const known = sessionStorage.getItem('session_uuid');
  if (known) return known;
  const fresh = crypto.randomUUID();
  sessionStorage.setItem('session_uuid', fresh);
  return fresh;
}

function startTable(rowTable: HTMLTableElement): void {
  const context: Context = JSON.parse(elementOf('#context', HTMLScriptElement).textContent);
  const rows = [...(rowTable.tBodies[0]?.rows ?? [])].filter((row) => row.dataset['id']);
  const live = elementOf('#live', HTMLElement);
  const sessionUuid = windowUuid();
  const selection = startSelection(rowTable, rows);
  const watch = startUpdates({ rows, context, sessionUuid, live });
  const choose = async (item: MenuItem): Promise<void> => {
    const { type, query } = context;
    const chosen = { type, query, sessionUuid, selectedIds: selection.ids() };
    const isOpened = await openItem(item, chosen, live);
    if (isOpened && item.polls) watch();
  };
  startMenu({ table: rowTable, rows, selection, items: context.items, choose: (item) => void choose(item) });
  const overlay = elementOf('#overlay', HTMLDialogElement);
  elementOf('#close-overlay', HTMLButtonElement).addEventListener('click', () => overlay.close());
  overlay.addEventListener('close', () => {
    elementOf('#overlay iframe', HTMLIFrameElement).src = 'about:blank';
  });
}
