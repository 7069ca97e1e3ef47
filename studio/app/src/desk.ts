import { useSyncExternalStore } from 'react';
import { BROKEN_OFF, type Problem, restoredProblem } from './problem.ts';

/** A note as far as it is written, and what became of sending it. */
export interface NoteWork {
  readonly subject: string;
  readonly content: string;
  readonly state: 'writing' | 'sending' | 'sent' | Problem;
}

export interface StatusWork {
  /** Chosen, and not yet in ShotGrid. */
  readonly wanted: string | null;
  readonly problem: Problem | null;
  /** ShotGrid has refused to let this person change it. */
  readonly isRefused: boolean;
}

export type UploadWork =
  | {
      readonly kind: 'sending';
      readonly fileName: string;
      readonly sentBytes: number;
      readonly sizeBytes: number;
    }
  | { readonly kind: 'linking'; readonly fileName: string }
  | { readonly kind: 'done'; readonly fileName: string }
  | { readonly kind: 'cancelled' }
  /** What has arrived is kept as long as the page is open: it can go on. */
  | { readonly kind: 'failed'; readonly problem: Problem; readonly canGoOn: boolean };

export interface JobWork {
  readonly isSending: boolean;
  readonly problem: Problem | null;
}

/** What a person has begun at one Version. */
export interface Work {
  readonly note: NoteWork;
  readonly status: StatusWork;
  readonly upload: UploadWork | null;
  /** By the id of the job. */
  readonly jobs: Readonly<Record<number, JobWork>>;
}

export const EMPTY_NOTE: NoteWork = { subject: '', content: '', state: 'writing' };
const NOTHING: Work = {
  note: EMPTY_NOTE,
  status: { wanted: null, problem: null, isRefused: false },
  upload: null,
  jobs: {},
};

interface DeskState {
  readonly openId: number | null;
  readonly works: ReadonlyMap<number, Work>;
}

/**
 * What a person has begun: drafts, what is on its way, what was refused, and which Version is open. It is part of no
 * component, so that it outlives the card that began it; and the tab keeps it through a sign-in.
 */
export interface Desk {
  of(versionId: number): Work;
  change(versionId: number, change: Partial<Work>): void;
  readonly openId: number | null;
  open(versionId: number | null): void;
  readonly subscribe: (listener: () => void) => () => void;
  readonly state: () => DeskState;
}

interface Person {
  readonly issuer: string;
  readonly subject: string;
}

const desks = new Map<string, Desk>();

/** The desk of the person who is signed in. Its name is the identity, so nobody is shown the desk of another. */
export function deskOf({ issuer, subject }: Person): Desk {
  const name = `review ${JSON.stringify([issuer, subject])}`;
  const desk = desks.get(name) ?? createDesk(name);
  desks.set(name, desk);
  return desk;
}

/** Draws the component again whenever something on the desk changes. */
export function useDesk(desk: Desk): Desk {
  useSyncExternalStore(desk.subscribe, desk.state);
  return desk;
}

function createDesk(name: string): Desk {
  let state = restore(name);
  const listeners = new Set<() => void>();
  const set = (next: DeskState): void => {
    state = next;
    keep(name, state);
    for (const listener of listeners) listener();
  };
  const of = (versionId: number): Work => state.works.get(versionId) ?? NOTHING;
  return {
    of,
    change(versionId, change) {
      set({ ...state, works: new Map(state.works).set(versionId, { ...of(versionId), ...change }) });
    },
    get openId() {
      return state.openId;
    },
    open: (openId) => set({ ...state, openId }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: () => state,
  };
}

/** What the tab keeps of the work at a Version: the words, and what was on its way when the page was left. */
interface KeptWork {
  readonly id: number;
  readonly subject: string;
  readonly content: string;
  readonly noteProblem: Problem | null;
  readonly isNoteSending: boolean;
  readonly isStatusSending: boolean;
  readonly isUploading: boolean;
}

function keep(name: string, { openId, works }: DeskState): void {
  const kept = [...works].flatMap(([id, { note, status, upload }]): KeptWork[] => {
    const { subject, content, state } = note;
    const noteProblem = typeof state === 'object' ? state : null;
    const isNoteSending = state === 'sending';
    const isStatusSending = status.wanted !== null;
    const isUploading = upload?.kind === 'sending' || upload?.kind === 'linking';
    const isEmpty = !(subject || content || noteProblem || isNoteSending || isStatusSending || isUploading);
    if (isEmpty) return [];
    return [{ id, subject, content, noteProblem, isNoteSending, isStatusSending, isUploading }];
  });
  try {
    sessionStorage.setItem(name, JSON.stringify({ openId, works: kept }));
  } catch {
    // A frame may be denied it, and a full one takes no more: the page itself still has everything.
  }
}

function restore(name: string): DeskState {
  let kept: unknown;
  try {
    kept = JSON.parse(sessionStorage.getItem(name) ?? '{}');
  } catch {
    kept = {};
  }
  const { openId, works } = fieldsOf(kept);
  return {
    openId: typeof openId === 'number' ? openId : null,
    works: new Map((Array.isArray(works) ? works : []).flatMap((work) => restoredWork(fieldsOf(work)))),
  };
}

/** What was on its way when the page was left has an end that nobody has seen. */
function restoredWork({ id, ...kept }: Fields): [number, Work][] {
  if (typeof id !== 'number') return [];
  const { code, text } = fieldsOf(kept['noteProblem']);
  const refused = text === undefined ? null : restoredProblem({ code: wordsOf(code), text: wordsOf(text) });
  const problem = kept['isNoteSending'] === true ? BROKEN_OFF.note : refused;
  const work: Work = {
    ...NOTHING,
    note: {
      subject: wordsOf(kept['subject']),
      content: wordsOf(kept['content']),
      state: problem ?? 'writing',
    },
    status: { ...NOTHING.status, problem: kept['isStatusSending'] === true ? BROKEN_OFF.status : null },
    upload:
      kept['isUploading'] === true ? { kind: 'failed', problem: BROKEN_OFF.upload, canGoOn: false } : null,
  };
  return [[id, work]];
}

type Fields = Readonly<Record<string, unknown>>;

/** Other tools are of the same origin: what is kept is read as something of theirs. */
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? { ...value } : {};
const wordsOf = (value: unknown): string => (typeof value === 'string' ? value : '');
