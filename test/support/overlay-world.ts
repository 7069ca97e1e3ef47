import { createHash } from 'node:crypto';
import type { Bff } from './bff.ts';
import { BrowserClient, type Visit } from './browser-client.ts';

export const VERIFIER = 'v'.repeat(43);
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

export interface OverlayAnswer {
  readonly status: number;
  readonly content: Readonly<Record<string, string>>;
}

/** Where it stands: the server's address, its clock, and what ShotGrid posts for a click. */
type OverlayPlace = Pick<Bff, 'url' | 'now' | 'amiBody'>;

/** ShotGrid's frame and the windows beside it: browsers keep the cookies of the two apart. */
export class OverlayWorld {
  readonly frame: BrowserClient;
  readonly window: BrowserClient;
  readonly #bff: OverlayPlace;

  constructor(bff: OverlayPlace) {
    this.#bff = bff;
    this.frame = new BrowserClient(() => bff.now());
    this.window = new BrowserClient(() => bff.now());
  }

  /** Mira clicks a menu item that opens in an overlay. */
  async launch(fields: Readonly<Record<string, string>> = {}): Promise<{ page: Visit; id: string }> {
    const page = await this.frame.post(`${this.#bff.url}/ami/review`, {
      form: this.#bff.amiBody(fields),
      from: 'cross-site',
      headers: { 'sec-fetch-dest': 'iframe', accept: 'text/html' },
    });
    return { page, id: /\/overlay\/([\w-]+)$/u.exec(page.url)?.[1] ?? '' };
  }

  /** What the script of the frame or of the window sends. */
  async say(path: string, json: object, client = this.frame): Promise<OverlayAnswer> {
    return answerOf(
      await client.post(`${this.#bff.url}/auth/handover/${path}`, { json, from: 'same-origin' }),
    );
  }

  async poll(launch: string, handover = '', client = this.frame): Promise<OverlayAnswer> {
    const query = new URLSearchParams({ launch, handover }).toString();
    return answerOf(
      await client.get(`${this.#bff.url}/auth/handover/poll?${query}`, { from: 'same-origin' }),
    );
  }

  /** The frame prepares, the person clicks, and the window comes back from the provider. */
  async signInFor(id: string) {
    const begun = (await this.say('start', { launch: id, challenge: CHALLENGE })).content;
    const page = await this.window.get(`${this.#bff.url}/auth/handover/popup?ticket=${begun['ticket']}`);
    const dataOf = (name: string): string =>
      new RegExp(`data-${name}="([^"]+)"`, 'u').exec(page.body)?.[1] ?? '';
    return { begun, page, code: dataOf('code'), approval: dataOf('approval'), handover: dataOf('handover') };
  }

  redeem(id: string, code: string, options: { verifier?: string; client?: BrowserClient } = {}) {
    const { verifier = VERIFIER, client = this.frame } = options;
    return this.say('redeem', { launch: id, code, verifier }, client);
  }

  /** A frame in which Mira is signed in; the id of its launch. */
  async signedInFrame(): Promise<string> {
    const { id } = await this.launch();
    const { status } = await this.redeem(id, (await this.signInFor(id)).code);
    if (status !== 200) throw new Error(`The hand-over was refused: ${status}.`);
    return id;
  }

  async whoAsks(client: BrowserClient): Promise<string | undefined> {
    const { body } = await client.post(`${this.#bff.url}/graphql`, {
      json: { query: '{ whoami }' },
      from: 'same-origin',
    });
    return /"whoami":"(\w+)"/u.exec(body)?.[1];
  }
}

const answerOf = ({ status, body }: Visit): OverlayAnswer => ({
  status,
  content: JSON.parse(body) as OverlayAnswer['content'],
});
