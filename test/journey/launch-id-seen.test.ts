import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserClient, type Visit } from '../support/browser-client.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const VERIFIER = 'a'.repeat(43);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

let studio: Studio;
beforeAll(async () => {
  studio = await startStudio();
});
afterAll(() => studio?.stop());

const say = (client: BrowserClient, path: string, json: object): Promise<Visit> =>
  client.post(`${studio.bffUrl}/auth/handover/${path}`, { json, from: 'same-origin' });

const contentOf = (answer: Visit) => JSON.parse(answer.body) as Record<string, string>;

/** Signs in at the provider where the visit has stopped at its page. */
const signInAt = (client: BrowserClient, page: Visit, login: string): Promise<Visit> =>
  page.url.includes('/interaction/') ? client.post(page.url, { form: { login } }) : Promise.resolve(page);

const newTabLink = (page: Visit): string =>
  (/id="new-tab"[^>]* href="([^"]+)"/u.exec(page.body)?.[1] ?? '').replaceAll('&amp;', '&');

/** Mira: her frame in ShotGrid and the windows beside it, whose cookies the browser keeps apart. */
class Victim {
  readonly frame = new BrowserClient();
  readonly window = new BrowserClient();
  id = '';
  #ticket = '';
  #code = '';

  async clicks(): Promise<void> {
    const page = await this.frame.post(`${studio.bffUrl}/ami/review`, {
      form: studio.amiBody('mira', studio.mirasVersionIds.slice(0, 2)),
      from: 'cross-site',
      headers: { 'sec-fetch-dest': 'iframe', accept: 'text/html' },
    });
    this.id = page.url.split('/').pop() ?? '';
  }

  async prepares(): Promise<void> {
    const begun = await say(this.frame, 'start', { launch: this.id, challenge: CHALLENGE });
    this.#ticket = contentOf(begun)['ticket'] ?? '';
  }

  async signsIn(): Promise<void> {
    const asked = await this.window.get(
      `${studio.bffUrl}/auth/handover/popup?${new URLSearchParams({ ticket: this.#ticket }).toString()}`,
    );
    const page = await signInAt(this.window, asked, 'mira');
    this.#code = /data-code="([^"]+)"/u.exec(page.body)?.[1] ?? '';
  }

