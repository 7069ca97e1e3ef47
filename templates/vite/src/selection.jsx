import { useEffect, useState } from 'react';
import { ask, launch } from './ask.js';
import { QUERY } from './query.js';

/** The rows that were selected in ShotGrid, as the person who is signed in sees them. */
export function Selection() {
  const [answer, setAnswer] = useState(null);
  const [problem, setProblem] = useState(null);
  useEffect(() => {
    if (launch !== null) ask(QUERY, { launch }).then(setAnswer, setProblem);
  }, []);
  if (launch === null) return <p>Select rows in ShotGrid, right-click, and choose the menu item.</p>;
  if (problem !== null) return <p role="alert">{problem.message}</p>;
  if (answer === null) return <p>One moment ...</p>;
  // A row that the person may not see is null.
  const rows = (answer.launch.selected ?? []).filter((row) => row !== null);
  const columns = Object.keys(rows[0] ?? {}).filter((name) => name !== '__typename');
  return (
    <>
      <p>
        {answer.viewer.displayName} ({answer.viewer.login})
      </p>
      <p>
        {rows.length} selected in {answer.launch.page.title ?? 'ShotGrid'}
      </p>
      <table>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.__typename} ${row.id}`}>
              {columns.map((name) => (
                <td key={name}>{row[name] ?? ''}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
