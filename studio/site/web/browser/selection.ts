import { idOf, targetOf } from './page.ts';

/** Which rows are selected, and which of them has the keyboard. */
export interface Selection {
  size(): number;
  focusedRow(): HTMLTableRowElement | undefined;
  ids(): number[];
  /** The row of a right-click: part of the selection, or the selection from now on. */
  reach(index: number): void;
}

type Rows = readonly HTMLTableRowElement[];

export function startSelection(table: HTMLTableElement, rows: Rows): Selection {
  const selected = new Set<number>();
  let focused = 0;
  let anchor = 0;
  const show = (): void => {
    rows.forEach((row, index) => {
      row.setAttribute('aria-selected', String(selected.has(index)));
      row.tabIndex = index === focused ? 0 : -1;
    });
  };
  const only = (index: number): void => {
    selected.clear();
    selected.add(index);
    anchor = index;
  };
  const range = (from: number, to: number): void => {
    selected.clear();
    for (let index = Math.min(from, to); index <= Math.max(from, to); index += 1) selected.add(index);
  };
  const toggle = (index: number): void => {
    if (!selected.delete(index)) selected.add(index);
    anchor = index;
  };

  table.addEventListener('click', (event) => {
    const index = indexOf(rows, event);
    if (index < 0) return;
    focused = index;
    if (event.shiftKey) range(anchor, index);
    else if (event.ctrlKey || event.metaKey) toggle(index);
    else only(index);
    show();
  });
  table.addEventListener('keydown', (event) => {
    if (rows.length === 0) return;
    const last = rows.length - 1;
    const to = placeAfter(event.key, focused, last);
    if (to !== undefined) {
      focused = Math.max(0, Math.min(last, to));
      if (event.shiftKey) range(anchor, focused);
    } else if (event.key === ' ') toggle(focused);
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) range(0, last);
    else if (event.key === 'Escape') selected.clear();
    else return;
    event.preventDefault();
    show();
    rows[focused]?.focus();
  });
  show();
  return {
    size: () => selected.size,
    focusedRow: () => rows[focused],
    ids: () => rows.filter((_row, index) => selected.has(index)).map(idOf),
    reach(index) {
      focused = index;
      if (!selected.has(index)) only(index);
      show();
    },
  };
}

/** -1 for what is no row of the table, as its head. */
export const indexOf = (rows: Rows, event: Event): number => {
  const row = targetOf(event)?.closest('tr') ?? null;
  return row === null ? -1 : rows.indexOf(row);
};

/** Where a key moves the keyboard to; undefined for a key that does not move it. */
export function placeAfter(key: string, from: number, last: number): number | undefined {
  if (key === 'ArrowDown') return from + 1;
  if (key === 'ArrowUp') return from - 1;
  if (key === 'Home') return 0;
  return key === 'End' ? last : undefined;
}