  async redeems(): Promise<void> {
    const body = { launch: this.id, code: this.#code, verifier: VERIFIER };
    expect((await say(this.frame, 'redeem', body)).status).toBe(200);
  }
}

/**
 * All that somebody can try who has seen the id: each address, each link on the pages, and each cookie that they were
 * given under the name of each cookie that the server reads.
 */
async function tryEverything(attacker: BrowserClient, id: string): Promise<readonly Visit[]> {
  const seen: Visit[] = [];
  const visit = async (path: string): Promise<Visit> => {
    const page = await attacker.get(new URL(path, studio.bffUrl).href);
    seen.push(page);
    return page;
  };
  const frame = await visit(`/overlay/${id}`);
  await visit(`/launch/${id}`);
  if (newTabLink(frame) !== '') await visit(newTabLink(frame));
  const cookies = [...attacker.cookies(studio.bffUrl).values()];
  const names = [`__Host-lm.${id.slice(0, 8)}`, `__Host-l.${id.slice(0, 8)}`, '__Host-sid', '__Host-sid_m'];
  for (const value of cookies) {
    for (const name of names) {
      const forged = new BrowserClient();
      forged.setCookie(studio.bffUrl, name, value);
      for (const [path, json] of [
        ['start', { launch: id, challenge: CHALLENGE }],
        ['ticket', { launch: id }],
      ] as const) {
        const answer = await say(forged, path, json);
        seen.push(answer);
        expect([name, path, answer.status]).toEqual([name, path, 404]);
      }
      expect((await forged.get(`${studio.bffUrl}/launch/${id}`)).body).not.toContain('?launch=');
    }
  }
  return seen;
}

const ORDER = ['clicks', 'prepares', 'signsIn', 'redeems'] as const;

describe.each([
  ['nobody', undefined],
  ['João', 'joao'],
])('a stranger who has seen the id of a launch, signed in as %s', (_, login) => {
  it.each(ORDER.map((step, place) => [step, place] as const))(
    'gets nothing after Mira %s, and she continues undisturbed',
    async (_step, place) => {
      const victim = new Victim();
      const attacker = new BrowserClient();
      if (login !== undefined) {
        await signInAt(attacker, await attacker.get(`${studio.bffUrl}/auth/login`), login);
        expect((await attacker.get(`${studio.bffUrl}/auth/session`)).status).toBe(200);
      }
      let seen: readonly Visit[] = [];
      for (const [at, step] of ORDER.entries()) {
        await victim[step]();
        if (at === place) seen = await tryEverything(attacker, victim.id);
      }
      expect(seen.length).toBeGreaterThan(1);
      for (const { body, trail } of seen) {
        // Neither whose launch it is, nor what was selected.
        expect(`${body}${trail.join()}`).not.toMatch(/login_hint=mira|All Versions|Nightjar/u);
      }
      const who = await studio.ask(victim.frame, '{ viewer { login } }');
      expect(who.data).toEqual({ viewer: { login: 'mira' } });
    },
  );
});

describe('the cookie of a new tab', () => {
  it('never starts a hand-over, also under the name of the frame’s cookie', async () => {
    const victim = new Victim();
    await victim.clicks();
    const page = await victim.frame.get(`${studio.bffUrl}/overlay/${victim.id}`);
    expect(newTabLink(page)).toContain('/auth/handover/tab?ticket=');
    // Somebody else opens the link from her frame.
    const thief = new BrowserClient();
    await thief.get(`${studio.bffUrl}${newTabLink(page)}`, { redirects: 'stop' });
    const given = thief.cookies(studio.bffUrl).get(`__Host-l.${victim.id.slice(0, 8)}`) ?? '';
    expect(given).not.toBe('');
    thief.setCookie(studio.bffUrl, `__Host-lm.${victim.id.slice(0, 8)}`, given);
    const start = await say(thief, 'start', { launch: victim.id, challenge: CHALLENGE });
    expect(start.status).toBe(404);
    await victim.prepares();
    await victim.signsIn();
    await victim.redeems();
  });
});

describe('a sign-in window', () => {
  it('opens only from the frame: a stranger’s link to it does nothing for Mira', async () => {
    const victim = new Victim();
    await victim.clicks();
    const begun = await say(victim.frame, 'start', { launch: victim.id, challenge: CHALLENGE });
    const link = `${studio.bffUrl}/auth/handover/popup?ticket=${contentOf(begun)['ticket']}`;
    for (const site of ['cross-site', 'none', 'same-site']) {
      const sent = await victim.window.get(link, { headers: { 'sec-fetch-site': site } });
      expect([site, sent.status]).toEqual([site, 410]);
    }
    const opened = await victim.window.get(link);
    expect(opened.url).toContain('/interaction/');
  });

  it('shows the person who clicked and the menu item, before the person lets ShotGrid continue', async () => {
    const victim = new Victim();
    await victim.clicks();
    const begun = contentOf(await say(victim.frame, 'start', { launch: victim.id, challenge: CHALLENGE }));
    const asked = await victim.window.get(`${studio.bffUrl}/auth/handover/popup?ticket=${begun['ticket']}`);
    const { body } = await signInAt(victim.window, asked, 'mira');
    expect(body).toMatch(
      /mira chose the menu item &quot;review&quot; there at \d{4}-\d\d-\d\d \d\d:\d\d UTC|mira chose the menu item "review" there at \d{4}-\d\d-\d\d \d\d:\d\d UTC/u,
    );
    expect(body).toContain(`>${begun['number']}<`);
  });
});

describe('a launch in a frame whose cookies the browser does not keep', () => {
  it('opens in a new tab for the person who clicked, after a sign-in, and for no other person', async () => {
    const victim = new Victim();
    await victim.clicks();
    const blocked = await new BrowserClient().get(`${studio.bffUrl}/overlay/${victim.id}`);
    expect(blocked.body).toContain('data-blocked="true"');
    const link = `${studio.bffUrl}${newTabLink(blocked)}`;
    const joao = new BrowserClient();
    const refused = await signInAt(joao, await joao.get(link), 'joao');
    expect([refused.status, refused.body.includes('Sign out and continue')]).toEqual([404, true]);
    const opened = await signInAt(victim.window, await victim.window.get(link), 'mira');
    expect(opened.url).toBe(`${studio.bffUrl}/apps/review/?launch=${victim.id}`);
  });
});
