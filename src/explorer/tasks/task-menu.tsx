import { useState } from 'react';
import page from '../../../docs/graphql.md?raw';
import type { ExplorerName } from '../switch.tsx';
import { type Task, tasksOf, variablesFor } from './tasks.ts';

const TASKS = tasksOf(page);

/** An opened task; a new object each time, even for the same task. */
export interface OpenedTask {
  /** The explorer in which it was opened; the other one is unchanged. */
  readonly explorer: ExplorerName;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

interface TaskMenuProps {
  readonly explorer: ExplorerName;
  readonly me: { readonly type: string; readonly id: number } | undefined;
  readonly onOpen: (task: OpenedTask) => void;
}

/** The tasks of docs/graphql.md, which open and run in the explorer. */
export function TaskMenu({ explorer, me, onOpen }: TaskMenuProps) {
  const [chosen, setChosen] = useState(TASKS[0]?.name ?? '');
  const task = TASKS.find(({ name }) => name === chosen);
  return (
    <form
      className="tasks"
      onSubmit={(event) => {
        event.preventDefault();
        if (task !== undefined) onOpen({ explorer, query: task.query, variables: variablesFor(task, me) });
      }}
    >
      <label>
        <span>Task</span>
        <select value={chosen} onChange={({ target }) => setChosen(target.value)}>
          {TASKS.map((each) => (
            <option key={each.name} value={each.name}>
              {labelOf(each)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Open</button>
    </form>
  );
}

/** Some tasks need several documents in sequence: their names come first, where a narrow menu shows them. */
function labelOf({ heading, name }: Task): string {
  const [number = '', title = ''] = heading.split(/(?<=^\d+\.) /u);
  const isOneOfSeveral = TASKS.some((each) => each.heading === heading && each.name !== name);
  return isOneOfSeveral ? `${number} ${name}: ${title}` : heading;
}
