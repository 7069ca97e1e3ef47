import { randomInt } from 'node:crypto';
import { isSameSecret, sha256 } from '../../base/digest.ts';
import type { Clock } from '../../base/clock.ts';
import { isRandomToken, randomToken } from '../../base/ids.ts';
import { BRIEF_WAITS_MS, untilWritten } from '../../store/until-written.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';
import { createIssued, type Issued } from './session-life.ts';
import type { IdpSession, Prompt, Tokens } from '../provider/oidc-port.ts';
import type { Principal } from '../person/principal.ts';

/** The content of a session, on its way from the window that signed in to the frame. */
export interface HandoverContent {
  readonly principal: Principal;
  readonly tokens: Tokens;
  readonly idpSession: IdpSession;
}

export interface HandoverStart {
  readonly launchId: string;
  /** SHA-256 of the frame's verifier, base64url. */
  readonly challenge: string;
  readonly asked: Asked;
}

/** What the person sees in the window before they let the frame continue. */
export interface Asked {
  /**
   * The person who clicked in ShotGrid: the login hint for the provider's page. Null where anyone could have made
   * the post.
   */
  readonly login: string | null;
  /** The menu item. */
  readonly ami: string;
  /** When it was clicked: milliseconds since 1970. */
  readonly atMs: number;
}

export interface OpenedWindow {
  readonly id: string;
  readonly launchId: string;
  readonly loginHint: string | null;
}

/** What the frame receives at the start. */
export interface BegunHandover {
  /** Names the handover for the frame that started it. */
  readonly id: string;
  /** Opens the sign-in window, until a person has signed in there. */
  readonly ticket: string;
  /** Two digits that the frame and the window both show, so that the person sees that they belong together. */
  readonly number: string;
}

/** What the window receives after the sign-in. */
export interface SignedInHandover {
  /** For the frame: exchanged once, with the frame's verifier, for a session. */
  readonly code: string;
  /** Lets the person hand over by a click, where the window has lost its opener. */
  readonly approval: string;
  readonly number: string;
  readonly asked: Asked;
}

export type HandoverState =
  | { readonly kind: 'waiting' | 'over' }
  /** `prompt`: the `prompt` parameter for the next attempt at the provider. */
  | { readonly kind: 'refused'; readonly prompt: Prompt | null }
  | { readonly kind: 'approved'; readonly code: string };

/**
 * A sign-in in a separate window that ends in a frame. Browsers separate the cookies of the two (docs/threats.md
 * 4.1), so a code is passed across. It is useless without the verifier, which only the frame has.
 */
export interface Handovers {
  begin(start: HandoverStart): Promise<BegunHandover>;
  /** Works until a person has signed in there: a browser may request its address twice, even without a click. */
  open(ticket: string): Promise<OpenedWindow | undefined>;
  /** Lets a new tab take over the launch; browsers separate its cookies from the frame's too. */
  beginTab(launchId: string): Promise<string>;
  /**
   * Consumes such a ticket: once, within a minute (B20). Where `admit` fails, the ticket is good for another try.
   *
   * @param admit given the launch; one caller alone gets its result
   */
  openTab<T>(ticket: string, admit: (launchId: string) => Promise<T>): Promise<T | undefined>;
  /** Completes the sign-in. Undefined where the frame has waited too long. */
  complete(id: string, content: HandoverContent): Promise<SignedInHandover | undefined>;
  /**
   * Keeps an incomplete sign-in while the frame waits: the person must link their own account first. The returned
   * ticket finds it again; undefined where the frame has waited too long.
   */
  hold(id: string, content: HandoverContent): Promise<string | undefined>;
  /** The sign-in that is held under a ticket, until it is completed. */
  held(ticket: string): Promise<HeldHandover | undefined>;
  /** The sign-in was refused: the frame stops waiting, and may start another one. */
  refuse(id: string, prompt: Prompt | null): Promise<void>;
  /** The person clicked "continue" in the window, perhaps again. False where the sign-in is refused or over. */
  approve(approval: string): Promise<boolean>;
  /** For a frame that received no message. */
  poll(id: string, launchId: string): Promise<HandoverState>;
  /**
   * The content, for the frame of this launch that made the verifier. The code is consumed in any case. `lost` has
   * the content of a code that came with a wrong verifier: revoke its tokens.
   */
  redeem(code: string, verifier: string, launchId: string): Promise<Redeemed>;
}

