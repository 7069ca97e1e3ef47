/** Selection, right-click menu and live updates of a table page. */
for (const chip of document.querySelectorAll('.chip')) {
  if (chip.dataset.colour) chip.style.setProperty('--chip', chip.dataset.colour);
}

const table = document.querySelector('#rows');
if (table) startTable(JSON.parse(document.querySelector('#context').textContent));

function startTable(context) {
  const rows = [...table.tBodies[0].rows];
  const menu = document.querySelector('#menu');
  const selected = new Set();
  let focused = 0;
  let anchor = 0;

  const show = () => {
    rows.forEach((row, index) => {
      row.setAttribute('aria-selected', String(selected.has(index)));
      row.tabIndex = index === focused ? 0 : -1;
    });
  };
  const range = (from, to) => {
    selected.clear();
    for (let index = Math.min(from, to); index <= Math.max(from, to); index += 1) selected.add(index);
  };
  const only = (index) => {
    selected.clear();
    selected.add(index);
    anchor = index;
  };
  const toggle = (index) => {
    if (!selected.delete(index)) selected.add(index);
    anchor = index;
  };
  const indexOf = (event) => rows.indexOf(event.target.closest('tr'));

  table.addEventListener('click', (event) => {
    const index = indexOf(event);
    if (index < 0) return;
    focused = index;
    if (event.shiftKey) range(anchor, index);
    else if (event.ctrlKey || event.metaKey) toggle(index);
    else only(index);
    show();
  });
  table.addEventListener('contextmenu', (event) => {
    const index = indexOf(event);
    if (index < 0) return;
    event.preventDefault();
    if (!selected.has(index)) only(index);
    focused = index;
    show();
    openMenu(event.clientX, event.clientY);
  });
  table.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      focused = Math.max(0, Math.min(rows.length - 1, focused + step));
      if (event.shiftKey) range(anchor, focused);
    } else if (event.key === ' ') toggle(focused);
    else if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
      const box = rows[focused].getBoundingClientRect();
      if (selected.size === 0) only(focused);
      openMenu(box.left + 40, box.bottom);
    } else return;
    event.preventDefault();
    show();
    if (menu.hidden) rows[focused].focus();
  });

  function openMenu(x, y) {
    menu.replaceChildren(
      ...context.items.map((item) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.setAttribute('role', 'menuitem');
        button.textContent = item.folder ? `${item.folder} / ${item.title}` : item.title;
        button.disabled = item.selectionRequired && selected.size === 0;
        button.addEventListener('click', () => void choose(item));
        return button;
      }),
    );
    menu.hidden = context.items.length === 0;
    menu.style.left = `${Math.min(x, innerWidth - 240)}px`;
    menu.style.top = `${Math.min(y, innerHeight - menu.offsetHeight - 8)}px`;
    menu.querySelector('button')?.focus();
  }
  const closeMenu = () => {
    menu.hidden = true;
    rows[focused]?.focus();
  };
  menu.addEventListener('keydown', (event) => {
    const buttons = [...menu.querySelectorAll('button')];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') closeMenu();
    else if (step) buttons.at((buttons.indexOf(document.activeElement) + step) % buttons.length)?.focus();
    else return;
    event.preventDefault();
  });
  document.addEventListener('click', (event) => {
    if (!menu.hidden && !menu.contains(event.target)) menu.hidden = true;
  });

  async function choose(item) {
    closeMenu();
    // The window is opened while the click still counts as one; the form is posted into it once it is signed.
    const target = `ami-${Date.now()}`;
    const opened = item.isOverlay ? null : window.open('', target);
    const selectedIds = [...selected].sort((a, b) => a - b).map((index) => Number(rows[index].dataset.id));
    const answer = await fetch(`/__web/ami/${item.id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...context, items: undefined, selectedIds }),
    });
    if (!answer.ok) {
      opened?.close();
      document.querySelector('#live').textContent = 'The menu item could not be opened.';
      return;
    }
    post(await answer.json(), target);
  }

  function post({ action, fields, isOverlay }, target) {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = action;
    form.target = isOverlay ? 'overlay' : target;
    for (const [name, value] of fields) {
      const input = document.createElement('input');
      input.type = 'hidden';
      input.name = name;
      input.value = value;
      form.append(input);
    }
    document.body.append(form);
    if (isOverlay) document.querySelector('#overlay').showModal();
    form.submit();
    form.remove();
  }
  document
    .querySelector('#close-overlay')
    .addEventListener('click', () => document.querySelector('#overlay').close());

  let since = 0;
  const showUpdates = async () => {
    const query = new URLSearchParams({ session_uuid: context.sessionUuid, since: String(since) });
    const answer = await fetch(`/__web/updates?${query}`).catch(() => undefined);
    if (!answer?.ok) return;
    for (const update of (await answer.json()).updates) {
      since = Math.max(since, update.id);
      const row = rows.find(
        ({ dataset }) => Number(dataset.id) === update.entityId && update.entityType === context.type,
      );
      row?.classList.add('updated');
      document.querySelector('#live').textContent =
        `${update.user}: ${update.kind} ${update.entity} ${update.field} ${update.newValue}`;
    }
  };
  setInterval(() => void showUpdates(), 2000);
  show();
}
