import type { Dataset } from '../site/ports.ts';

/** Hours of one person on one day, for a Task of ShotGrid. */
export interface TimesheetEntry {
  readonly id: number;
  readonly taskId: number;
  /** Account at the identity provider. */
  readonly person: string;
  /** Such as `2026-11-30`. */
  readonly day: string;
  readonly hours: number;
}

const FIRST_ID = 9001;
const DAYS = ['2026-11-26', '2026-11-30', '2026-12-01'] as const;
const EVERY = 4;
const HOURS = 8;

/** Hours for some of the demo's Tasks, of the people whom ShotGrid has assigned. */
export function demoEntries({ rows }: Pick<Dataset, 'rows'>): TimesheetEntry[] {
  const logins = new Map((rows['HumanUser'] ?? []).map(({ id, login }) => [id, String(login)]));
  return (rows['Task'] ?? [])
    .filter(({ id }) => id % EVERY === 0)
    .flatMap((task, index): TimesheetEntry[] => {
      const [assignee] = (task['task_assignees'] ?? []) as { id: number }[];
      const person = logins.get(assignee?.id ?? 0);
      const day = DAYS[index % DAYS.length] ?? DAYS[0];
      if (person === undefined) return [];
      return [{ id: FIRST_ID + index, taskId: task.id, person, day, hours: 1 + (task.id % HOURS) }];
    });
}
