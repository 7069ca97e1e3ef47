import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserClient } from '../support/browser-client.ts';
import { startStudio, type Studio } from '../support/studio.ts';

describe('the people of the demo', () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await startStudio();
  });
  afterAll(() => studio.stop());

  it('can all sign in at the provider where the site lets them click', async () => {
    const page = await (await fetch(`${studio.siteUrl}/sign-in`)).text();
    const logins = [...page.matchAll(/name="login" value="(?<login>[^"]+)"/gu)].map(
      ({ groups }) => groups?.['login'] ?? '',
    );
    expect(logins.length).toBeGreaterThan(5);
    const opened = await Promise.all(
      logins.map(async (login) => {
        const { url, body } = await studio.launch(new BrowserClient(), login, []);
        // Ada is told that ShotGrid lets nobody act for her, which is known only of somebody who has signed in.
        return url.includes('/apps/review/') || (login === 'ada' && body.includes('Can be impersonated'));
      }),
    );
    expect(logins.filter((_login, index) => opened[index] !== true)).toEqual([]);
  });

  it('find the person who clicked as the provider’s first account', async () => {
    const browser = new BrowserClient();
    const form = studio.amiBody('amara.dogan', []);
    const { body } = await browser.post(`${studio.bffUrl}/ami/review`, { form, from: 'cross-site' });
    expect(/name="login" value="(?<login>[^"]+)"/u.exec(body)?.groups?.['login']).toBe('amara.dogan');
  });
});
