import { HTTP_STATUS } from '../base/units.ts';
import type { FramePage } from './frame-page.ts';
import { type HandoverServer, type HandoverState, Refused, type Started } from './handover-server.ts';
import { parseHandover, TAKEN_MESSAGE } from './messages.ts';
import { makeProof } from './proof.ts';

const POLL_MS = 1500;
const MAX_WAIT_MS = 300_000;
const HINT_MS = 2000;
const WINDOW = 'popup,width=520,height=680';

/** The button's label after a refusal in the window, by the next sign-in's prompt. */
const AGAIN = new Map([
  ['select_account', 'Use another account'],
  ['login', 'Sign in again'],
]);
const NOTHING_OPENED = 'Nothing was opened';
const WINDOW_SAYS_WHY = 'The window says why. Your selection is kept.';

interface Parts {
  readonly launch: string;
  /** The parameters of a further sign-in that the front end needs; '' otherwise. */
  readonly again: string;
  readonly page: FramePage;
  readonly server: HandoverServer;
}

/**
 * The sign-in of ShotGrid's frame, in a window (docs/threats.md 4.2). Everything slow is done before the click: a
 * window that opens later counts as a pop-up and is blocked. Never check whether the window is closed: a provider
 * that sends COOP makes it look closed while the person types.
 */
export class FrameSignIn {
  isDone = false;
  readonly #parts: Parts;
  /** Verifiers by handover. They leave this page only to redeem its code. */
  readonly #begun = new Map<string, string>();
  /** The handover for which the next click opens a window. */
  #next: Started | undefined;
  /** The handover whose window is open. */
  #watched: string | undefined;
  #prompt: string | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Prepares for a click, or opens the front end if there is already a session. */
  async offer(): Promise<void> {
    const isWanted = await this.#prepareOrTell();
    if (isWanted)
      this.#show('Sign in to go on', 'A small window opens for it. Your selection is kept.', 'Sign in');
  }

  click(): void {
    const { launch, again, page } = this.#parts;
    if (this.#next === undefined) {
      void this.offer();
      return;
    }
    const { handover, ticket, number } = this.#next;
    this.#next = undefined;
    const query = new URLSearchParams(again);
    query.set('ticket', ticket);
    if (this.#prompt !== null && this.#prompt !== '') query.set('prompt', this.#prompt);
    open(`/auth/handover/popup?${query}`, `l${launch.slice(0, 8)}`, WINDOW);
    this.#watched = handover;
    page.showNumber(number);
    this.#show('Sign in in the window', 'It may ask you to compare this number.');
    setTimeout(() => void this.#offerWindowAgain(handover), HINT_MS);
    void this.#poll(handover, Date.now() + MAX_WAIT_MS);
  }

  /** Takes the code of a window that this page opened: its handover has a verifier here. */
  hear({ origin, source, data }: MessageEvent<unknown>): void {
    if (origin !== location.origin) return;
    const told = parseHandover(data);
    if (told === undefined || !this.#begun.has(told.handover)) return;
    if (source !== null && 'closed' in source) source.postMessage(TAKEN_MESSAGE, location.origin);
    void this.#redeem(told.handover, told.code);
  }

  goOnInNewTab(): void {
    if (this.isDone) return;
    const hint = 'You can close this. No new tab? Copy the address of the link into one.';
    this.#show('Go on in the new tab', hint, this.#parts.page.label());
  }

  /** The frame cannot continue, but a new tab may. */
  stop(title: string, sentence: string): void {
    this.isDone = true;
    this.#watched = undefined;
    this.#parts.page.hideNumber();
    this.#show(title, sentence);
  }

  /** The launch is over: a new tab could not continue it either. */
  #end(title: string, sentence: string): void {
    this.#parts.page.newTab.hidden = true;
    this.stop(title, sentence);
  }

  #endUnopened(): void {
    this.#end(NOTHING_OPENED, 'The sign-in took too long. Choose the menu item in ShotGrid again.');
  }

  #show(title: string, sentence: string, label?: string): void {
    this.#parts.page.show(title, sentence, label);
  }

