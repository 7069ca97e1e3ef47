import { ask, launch } from './ask.js';
import { QUERY } from './query.js';

const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });

function tell(selector, text) {
  document.querySelector(selector).textContent = text;
}

/** Text is set as text, so that a name with markup in it stays a name. */
function rowOf(cells, cell) {
  const row = document.createElement('tr');
  row.append(...cells.map((text) => element(cell, text)));
  return row;
}

function show({ viewer, launch: click }) {
  tell('#viewer', `${viewer.displayName} (${viewer.login})`);
  // A row that the person may not see is null.
  const rows = (click.selected ?? []).filter((row) => row !== null);
  tell('#notice', `${rows.length} selected in ${click.page.title ?? 'ShotGrid'}`);
  const columns = Object.keys(rows[0] ?? {}).filter((name) => name !== '__typename');
  const body = rows.map((row) =>
    rowOf(
      columns.map((name) => row[name] ?? ''),
      'td',
    ),
  );
  document.querySelector('#rows').replaceChildren(rowOf(columns, 'th'), ...body);
}

if (launch === null) tell('#notice', 'Select rows in ShotGrid, right-click, and choose the menu item.');
else ask(QUERY, { launch }).then(show, (error) => tell('#notice', error.message));
