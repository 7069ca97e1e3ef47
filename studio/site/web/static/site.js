/** Selection, right-click menu and live updates of a table page. */
/** A chosen item that asks for it has the page look for its writes: ever more seldom, and in the end no more. */
const FIRST_POLL_MS = 1000;
const POLL_GROWTH = 1.5;
const LAST_POLL_MS = 60_000;
const table = document.querySelector('#rows');
colourChips(document);
if (table) startTable(JSON.parse(document.querySelector('#context').textContent));

document.addEventListener('click', (event) => {
  const more = document.querySelector('.more[open]');
  if (more && !more.contains(event.target)) more.open = false;
});
document.addEventListener('keydown', (event) => {
  const more = document.querySelector('.more[open]');
  if (!more || event.key !== 'Escape') return;
  more.open = false;
  more.querySelector('summary').focus();
});

function colourChips(root) {
  for (const chip of root.querySelectorAll('.chip')) {
    if (chip.dataset.colour) chip.style.setProperty('--chip', chip.dataset.colour);
  }
}

/** Names this window: writes that carry it are shown here as they come. */
function windowUuid() {
  const known = sessionStorage.getItem('session_uuid');
  if (known) return known;
  const fresh = crypto.randomUUID();
  sessionStorage.setItem('session_uuid', fresh);
  return fresh;
}

