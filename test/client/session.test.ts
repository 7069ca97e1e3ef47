import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BrowserClient } from '../support/browser-client.ts';
import { startStudio, type Studio } from '../support/studio.ts';
import { type ClientPage, pageOf } from './client-page.ts';
import { signedIn } from '../support/signed-in.ts';

const ME = 'query Me { viewer { login } }';
const RENAME = 'mutation ($id: Int!) { updateVersion(id: $id, input: { description: "x" }) { id } }';

describe('the session of a page', () => {
  let studio: Studio;
  let mira: BrowserClient;
  let joao: BrowserClient;
  beforeAll(async () => {
    studio = await startStudio();
    [mira, joao] = [await signedIn(studio, 'mira'), await signedIn(studio, 'joao')];
  });
  afterAll(() => studio.stop());

  let page: ClientPage;
  beforeEach(async () => {
    page = pageOf(studio, mira);
    await page.client.session.look();
  });
  const kind = () => page.client.session.state().kind;

  it('stops once another person has signed in: queued requests are not sent as them', async () => {
    page.signInOver(joao);
    await page.client.session.look();
    expect(kind()).toBe('other');
    await expect(page.client.ask(RENAME, { id: studio.mirasVersionIds[0] })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'You are not signed in. Sign in and repeat the request.',
    });
    expect(page.sent).toEqual([]);
  });

  it('continues after its end only if the same person is signed in again', async () => {
    page.client.session.ended();
    expect(kind()).toBe('ended');
    const { data } = await page.client.ask(ME);
    expect([data, kind()]).toEqual([{ viewer: { login: 'mira' } }, 'in']);
    page.client.session.ended();
    page.signInOver(joao);
    await expect(page.client.ask(ME)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect([kind(), page.sent.length]).toEqual(['other', 1]);
  });

  it('is prolonged only by its own person', async () => {
    let asked = 0;
    const ask = async () => {
      asked += 1;
    };
    await page.client.session.stay(ask);
    page.signInOver(joao);
    await page.client.session.stay(ask);
    const { who, other, times } = page.client.session.state();
    expect([asked, kind(), who?.login, other?.login, times]).toEqual([1, 'other', 'mira', 'joao', null]);
  });

  describe('whose page listens', () => {
    /** As far as Node lacks a browser; the streams themselves are opened in `test/browser`. */
    class Source extends EventTarget {
      static readonly CLOSED = 2;
      static last: Source | undefined;
      readonly readyState = 0;
      constructor() {
        super();
        Source.last = this;
      }
      close(): void {}
    }
    const nothing = (): void => {};
    let leave = nothing;
    beforeEach(() => {
      vi.stubGlobal('EventSource', Source);
      vi.stubGlobal('navigator', {});
      vi.stubGlobal('addEventListener', nothing);
      vi.stubGlobal('removeEventListener', nothing);
      vi.stubGlobal('document', new EventTarget());
      leave = page.client.session.subscribe(nothing);
    });
    afterEach(() => {
      leave();
      vi.unstubAllGlobals();
    });
    const becomes = (expected: string) => expect.poll(kind).toBe(expected);

    it('checks who is signed in when its first stream opens, since the person may have changed', async () => {
      await expect.poll(() => Source.last).toBeDefined();
      page.signInOver(joao);
      Source.last?.dispatchEvent(new Event('open'));
      await becomes('other');
    });

    it('checks who is signed in after an unknown message, too', async () => {
      page.signInOver(joao);
      const other = new BroadcastChannel(`shotgraph-client${studio.bffUrl}`);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      other.postMessage(null);
      await becomes('other');
      other.close();
    });
  });
});
