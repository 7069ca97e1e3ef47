import { randomInt } from 'node:crypto';
import { isSameSecret, sha256 } from '../../base/digest.ts';
import type { Clock } from '../../base/clock.ts';
import { isRandomToken, randomToken } from '../../base/ids.ts';
import { BRIEF_WAITS_MS, untilWritten } from '../../store/until-written.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';
import { createIssued, type Issued } from './issued.ts';
import type { IdpSession, Prompt, Tokens } from '../provider/oidc-port.ts';
import type { Principal } from '../person/principal.ts';

/** What a session is made of, on its way from the window that signed in to the frame. */
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

/** What the person sees in the window before they let the frame go on. */
export interface Asked {
  /** Who clicked in ShotGrid: whom the provider's page should offer. Null where anybody could have made the post. */
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

/** What the frame learns when it begins. */
export interface BegunHandover {
  /** Names the handover to the frame that began it. */
  readonly id: string;
  /** Opens the sign-in window, until somebody has signed in in it. */
  readonly ticket: string;
  /** Two digits that the frame and the window show, so that a person sees that they belong together. */
  readonly number: string;
}

/** What the window gets when the sign-in is done. */
export interface SignedInHandover {
  /** For the frame: with the frame's verifier it becomes a session, once. */
  readonly code: string;
  /** Lets the person hand over by a click, where the window has lost its opener. */
  readonly approval: string;
  readonly number: string;
  readonly asked: Asked;
}

export type HandoverState =
  | { readonly kind: 'waiting' | 'over' }
  /** `prompt` is what the next try should ask the provider for. */
  | { readonly kind: 'refused'; readonly prompt: Prompt | null }
  | { readonly kind: 'approved'; readonly code: string };

/**
 * A sign-in in a window of its own that ends in a frame: browsers keep the cookies of the two apart
 * (docs/threats.md 4.1), so a code goes across, and it is worth something only to the frame that made the verifier.
 */
export interface Handovers {
  begin(start: HandoverStart): Promise<BegunHandover>;
  /** Until somebody has signed in in it: a browser may ask for its address twice, also unasked. */
  open(ticket: string): Promise<OpenedWindow | undefined>;
  /** Lets a new tab take the launch along, which browsers keep apart from the frame, too. */
  beginTab(launchId: string): Promise<string>;
  /** Uses such a ticket up: once, within a minute (B20). */
  openTab(ticket: string): Promise<string | undefined>;
  /** The sign-in is done. Undefined where the frame has waited for too long. */
  complete(id: string, content: HandoverContent): Promise<SignedInHandover | undefined>;
  /**
   * Keeps a sign-in that lacks something yet, while the frame goes on waiting: a person has to link their own account
   * first. The ticket finds it again; undefined where the frame has waited for too long.
   */
  hold(id: string, content: HandoverContent): Promise<string | undefined>;
  /** What is held under a ticket, until it is completed. */
  held(ticket: string): Promise<HeldHandover | undefined>;
  /** The sign-in was refused: the frame stops waiting, and may begin another one. */
  refuse(id: string, prompt: Prompt | null): Promise<void>;
  /** The person clicked "continue" in the window. False where nothing waits for it any more. */
  approve(approval: string): Promise<boolean>;
  /** For a frame that no message reached. */
  poll(id: string, launchId: string): Promise<HandoverState>;
  /**
   * The content, for the frame of this launch that made the verifier; once, whatever comes of it.
   * `lost` has that of a code that came with a wrong verifier: its tokens are to be revoked.
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
  /** Names the try that changed it last. */
  readonly changedBy: string | null;
}

/** Somebody has signed in, and the frame has not taken it yet. */
const SIGNED_IN = ['signed-in', 'approved'] as const;
/** As long as a sign-in may take. */
const LIFE_MS = 600_000;
const CODE_LIFE_MS = 60_000;
const TAB_TICKET_LIFE_MS = 60_000;
const LOWEST_NUMBER = 10;
const NUMBERS_END = 100;

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

  async openTab(ticket: string): Promise<string | undefined> {
    return isRandomToken(ticket) ? this.#issued.take(tabKeyOf(ticket)) : undefined;
  }

  async complete(id: string, content: HandoverContent): Promise<SignedInHandover | undefined> {
    // They open nothing before the record says so: what fails here can be tried again.
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
    // Also one whose completion failed half way: nobody gets what it holds.
    const refused = { status: 'refused', prompt, content: null } as const;
    await this.#change(id, ['waiting', 'held', 'signed-in'], (record) => ({ ...record, ...refused }));
  }

  async approve(approval: string): Promise<boolean> {
    if (!isRandomToken(approval)) return false;
    const id = (await this.#vault.get(approvalKeyOf(approval))) as string | undefined;
    if (id === undefined) return false;
    // The person has it once: a click that was cut off is repeated until it has taken effect.
    const approved = await this.#change(id, SIGNED_IN, (done) => ({ ...done, status: 'approved' }));
    if (approved !== undefined) await this.#forget(approvalKeyOf(approval));
    return approved !== undefined;
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
    // A code that was stolen is worth nothing: its thief has not the verifier, which never left the frame.
    const isMeant = record.launchId === launchId && isSameSecret(sha256(verifier), record.challenge);
    return { kind: isMeant ? 'redeemed' : 'lost', content: record.content };
  }

  /** What is used up already: it ends by itself where it cannot be deleted now. */
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
   * The record as it became, where it had one of these statuses: of many tries, one. Where the store's answer was lost,
   * that try finds its own name there: a person's tokens are never left with nobody who could end them.
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
