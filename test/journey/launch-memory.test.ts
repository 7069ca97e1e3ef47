import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserClient } from '../support/browser-client.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const IDS_OF_A_PAGE = 40_000;

describe('a server whose memory may hold few launches', () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await startStudio({ SHOTGRAPH_LAUNCH_MEMORY_MIB: '1' });
  });
  afterAll(() => studio.stop());

  it('refuses the click that is too many and says what to do; those of before open', async () => {
    const browser = new BrowserClient();
    const post = () =>
      browser.post(`${studio.bffUrl}/ami/review`, {
        form: studio.amiBody(
          'mira',
          Array.from({ length: IDS_OF_A_PAGE }, () => randomInt(1, 1_000_000_000)),
        ),
        from: 'cross-site',
        redirects: 'stop',
      });
    const kept = await post();
    expect(kept.status).toBe(303);
    let answer = kept;
    while (answer.status === 303) answer = await post();
    expect(answer.status).toBe(503);
    expect(answer.body).toContain('choose the menu item again later');
    const address = new URL(kept.headers.get('location') ?? '', studio.bffUrl).href;
    expect((await browser.get(address)).status).toBe(200);
  });
});