export type Redeemed =
  | { readonly kind: 'redeemed'; readonly content: HandoverContent }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'lost'; readonly content: HandoverContent };

export interface HeldHandover {
  readonly id: string;
  readonly launchId: string;
  readonly content: HandoverContent;
}

interface HandoverRecord {
  readonly launchId: string;
  readonly challenge: string;
  readonly number: string;
  readonly asked: Asked;
  readonly prompt: Prompt | null;
  readonly status: 'waiting' | 'held' | 'signed-in' | 'approved' | 'refused' | 'redeemed';
  readonly content: HandoverContent | null;
  /** Names the attempt that changed it last. */
  readonly changedBy: string | null;
}

/** A person has signed in, and the frame has not redeemed the code yet. */
const SIGNED_IN = ['signed-in', 'approved'] as const;
/** As long as a sign-in may take. */
const LIFE_MS = 600_000;
const CODE_LIFE_MS = 60_000;
const TAB_TICKET_LIFE_MS = 60_000;
const LOWEST_NUMBER = 10;
const NUMBERS_END = 100;

/** Handovers as records of the vault. */
export function createHandovers(deps: { readonly vault: Vault; readonly clock: Clock }): Handovers {
  return new VaultHandovers(deps.vault, deps.clock);
}

class VaultHandovers implements Handovers {
  readonly #vault: Vault;
  readonly #issued: Issued;

  constructor(vault: Vault, clock: Clock) {
    this.#vault = vault;
    this.#issued = createIssued(vault, clock);
  }

  async begin({ launchId, challenge, asked }: HandoverStart): Promise<BegunHandover> {
    const [id, ticket] = [randomToken(), randomToken()];
    const number = String(randomInt(LOWEST_NUMBER, NUMBERS_END));
    const waiting = { status: 'waiting', prompt: null, content: null, changedBy: null } as const;
    const record: HandoverRecord = { launchId, challenge, number, asked, ...waiting };
    await this.#vault.set(keyOf(id), record, LIFE_MS);
    const opens: OpenedWindow = { id, launchId, loginHint: asked.login };
    await this.#vault.set(ticketKeyOf(ticket), opens, LIFE_MS);
    return { id, ticket, number };
  }

