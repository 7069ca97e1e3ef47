/** What a table page says to its script. */
export interface Context {
  readonly type: string;
  /** From the page's address: the description of the page that a menu item receives. */
  readonly query: string;
  readonly items: readonly MenuItem[];
  /** Where the looking for updates starts. */
  readonly lastEventId: number;
}

export interface MenuItem {
  readonly id: number;
  readonly title: string;
  readonly folder: string | null;
  readonly opening: 'tab' | 'overlay' | 'program';
  /** The page then looks for what is written in the name of its window. */
  readonly polls: boolean;
  readonly selectionRequired: boolean;
}

/** An element of the page. The pages are the site's own: one that is missing is a fault of the site. */
export function elementOf<E extends Element>(selector: string, type: abstract new () => E): E {
  const element = document.querySelector(selector);
  if (element instanceof type) return element;
  throw new Error(`The page has no ${type.name} ${selector}.`);
}

/** The element that an event came from; its own element where that is a text. */
export const targetOf = ({ target }: Event): Element | null => (target instanceof Element ? target : null);

export function colourChips(root: ParentNode): void {
  for (const chip of root.querySelectorAll<HTMLElement>('.chip')) {
    if (chip.dataset['colour']) chip.style.setProperty('--chip', chip.dataset['colour']);
  }
}

export const idOf = (row: HTMLTableRowElement): number => Number(row.dataset['id']);
