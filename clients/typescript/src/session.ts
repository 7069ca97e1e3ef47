import { type Addresses, addressesOf, type Place } from './place.ts';
import { Problem, problemOf, problemOfAnswer } from './problem.ts';
import { fieldsOf, numberOf, textOf } from './read.ts';
import { type SessionTimes, timesOf, watchSession } from './session-stream.ts';

/** The person who is signed in at this browser. */
export interface SignedIn extends SessionTimes {
  readonly displayName: string;
  /** In ShotGrid. */
  readonly login: string;
  readonly permissionRole: string | null;
  /** The account at the identity provider: keep what a person is writing under both, and show it to nobody else. */
  readonly issuer: string;
  readonly subject: string;
  readonly person: { readonly type: string; readonly id: number };
}

/**
 * - `asking`: not known yet
 * - `in`: the person whose page this is
 * - `out`: nobody is signed in, and nobody was
 * - `ended`: the session of this page is over
 * - `other`: another person has signed in at this browser; load the page again to go on as them
 * - `left`: signed out by this page, in the overlay
 * - `failed`: the server could not be asked
 */
export type SessionKind = 'asking' | 'in' | 'out' | 'ended' | 'other' | 'left' | 'failed';

export interface SessionState {
  readonly kind: SessionKind;
  /** Whose page this is. */
  readonly who: SignedIn | null;
  /** The other person who has signed in since. */
  readonly other: SignedIn | null;
  readonly times: SessionTimes | null;
  /** Why the server could not be asked. */
  readonly problem: Problem | null;
}

export interface Session {
  readonly addresses: Addresses;
  /** The same object as long as nothing has changed. */
  readonly state: () => SessionState;
  /** Calls the listener at each change. The session is looked after as long as there is a listener. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Asks who is signed in. It does not prolong the session. */
  readonly look: () => Promise<void>;
  /** Keeps the session for another while by a request that has to be made, such as one for the viewer. */
  stay(ask: () => Promise<unknown>): Promise<void>;
  /** An answer said that nobody is signed in. */
  readonly ended: () => void;
  /** Goes to sign in, unless the person has done so in another tab. */
  signIn(): Promise<void>;
  /** Signs out here, and at the identity provider. */
  signOut(): Promise<void>;
}

/** The cookie of somebody who signs in over this session comes a moment after its end. */
const ASK_AGAIN_MS = 3000;
const START: SessionState = { kind: 'asking', who: null, other: null, times: null, problem: null };
/** The page does not show anybody's data then. */
const COVERED: ReadonlySet<SessionKind> = new Set(['out', 'ended', 'other']);

/** The session as a page sees it. */
export class PageSession implements Session {
  readonly addresses: Addresses;
  readonly #place: Place;
  readonly #fetched: typeof fetch;
  readonly #listeners = new Set<() => void>();
  #state = START;
  #unwatch = (): void => undefined;

  constructor(place: Place, fetched: typeof fetch) {
    this.#place = place;
    this.#fetched = fetched;
    this.addresses = addressesOf(place);
  }

  readonly state = (): SessionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) {
      this.#watch();
      if (this.#state.kind === 'asking') void this.look();
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#watch();
    };
  };

  readonly look = async (): Promise<void> => {
    try {
      await this.#look();
    } catch (error) {
      const { kind } = this.#state;
      if (kind === 'asking' || kind === 'failed') this.#set({ kind: 'failed', problem: problemOf(error) });
    }
  };

  readonly ended = (): void => {
    if (this.#state.kind === 'in') this.#set({ kind: 'ended', times: null });
    setTimeout(() => void this.look(), ASK_AGAIN_MS);
  };

  async stay(ask: () => Promise<unknown>): Promise<void> {
    await this.#look();
    // Nobody prolongs the session of another person.
    if (this.#state.kind !== 'in') return;
    await ask();
    await this.#look();
  }

  async signIn(): Promise<void> {
    const who = await this.#read().catch(() => null);
    if (who === null) location.assign(this.addresses.signIn());
    else this.#set(stateAfter(this.#state, who));
  }

  async signOut(): Promise<void> {
    const { server, isOverlay } = this.#place;
    const { logoutUrl } = fieldsOf(JSON.parse(await this.#ask('/auth/logout', 'POST')));
    // The provider's page may not be framed.
    if (isOverlay) this.#set({ kind: 'left', times: null });
    else location.assign(textOf(logoutUrl) ?? `${server}/`);
  }

  async #look(): Promise<void> {
    const found = await this.#read();
    // The state of now: the person may have signed out while this was asked.
    if (found === null && this.#state.kind === 'in') this.ended();
    else this.#set(stateAfter(this.#state, found));
  }

  async #read(): Promise<SignedIn | null> {
    try {
      return signedInOf(await this.#ask('/auth/session', 'GET'));
    } catch (error) {
      if (error instanceof Problem && error.code === 'UNAUTHENTICATED') return null;
      throw error;
    }
  }

  /** @throws Problem for a refusal */
  async #ask(path: string, method: string): Promise<string> {
    const answer = await this.#fetched(this.#place.server + path, {
      method,
      credentials: 'include',
      headers: { accept: 'application/json' },
    });
    // A body that nobody reads keeps its request open.
    const text = await answer.text();
    if (answer.ok) return text;
    throw problemOfAnswer(answer.status, text);
  }

  #set(change: Partial<SessionState>): void {
    const { kind } = this.#state;
    this.#state = { ...this.#state, ...change };
    if (this.#state.kind !== kind) this.#watch();
    for (const listener of [...this.#listeners]) listener();
  }

  /** Listens for what may change the state that it is in now. */
  #watch(): void {
    this.#unwatch();
    this.#unwatch = () => undefined;
    const { kind } = this.#state;
    if (this.#listeners.size === 0) return;
    if (COVERED.has(kind)) this.#unwatch = onReturn(this.look);
    if (kind !== 'in') return;
    this.#unwatch = watchSession(this.#place.server, (news) => {
      const times = timesOf(news);
      if (times.expiresAt !== '') {
        this.#set({ times });
      } else {
        if (news === 'ended') this.ended();
        void this.look();
      }
    });
  }
}

function stateAfter(state: SessionState, found: SignedIn | null): Partial<SessionState> {
  // An answer that was under way does not bring the page back to somebody who has signed out here.
  if (state.kind === 'left') return {};
  const nothing = { other: null, times: null, problem: null };
  if (found === null) {
    return { ...nothing, kind: state.who === null ? 'out' : 'ended' };
  }
  const who = state.who ?? found;
  return who.person.id === found.person.id
    ? { ...nothing, kind: 'in', who, times: found }
    : { ...nothing, kind: 'other', who, other: found };
}

/** The person may have signed in in another tab before they came back to this one. */
function onReturn(look: () => Promise<void>): () => void {
  const back = (): void => void look();
  addEventListener('focus', back);
  document.addEventListener('visibilitychange', back);
  return () => {
    removeEventListener('focus', back);
    document.removeEventListener('visibilitychange', back);
  };
}

function signedInOf(text: string): SignedIn {
  const body = fieldsOf(JSON.parse(text));
  const { type, id } = fieldsOf(body['person']);
  const word = (name: string): string => textOf(body[name]) ?? '';
  return {
    ...timesOf(body),
    displayName: word('displayName'),
    login: word('login'),
    permissionRole: textOf(body['permissionRole']),
    issuer: word('issuer'),
    subject: word('subject'),
    person: { type: textOf(type) ?? '', id: numberOf(id) },
  };
}