  async #prepare(): Promise<void> {
    const { server, again } = this.#parts;
    const { verifier, challenge } = await makeProof();
    const answer = await server.start(challenge, again !== '');
    if ('open' in answer) {
      this.#leaveFor(answer.open);
      return;
    }
    this.#next = answer;
    this.#begun.set(answer.handover, verifier);
  }

  /** @returns true if a person must sign in: it did not fail, and the front end does not open without a sign-in */
  async #prepareOrTell(): Promise<boolean> {
    try {
      await this.#prepare();
    } catch (error) {
      this.#fail(error);
      return false;
    }
    return !this.isDone;
  }

  #leaveFor(address: string): void {
    this.isDone = true;
    location.replace(address);
  }

  async #offerWindowAgain(handover: string): Promise<void> {
    if (this.#watched !== handover) return;
    try {
      await this.#prepare();
    } catch {
      // The window that is open still works.
      return;
    }
    const hint = 'It may ask you to compare this number. No window? Open it again, or a new tab.';
    if (this.#watched === handover) this.#show('Sign in in the window', hint, 'Open the window again');
  }

  /**
   * The selection waits for the person who clicked: with single sign-on, only another prompt yields another
   * account.
   */
  async #offerAgain(prompt: string | null): Promise<void> {
    const { page } = this.#parts;
    this.#watched = undefined;
    this.#next = undefined;
    this.#prompt = prompt;
    page.hideNumber();
    page.newTab.hidden = true;
    this.#show(NOTHING_OPENED, WINDOW_SAYS_WHY);
    const isWanted = await this.#prepareOrTell();
    if (isWanted) this.#show(NOTHING_OPENED, WINDOW_SAYS_WHY, AGAIN.get(prompt ?? '') ?? 'Try again');
  }

  #fail(error: unknown): void {
    const message = error instanceof Error ? error.message : '';
    if (
      error instanceof Refused &&
      (error.status === HTTP_STATUS.NOT_FOUND || error.status === HTTP_STATUS.GONE)
    ) {
      this.#end('This cannot go on here', message);
      return;
    }
    this.#next = undefined;
    this.#show('That did not work', message || 'The server cannot be reached.', 'Try again');
  }

  async #redeem(handover: string, code: string): Promise<void> {
    const verifier = this.#begun.get(handover);
    if (this.isDone || verifier === undefined) return;
    this.#begun.delete(handover);
    this.#watched = undefined;
    try {
      this.#leaveFor(await this.#parts.server.redeem(code, verifier));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** For a window whose message does not arrive: a provider that sends COOP severs the window from its opener. */
  async #poll(handover: string, endsAt: number): Promise<void> {
    if (this.isDone || this.#watched !== handover) return;
    if (Date.now() >= endsAt) {
      this.#watched = undefined;
      this.#next = undefined;
      this.#parts.page.hideNumber();
      const sentence = 'Nobody has signed in in the window. Your selection is kept.';
      this.#show('This took too long', sentence, 'Try again');
      return;
    }
    const state = await this.#parts.server.poll(handover).catch(stateAfter);
    if (state.kind === 'approved') {
      await this.#redeem(handover, state.code);
      return;
    }
    if (state.kind !== 'waiting' && this.#watched === handover) {
      if (state.kind === 'refused') await this.#offerAgain(state.prompt);
      else this.#endUnopened();
      return;
    }
    setTimeout(() => void this.#poll(handover, endsAt), POLL_MS);
  }
}

/** A request without an answer is repeated; only "not there" is an answer. */
const stateAfter = (error: unknown): HandoverState =>
  error instanceof Refused && error.status === HTTP_STATUS.NOT_FOUND ? { kind: 'over' } : { kind: 'waiting' };