function startTable(context) {
  const rows = [...table.tBodies[0].rows].filter((row) => row.dataset.id);
  const live = document.querySelector('#live');
  const sessionUuid = windowUuid();
  const selection = startSelection(rows);
  startMenu({ rows, selection, context, choose });
  const watch = startUpdates({ rows, context, sessionUuid, live });
  const overlay = document.querySelector('#overlay');
  document.querySelector('#close-overlay').addEventListener('click', () => overlay.close());
  overlay.addEventListener('close', () => {
    overlay.querySelector('iframe').src = 'about:blank';
  });

  async function choose(item) {
    // The window is opened while the click still counts as one; the form is posted into it once it is signed.
    const isTab = item.opening === 'tab';
    const target = isTab ? `ami-${Date.now()}` : 'overlay';
    const opened = isTab ? window.open('', target) : null;
    if (isTab && !opened) {
      live.textContent = 'The browser blocked the new tab: allow pop-ups of this site.';
      return;
    }
    const { type, query } = context;
    const answer = await fetch(`/__web/ami/${item.id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type, query, sessionUuid, selectedIds: selection.ids() }),
    }).catch(() => undefined);
    if (!answer?.ok) {
      opened?.close();
      const refusal = await answer?.json().catch(() => undefined);
      live.textContent = refusal?.errors?.[0]?.title ?? 'The menu item could not be opened.';
      return;
    }
    const chosen = await answer.json();
    if (item.polls) watch();
    if (item.opening === 'overlay') overlay.showModal();
    if (item.opening === 'program') openProgram(chosen);
    else post(chosen, target);
  }
}

/** An address of another scheme: the system hands it, with the fields, to the program that is registered for it. */
function openProgram({ action, fields }) {
  const link = document.createElement('a');
  link.href = `${action}${action.includes('?') ? '&' : '?'}${new URLSearchParams(fields)}`;
  document.body.append(link);
  link.click();
  link.remove();
}

function post({ action, encoding, fields }, target) {
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

/** Which rows are selected, and which of them has the keyboard. */
function startSelection(rows) {
  const selected = new Set();
  let focused = 0;
  let anchor = 0;
  const selection = {
    size: () => selected.size,
    focusedRow: () => rows[focused],
    ids: () => [...selected].sort((a, b) => a - b).map((index) => Number(rows[index].dataset.id)),
    /** The row of a right-click: part of the selection, or the selection from now on. */
    reach(index) {
      focused = index;
      if (!selected.has(index)) only(index);
      show();
    },
  };
  const show = () => {
    rows.forEach((row, index) => {
      row.setAttribute('aria-selected', String(selected.has(index)));
      row.tabIndex = index === focused ? 0 : -1;
    });
  };
  const only = (index) => {
    selected.clear();
    selected.add(index);
    anchor = index;
  };
  const range = (from, to) => {
    selected.clear();
    for (let index = Math.min(from, to); index <= Math.max(from, to); index += 1) selected.add(index);
  };
  const toggle = (index) => {
    if (!selected.delete(index)) selected.add(index);
    anchor = index;
  };

  table.addEventListener('click', (event) => {
    const index = rows.indexOf(event.target.closest('tr'));
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
    const to = { ArrowDown: focused + 1, ArrowUp: focused - 1, Home: 0, End: last }[event.key];
    if (to !== undefined) {
      focused = Math.max(0, Math.min(last, to));
      if (event.shiftKey) range(anchor, focused);
    } else if (event.key === ' ') toggle(focused);
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) range(0, last);
    else if (event.key === 'Escape') selected.clear();
    else return;
    event.preventDefault();
    show();
    rows[focused].focus();
  });
  show();
  return selection;
}

/** The menu of the site's items: a right-click, the menu key or Shift+F10 opens it. */
function startMenu({ rows, selection, context, choose }) {
  const menu = document.querySelector('#menu');
  const close = () => {
    menu.hidden = true;
    selection.focusedRow()?.focus();
  };
  const open = (x, y) => {
    menu.replaceChildren(...entriesOf(context.items));
    menu.hidden = menu.children.length === 0;
    menu.style.left = `${Math.max(8, Math.min(x, innerWidth - menu.offsetWidth - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(y, innerHeight - menu.offsetHeight - 8))}px`;
    menu.querySelector('button:enabled')?.focus();
  };
  /** Items without a folder, then each folder's under its name. */
  const entriesOf = (items) => {
    const folders = [...new Set(items.map((item) => item.folder))].sort(
      (a, b) => (a !== null) - (b !== null),
    );
    return folders.flatMap((folder) => [
      ...(folder === null ? [] : [titleOf(folder)]),
      ...items.filter((item) => item.folder === folder).map(buttonOf),
    ]);
  };
  const titleOf = (folder) => {
    const title = document.createElement('li');
    title.setAttribute('role', 'presentation');
    title.className = 'folder';
    title.textContent = folder;
    return title;
  };
  const buttonOf = (item) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.setAttribute('role', 'menuitem');
    button.textContent = item.title;
    button.disabled = item.selectionRequired && selection.size() === 0;
    button.addEventListener('click', () => {
      close();
      void choose(item);
    });
    return button;
  };

  const actions = document.querySelector('#actions');
  actions.addEventListener('click', (event) => {
    event.stopPropagation();
    const box = actions.getBoundingClientRect();
    open(box.left, box.bottom + 4);
  });
  table.tHead.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-besides]');
    if (!link || !event.shiftKey) return;
    event.preventDefault();
    location.assign(link.dataset.besides);
  });
  table.addEventListener('contextmenu', (event) => {
    const index = rows.indexOf(event.target.closest('tr'));
    if (index < 0) return;
    event.preventDefault();
    selection.reach(index);
    open(event.clientX, event.clientY);
  });
  table.addEventListener('keydown', (event) => {
    const isMenuKey = event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10');
    const row = selection.focusedRow();
    if (!isMenuKey || !row) return;
    event.preventDefault();
    if (selection.size() === 0) selection.reach(rows.indexOf(row));
    const box = row.getBoundingClientRect();
    open(box.left + 40, box.bottom);
  });
  menu.addEventListener('keydown', (event) => {
    const buttons = [...menu.querySelectorAll('button:enabled')];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (step) buttons.at((buttons.indexOf(document.activeElement) + step) % buttons.length)?.focus();
    else return;
    event.preventDefault();
  });
  document.addEventListener('click', (event) => {
    if (!menu.hidden && !menu.contains(event.target)) menu.hidden = true;
  });
}

/** Writes that carry this window's uuid: their rows are drawn anew and say who it was. Gives what starts the looking. */
function startUpdates({ rows, context, sessionUuid, live }) {
  let since = context.lastEventId;
  const rowOf = ({ entityType, entityId }) =>
    entityType === context.type ? rows.find(({ dataset }) => Number(dataset.id) === entityId) : undefined;

  const showUpdates = async () => {
    const query = new URLSearchParams({ session_uuid: sessionUuid, since: String(since) });
    const answer = await fetch(`/__web/updates?${query}`).catch(() => undefined);
    if (!answer?.ok) return;
    const { updates } = await answer.json();
    if (updates.length === 0) return;
    since = updates.at(-1).id;
    const last = updates.at(-1);
    live.textContent = `updated by ${last.user}: ${last.entity || last.entityType} ${last.field} ${last.newValue}`;
    const authors = new Map(
      updates.flatMap((update) => (rowOf(update) ? [[rowOf(update), update.user]] : [])),
    );
    if (authors.size > 0) await redraw(authors);
  };
  let watched = 0;
  const pollAfter = (ms, watch) => setTimeout(() => void poll(ms, watch), ms);
  const poll = async (ms, watch) => {
    // A later choice begins anew.
    if (watch !== watched) return;
    await showUpdates();
    if (ms < LAST_POLL_MS) pollAfter(ms * POLL_GROWTH, watch);
  };
  return () => {
    watched += 1;
    pollAfter(FIRST_POLL_MS, watched);
  };
}

async function redraw(authors) {
  const answer = await fetch(location.href).catch(() => undefined);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : undefined;
  for (const [row, author] of authors) {
    const fresh = page?.querySelector(`#rows tr[data-id="${row.dataset.id}"]`);
    if (fresh) row.replaceChildren(...fresh.children);
    else row.querySelector('.badge')?.remove();
    colourChips(row);
    const badge = document.createElement('span');
    badge.className = 'badge';
    badge.textContent = `updated by ${author}`;
    (row.cells[1] ?? row.cells[0]).append(badge);
    row.classList.remove('updated');
    void row.offsetWidth;
    row.classList.add('updated');
  }
}
