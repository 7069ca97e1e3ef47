import type { Dataset } from '../site/ports.ts';

export type JobState = 'QUEUED' | 'RUNNING' | 'DONE' | 'FAILED';

export interface Job {
  readonly id: number;
  readonly name: string;
  /** The ShotGrid Version that it renders, and that Version's Shot. */
  readonly versionId: number;
  readonly shotId: number | null;
  /** Account at the identity provider. */
  readonly owner: string;
  state: JobState;
  /** 0 to 100. */
  progress: number;
  readonly frames: number;
  retriedBy: string | null;
}

const STATES: readonly JobState[] = ['DONE', 'RUNNING', 'FAILED', 'QUEUED', 'DONE'];
const PASSES = ['beauty', 'shadow', 'crypto'] as const;
const FIRST_ID = 5001;

/** Jobs for the Versions of the demo: some have none, some have three; each belongs to its artist. */
export function demoJobs({ rows }: Pick<Dataset, 'rows'>): Job[] {
  const logins = new Map((rows['HumanUser'] ?? []).map((person) => [person.id, String(person['login'])]));
  const jobs: Job[] = [];
  for (const version of rows['Version'] ?? []) {
    const entity = version['entity'] as { type: string; id: number } | null;
    const owner = logins.get((version['user'] as { id: number } | null)?.id ?? 0) ?? 'nobody';
    for (const pass of PASSES.slice(0, version.id % (PASSES.length + 1))) {
      const state = STATES[(version.id + jobs.length) % STATES.length] ?? 'DONE';
      jobs.push({
        id: FIRST_ID + jobs.length,
        name: `${String(version['code'])} ${pass}`,
        versionId: version.id,
        shotId: entity?.type === 'Shot' ? entity.id : null,
        owner,
        state,
        progress: state === 'DONE' ? 100 : state === 'QUEUED' ? 0 : 10 + ((version.id * 7) % 80),
        frames: 40 + (version.id % 160),
        retriedBy: null,
      });
    }
  }
  return jobs;
}
