import { type Advice, adviceOf } from './advice.ts';

/** The page's notices about the last answer. */
export interface AnswerNews {
  readonly advice: readonly Advice[];
  /** False if the session is over; undefined if the answer does not show it. */
  readonly isSignedIn: boolean | undefined;
  /** No answer came at all. */
  readonly isSilent: boolean;
}

/** A tool would be refused: a person who copies the document from here into one has to know. */
const UNLISTED: Advice = {
  code: 'DOCUMENT_UNKNOWN',
  text: 'This document is on no list, and this server runs listed documents only (documents: only). This page may ask anything, in development alone.',
  requestId: undefined,
  link: undefined,
};

type Listener = (news: AnswerNews) => void;

const listeners = new Set<Listener>();
const UNAUTHENTICATED_STATUS = 401;

export function onAnswer(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export async function reportAnswer(answer: Response): Promise<void> {
  const body: unknown = await answer.json().catch(() => undefined);
  const isSignedIn = answer.ok ? true : answer.status === UNAUTHENTICATED_STATUS ? false : undefined;
  const unlisted = answer.headers.has('x-shotgraph-documents') ? [UNLISTED] : [];
  tell({ advice: [...unlisted, ...adviceOf(body, location.origin)], isSignedIn, isSilent: false });
}

export const reportSilence = (): void => tell({ advice: [], isSignedIn: undefined, isSilent: true });

function tell(news: AnswerNews): void {
  for (const listener of listeners) listener(news);
}
