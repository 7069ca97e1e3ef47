/** Pages that tools of real studios have, as Mira sees them in the demo: what each asks, and the least that it can cost. */
export interface Page {
  readonly name: string;
  /** What people do with it. */
  readonly story: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Calls that must follow one another: the provable minimum. */
  readonly waves: number;
  /** Calls in all. */
  readonly calls: number;
}

/** The launch that pages open with: fifty Versions of project 1. */
export const LAUNCH_ID = 'golden';

/** The rows of project 1. */
export const PROJECT = 'filter: { project: { is: { type: "Project", id: 1 } } }';
