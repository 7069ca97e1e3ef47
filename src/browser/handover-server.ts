/**
 * The server's answers to the frame. They are ours: an answer of another shape is a bug, and the sign-in stops
 * there.
 */

/** The data for a sign-in in a window. Both show the number, so that the person can compare. */
export interface Started {
  readonly handover: string;
  readonly ticket: string;
  readonly number: string;
}

export type HandoverState =
  | { readonly kind: 'waiting' | 'over' }
  | { readonly kind: 'refused'; readonly prompt: string | null }
  | { readonly kind: 'approved'; readonly code: string };

export class Refused extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** Calls of one frame, each for its launch. Errors: `Refused`, and those of `fetch` if the server is unreachable. */
export class HandoverServer {
  readonly #launch: string;

  constructor(launch: string) {
    this.#launch = launch;
  }

  /** If there is already a session, the front end opens; otherwise a person must sign in. */
  async start(challenge: string, stepUp: boolean): Promise<{ readonly open: string } | Started> {
    const answer = await this.#post('start', { challenge, stepUp });
    if ('open' in answer) return { open: textOf(answer, 'open') };
    return {
      handover: textOf(answer, 'handover'),
      ticket: textOf(answer, 'ticket'),
      number: textOf(answer, 'number'),
    };
  }

  async poll(handover: string): Promise<HandoverState> {
    const query = new URLSearchParams({ launch: this.#launch, handover });
    return parseState(await ask(`poll?${query}`));
  }

  /** The address of the front end, for which the answer sets the session. */
  async redeem(code: string, verifier: string): Promise<string> {
    return textOf(await this.#post('redeem', { code, verifier }), 'open');
  }

  /** The address at which a new tab continues. */
  async tabAddress(): Promise<string> {
    return textOf(await this.#post('ticket', {}), 'href');
  }

  #post(path: string, content: object): Promise<Answer> {
    return ask(path, { launch: this.#launch, ...content });
  }
}

type Answer = Readonly<Record<string, unknown>>;

const JSON_ANSWER = { accept: 'application/json' };

async function ask(path: string, content?: object): Promise<Answer> {
  const post = {
    method: 'POST',
    headers: { ...JSON_ANSWER, 'content-type': 'application/json' },
    body: JSON.stringify(content),
  };
  const request = content === undefined ? { headers: JSON_ANSWER } : post;
  const answer = await fetch(`/auth/handover/${path}`, request);
  const told = objectOf(await answer.json());
  if (answer.ok) return told;
  throw new Refused(textOf(objectOf(told['error']), 'message'), answer.status);
}

/** An unknown state counts as the end: this script never continues with an answer that it cannot parse. */
export function parseState(answer: Answer): HandoverState {
  const { kind, prompt } = answer;
  if (kind === 'waiting') return { kind };
  if (kind === 'approved') return { kind, code: textOf(answer, 'code') };
  if (kind === 'refused') return { kind, prompt: typeof prompt === 'string' ? prompt : null };
  return { kind: 'over' };
}

const UNREADABLE = 'The answer of the server cannot be read.';

function objectOf(value: unknown): Answer {
  if (typeof value !== 'object' || value === null) throw new Error(UNREADABLE);
  return { ...value };
}

function textOf(answer: Answer, name: string): string {
  const value = answer[name];
  if (typeof value !== 'string') throw new Error(UNREADABLE);
  return value;
}