  async open(ticket: string): Promise<OpenedWindow | undefined> {
    if (!isRandomToken(ticket)) return undefined;
    const opens = (await this.#vault.get(ticketKeyOf(ticket))) as OpenedWindow | undefined;
    const record = opens === undefined ? undefined : await this.#find(opens.id);
    return record?.status === 'waiting' ? opens : undefined;
  }

  async beginTab(launchId: string): Promise<string> {
    const ticket = randomToken();
    await this.#issued.issue(tabKeyOf(ticket), launchId, TAB_TICKET_LIFE_MS);
    return ticket;
  }

  async openTab<T>(ticket: string, admit: (launchId: string) => Promise<T>): Promise<T | undefined> {
    const launchId = isRandomToken(ticket) ? await this.#issued.read(tabKeyOf(ticket)) : undefined;
    if (launchId === undefined) return undefined;
    const admitted = await admit(launchId);
    return (await this.#issued.take(tabKeyOf(ticket))) === undefined ? undefined : admitted;
  }

  async complete(id: string, content: HandoverContent): Promise<SignedInHandover | undefined> {
    // Code and approval are useless until the record is updated: a failure here can be retried.
    const [code, approval] = [await this.#issueCode(id), randomToken()];
    await this.#vault.set(approvalKeyOf(approval), id, LIFE_MS);
    const signedIn = { status: 'signed-in', content } as const;
    const record = await this.#change(id, ['waiting', 'held'], (waiting) => ({ ...waiting, ...signedIn }));
    return record && { code, approval, number: record.number, asked: record.asked };
  }

  async hold(id: string, content: HandoverContent): Promise<string | undefined> {
    const ticket = randomToken();
    await this.#vault.set(heldKeyOf(ticket), id, LIFE_MS);
    const held = await this.#change(id, ['waiting'], (waiting) => ({ ...waiting, status: 'held', content }));
    return held && ticket;
  }

  async held(ticket: string): Promise<HeldHandover | undefined> {
    if (!isRandomToken(ticket)) return undefined;
    const id = (await this.#vault.get(heldKeyOf(ticket))) as string | undefined;
    const record = id === undefined ? undefined : await this.#find(id);
    if (id === undefined || record?.status !== 'held' || record.content === null) return undefined;
    return { id, launchId: record.launchId, content: record.content };
  }

  async refuse(id: string, prompt: Prompt | null): Promise<void> {
    // Also after a completion that failed half way: its content is dropped.
    const refused = { status: 'refused', prompt, content: null } as const;
    await this.#change(id, ['waiting', 'held', 'signed-in'], (record) => ({ ...record, ...refused }));
  }

  async approve(approval: string): Promise<boolean> {
    if (!isRandomToken(approval)) return false;
    const id = (await this.#vault.get(approvalKeyOf(approval))) as string | undefined;
    if (id === undefined) return false;
    // A click whose answer was lost is repeated: the frame may have gone on meanwhile, and its record is gone then.
    const record = await this.#find(id);
    if (record === undefined || ['approved', 'redeemed'].includes(record.status)) return true;
    return (await this.#change(id, SIGNED_IN, (done) => ({ ...done, status: 'approved' }))) !== undefined;
  }

  async poll(id: string, launchId: string): Promise<HandoverState> {
    const record = await this.#find(id);
    if (record === undefined || record.launchId !== launchId || record.status === 'redeemed')
      return { kind: 'over' };
    if (record.status === 'approved') return { kind: 'approved', code: await this.#issueCode(id) };
    return record.status === 'refused' ? { kind: 'refused', prompt: record.prompt } : { kind: 'waiting' };
  }

  async redeem(code: string, verifier: string, launchId: string): Promise<Redeemed> {
    const id = isRandomToken(code) ? await this.#issued.read(codeKeyOf(code)) : undefined;
    if (id === undefined) return { kind: 'unknown' };
    const record = await this.#change(id, SIGNED_IN, (done) => ({ ...done, status: 'redeemed' }));
    if (record === undefined || record.content === null) return { kind: 'unknown' };
    await Promise.all([this.#forget(codeKeyOf(code)), this.#forget(keyOf(id))]);
    // A stolen code is useless: the thief lacks the verifier, which never left the frame.
    const isMeant = record.launchId === launchId && isSameSecret(sha256(verifier), record.challenge);
    return { kind: isMeant ? 'redeemed' : 'lost', content: record.content };
  }

  /** The key is already consumed: where the deletion fails, it expires by itself. */
  async #forget(key: string): Promise<void> {
    await this.#vault.delete(key).catch(() => undefined);
  }

  async #issueCode(id: string): Promise<string> {
    const code = randomToken();
    await this.#issued.issue(codeKeyOf(code), id, CODE_LIFE_MS);
    return code;
  }

  async #find(id: string): Promise<HandoverRecord | undefined> {
    return isRandomToken(id) ? ((await this.#vault.get(keyOf(id))) as HandoverRecord | undefined) : undefined;
  }

  /**
   * The changed record, where it had one of these statuses: one of several concurrent attempts wins. Where the
   * store's answer was lost, the winner finds its own name in the record. Where the answers of all its tries are lost, a
   * redeemed record keeps its tokens until it expires, and nobody revokes them.
   */
  async #change(
    id: string,
    from: readonly HandoverRecord['status'][],
    change: (record: HandoverRecord) => HandoverRecord,
  ): Promise<HandoverRecord | undefined> {
    const changedBy = randomToken();
    let changed: HandoverRecord | undefined;
    const apply = (value: unknown): HandoverRecord | undefined => {
      const record = value as HandoverRecord;
      if (record.changedBy === changedBy) changed = record;
      else changed = from.includes(record.status) ? { ...change(record), changedBy } : undefined;
      return changed;
    };
    const isChanged = await untilWritten(() => this.#vault.update(keyOf(id), apply, LIFE_MS), BRIEF_WAITS_MS);
    return isChanged ? changed : undefined;
  }
}

const keyOf = (id: string): string => hashedKey('handover', id);
const ticketKeyOf = (ticket: string): string => hashedKey('handover-ticket', ticket);
const tabKeyOf = (ticket: string): string => hashedKey('tab-ticket', ticket);
const codeKeyOf = (code: string): string => hashedKey('handover-code', code);
const heldKeyOf = (ticket: string): string => hashedKey('handover-held', ticket);
const approvalKeyOf = (approval: string): string => hashedKey('handover-approval', approval);
