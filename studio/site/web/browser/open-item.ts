import { elementOf, type MenuItem } from './page.ts';

/** The site's data about a choice. */
export interface Choice {
  readonly type: string;
  readonly query: string;
  readonly sessionUuid: string;
  readonly selectedIds: readonly number[];
}

/** What the site gives for it: the signed form, and where it goes. */
interface ItemForm {
  readonly action: string;
  readonly encoding: string;
  readonly fields: [name: string, value: string][];
}

/** Opens a menu item with the selection; false where it could not be opened, and the page then says why. */
export async function openItem(item: MenuItem, choice: Choice, live: HTMLElement): Promise<boolean> {
  // The window is opened while the click still counts as one; the form is posted into it once it is signed.
  const isTab = item.opening === 'tab';
  const target = isTab ? `ami-${Date.now()}` : 'overlay';
  const opened = isTab ? window.open('', target) : null;
  if (isTab && opened === null) {
    live.textContent = 'The browser blocked the new tab: allow pop-ups of this site.';
    return false;
  }
  const answer = await fetch(`/__web/ami/${item.id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(choice),
  }).catch(() => undefined);
  if (!answer?.ok) {
    opened?.close();
    live.textContent = await refusalOf(answer);
    return false;
  }
  const form: ItemForm = await answer.json();
  if (item.opening === 'overlay') elementOf('#overlay', HTMLDialogElement).showModal();
  if (item.opening === 'program') openProgram(form);
  else post(form, target);
  return true;
}

async function refusalOf(answer: Response | undefined): Promise<string> {
  const told: { errors?: { title?: string }[] } | undefined = await answer?.json().catch(() => undefined);
  return told?.errors?.[0]?.title ?? 'The menu item could not be opened.';
}

/** An address of another scheme: the system hands it, with the fields, to the program that is registered for it. */
function openProgram({ action, fields }: ItemForm): void {
  const link = document.createElement('a');
  link.href = `${action}${action.includes('?') ? '&' : '?'}${new URLSearchParams(fields)}`;
  document.body.append(link);
  link.click();
  link.remove();
}

function post({ action, encoding, fields }: ItemForm, target: string): void {
  const form = document.createElement('form');
  Object.assign(form, { method: 'post', action, enctype: encoding, target });
  for (const [name, value] of fields) {
    const input = document.createElement('input');
    Object.assign(input, { type: 'hidden', name, value });
    form.append(input);
  }
  document.body.append(form);
  form.submit();
  form.remove();
}
