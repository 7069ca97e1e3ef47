import { afterEach, describe, expect, it } from 'vitest';
import { BrowserClient } from '../support/browser-client.ts';
import { startStudio, type Studio } from '../support/studio.ts';

let studio: Studio | undefined;
afterEach(() => studio?.stop());

describe('a server whose memory was lost in a restart', () => {
  it('refuses posts from before the restart, and opens later clicks', async () => {
    // The site goes on; the first server took the post and is gone.
    let nowMs = Date.now();
    studio = await startStudio({}, {}, { now: () => nowMs });
    const ids = studio.mirasVersionIds.slice(0, 2);
    const post = (form: string) =>
      new BrowserClient().post(`${studio!.bffUrl}/ami/review`, { form, redirects: 'stop' });
    const stamp = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
    const before = studio.amiBody('mira', ids, { timestamp: stamp(nowMs - 2000) });
    nowMs += 1000;
    for (let tries = 0; tries < 2; tries += 1) {
      const refused = await post(before);
      expect([refused.status, refused.body.includes('Choose the menu item in ShotGrid again')]).toEqual([
        503,
        true,
      ]);
    }
    expect((await post(studio.amiBody('mira', ids, { timestamp: stamp(nowMs) }))).status).toBe(303);
  });
});
