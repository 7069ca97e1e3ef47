import { elementOf, type MenuItem, targetOf } from './page.ts';
import { indexOf, type Selection } from './selection.ts';

/** Free room between the menu and the edges of the window, in pixels. */
const EDGE = 8;

interface MenuParts {
  readonly table: HTMLTableElement;
  readonly rows: readonly HTMLTableRowElement[];
  readonly selection: Selection;
  readonly items: readonly MenuItem[];
  readonly choose: (item: MenuItem) => void;
}

type Open = (x: number, y: number) => void;

/** The menu of the site's items: a right-click, the menu key or Shift+F10 opens it. */
export function startMenu(parts: MenuParts): void {
  const { selection, items, choose } = parts;
  const menu = elementOf('#menu', HTMLElement);
  const close = (): void => {
    menu.hidden = true;
    selection.focusedRow()?.focus();
  };
  const choice = (item: MenuItem): HTMLElement =>
    buttonOf(item, selection.size() === 0, () => {
      close();
      choose(item);
    });
  const open: Open = (x, y) => {
    menu.replaceChildren(...entriesOf(items, choice));
    menu.hidden = menu.children.length === 0;
    menu.style.left = `${within(x, innerWidth - menu.offsetWidth)}px`;
    menu.style.top = `${within(y, innerHeight - menu.offsetHeight)}px`;
    menu.querySelector<HTMLElement>('button:enabled')?.focus();
  };
  openByPointer(parts, open);
  openByKeyboard(parts, open);
  moveInside(menu, close);
}

const within = (place: number, end: number): number => Math.max(EDGE, Math.min(place, end - EDGE));

/** Items without a folder, then each folder's under its name. */
function entriesOf(items: readonly MenuItem[], choice: (item: MenuItem) => HTMLElement): HTMLElement[] {
  const folders = [...new Set(items.map((item) => item.folder))].sort(
    (a, b) => Number(a !== null) - Number(b !== null),
  );
  return folders.flatMap((folder) => [
    ...(folder === null ? [] : [titleOf(folder)]),
    ...items.filter((item) => item.folder === folder).map(choice),
  ]);
}

function titleOf(folder: string): HTMLElement {
  const title = document.createElement('li');
  title.setAttribute('role', 'presentation');
  title.className = 'folder';
  title.textContent = folder;
  return title;
}

function buttonOf(item: MenuItem, isNothingSelected: boolean, onClick: () => void): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.setAttribute('role', 'menuitem');
  button.textContent = item.title;
  button.disabled = item.selectionRequired && isNothingSelected;
  button.addEventListener('click', onClick);
  return button;
}

function openByPointer({ table, rows, selection }: MenuParts, open: Open): void {
  const actions = elementOf('#actions', HTMLElement);
  actions.addEventListener('click', (event) => {
    event.stopPropagation();
    const box = actions.getBoundingClientRect();
    open(box.left, box.bottom + 4);
  });
  table.tHead?.addEventListener('click', (event) => {
    const link = targetOf(event)?.closest<HTMLElement>('a[data-besides]');
    const besides = link?.dataset['besides'];
    if (besides === undefined || !event.shiftKey) return;
    event.preventDefault();
    location.assign(besides);
  });
  table.addEventListener('contextmenu', (event) => {
    const index = indexOf(rows, event);
    if (index < 0) return;
    event.preventDefault();
    selection.reach(index);
    open(event.clientX, event.clientY);
  });
}

function openByKeyboard({ table, rows, selection }: MenuParts, open: Open): void {
  table.addEventListener('keydown', (event) => {
    const isMenuKey = event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10');
    const row = selection.focusedRow();
    if (!isMenuKey || row === undefined) return;
    event.preventDefault();
    if (selection.size() === 0) selection.reach(rows.indexOf(row));
    const box = row.getBoundingClientRect();
    open(box.left + 40, box.bottom);
  });
}

function moveInside(menu: HTMLElement, close: () => void): void {
  menu.addEventListener('keydown', (event) => {
    const buttons = [...menu.querySelectorAll<HTMLElement>('button:enabled')];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = buttons.findIndex((button) => button === document.activeElement);
    if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (step !== undefined) buttons.at((at + step) % buttons.length)?.focus();
    else return;
    event.preventDefault();
  });
  document.addEventListener('click', ({ target }) => {
    if (!menu.hidden && target instanceof Node && !menu.contains(target)) menu.hidden = true;
  });
}
