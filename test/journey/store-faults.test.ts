import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { failAtEachCall, faultIn, type FaultyFlow, type StoreFault } from '../support/failing-store.ts';
import { CHALLENGE, OverlayWorld } from '../support/overlay-world.ts';

const MINUTE_MS = 60_000;

let bff: Bff;
let fault: StoreFault;

beforeEach(async () => {
  bff = await startBff();
  bff.idp.accessLife = 300;
  fault = faultIn(bff.store);
});
afterEach(() => bff.stop());

const newBrowser = () => new BrowserClient(() => bff.now());
const signedIn = async (): Promise<BrowserClient> => {
  const browser = newBrowser();
  await browser.get(`${bff.url}/auth/login`);
  return browser;
};
const whoAsks = async (client: BrowserClient): Promise<string | undefined> => {
  const json = { query: '{ whoami }' };
  const { body } = await client.post(`${bff.url}/graphql`, { json, from: 'same-origin' });
  return /"whoami":"(\w+)"/u.exec(body)?.[1];
};
const click = (browser: BrowserClient, form = bff.amiBody()) =>
  browser.post(`${bff.url}/ami/review`, { form, from: 'cross-site', redirects: 'stop' });
const navigate = (browser: BrowserClient, path: string) =>
  browser.get(new URL(path, bff.url).href, { redirects: 'stop' });

/** Outcomes of one action since a mark, each once. */
const told = (action: string, since: number): readonly string[] => [
  ...new Set(bff.audited.slice(since).flatMap((entry) => (entry.action === action ? [entry.outcome] : []))),
];

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries === 2000) throw new Error('It never came to hold.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const FLOWS: Readonly<Record<string, () => Promise<FaultyFlow>>> = {
  async "ShotGrid's post of a menu item"() {
    const [browser, form, since] = [await signedIn(), bff.amiBody(), bff.audited.length];
    let path = '';
    const post = async (body: string): Promise<number> => {
      const { status, headers } = await click(browser, body);
      path = headers.get('location') ?? '';
      return status;
    };
    return {
      act: () => post(form),
      // Nobody can click the same click again: the person chooses the menu item once more.
      again: () => post(bff.amiBody()),
      async outcome() {
        const opened = await navigate(browser, path);
        await click(newBrowser(), form);
        const isTakenTwice = (await click(newBrowser(), form)).status < 400;
        const isOpen = opened.headers.get('location')?.startsWith('/apps/review/?launch=');
        return { isOpen, isTakenTwice, isTold: told('launch.landed', since).includes('done') };
      },
      expected: { isOpen: true, isTakenTwice: false, isTold: true },
    };
  },

  async 'the launch of somebody who is signed in'() {
    const browser = await signedIn();
    const path = (await click(browser)).headers.get('location') ?? '';
    const since = bff.audited.length;
    let opened: string | null = null;
    return {
      async act() {
        const { status, headers } = await navigate(browser, path);
        opened = headers.get('location');
        return status;
      },
      async outcome() {
        const other = await navigate(newBrowser(), path);
        const isTold = told('launch.claimed', since).some((outcome) => ['done', 'unknown'].includes(outcome));
        return { opened, others: other.headers.get('location')?.startsWith('/apps/') ?? false, isTold };
      },
      expected: { opened: expect.stringMatching(/^\/apps\/review\/\?launch=/u), others: false, isTold: true },
    };
  },

  async 'the beginning of a sign-in for a launch'() {
    const browser = newBrowser();
    const path = (await click(browser)).headers.get('location') ?? '';
    let provider = '';
    return {
      async act() {
        const { status, headers } = await navigate(browser, path);
        provider = headers.get('location') ?? '';
        return status;
      },
      afterFailure: async () => expect(browser.cookies(bff.url).has('__Host-sid')).toBe(false),
      async outcome() {
        const { trail } = await browser.get(provider);
        const isOpen = trail.at(-1)?.includes('/apps/review/?launch=');
        return { isOpen, who: await whoAsks(browser) };
      },
      expected: { isOpen: true, who: 'mira' },
    };
  },

  async 'a renewal of the access token'() {
    const browser = await signedIn();
    const [since, offered] = [bff.audited.length, bff.idp.refreshes.length];
    bff.advance(6 * MINUTE_MS);
    const ask = async () =>
      (await browser.post(`${bff.url}/graphql`, { json: { query: '{ whoami }' }, from: 'same-origin' }))
        .status;
    return {
      act: ask,
      async outcome() {
        // A renewal that failed stops nobody; it is tried again later, once its lock is over.
        bff.advance(11_000);
        await ask();
        const spent = bff.idp.refreshes.slice(offered);
        return { who: await whoAsks(browser), spent: spent.length, ended: told('sign_out', since) };
      },
      expected: { who: 'mira', spent: 1, ended: [] },
    };
  },

  async 'the beginning of a hand-over'() {
    const world = new OverlayWorld(bff);
    const { id } = await world.launch();
    return {
      act: async () => (await world.say('start', { launch: id, challenge: CHALLENGE })).status,
      outcome: () => handOver(world, id),
      expected: HANDED_OVER,
    };
  },

  async "the window of a frame's sign-in"() {
    const world = new OverlayWorld(bff);
    const { id } = await world.launch();
    const { content } = await world.say('start', { launch: id, challenge: CHALLENGE });
    const path = `/auth/handover/popup?ticket=${content['ticket'] ?? ''}`;
    return {
      act: async () => (await navigate(world.window, path)).status,
      outcome: () => handOver(world, id),
      expected: HANDED_OVER,
    };
  },

  async 'a click that hands over'() {
    const world = new OverlayWorld(bff);
    const { id } = await world.launch();
    const { approval, handover } = await world.signInFor(id);
    return {
      act: async () => (await world.say('approve', { approval }, world.window)).status,
      async outcome() {
        const { content } = await world.poll(id, handover);
        await world.redeem(id, content['code'] ?? '');
        return { kind: content['kind'], who: await world.whoAsks(world.frame) };
      },
      expected: { kind: 'approved', who: 'mira' },
    };
  },

  async 'a frame that asks whether it was let go on'() {
    const world = new OverlayWorld(bff);
    const { id } = await world.launch();
    const { approval, handover } = await world.signInFor(id);
    await world.say('approve', { approval }, world.window);
    let code = '';
    return {
      async act() {
        const { status, content } = await world.poll(id, handover);
        code = content['code'] ?? '';
        return status;
      },
      async outcome() {
        const { status } = await world.redeem(id, code);
        return { status, who: await world.whoAsks(world.frame) };
      },
      expected: { status: 200, who: 'mira' },
    };
  },

  async 'a frame that redeems its code'() {
    const [since, granted, revoked] = [
      bff.audited.length,
      bff.idp.tokenRequests.length,
      new Set(bff.idp.revoked).size,
    ];
    const world = new OverlayWorld(bff);
    const { id } = await world.launch();
    const { code } = await world.signInFor(id);
    return {
      act: async () => (await world.redeem(id, code)).status,
      afterFailure: async () => expect(world.frame.cookies(bff.url).has('__Host-sid_m')).toBe(false),
      async again() {
        const { status } = await world.redeem(id, code);
        return status < 400 ? status : (await world.redeem(id, (await world.signInFor(id)).code)).status;
      },
      async outcome() {
        const seen = {
          who: await world.whoAsks(world.frame),
          isTold: told('sign_in', since).includes('done'),
        };
        await world.frame.post(`${bff.url}/auth/logout`, { from: 'same-origin' });
        // Every token was of the session, or was given back.
        await until(() => new Set(bff.idp.revoked).size - revoked === bff.idp.tokenRequests.length - granted);
        return seen;
      },
      expected: { who: 'mira', isTold: true },
    };
  },
};

const HANDED_OVER = { status: 200, who: 'mira' } as const;
const handOver = async (world: OverlayWorld, id: string): Promise<object> => {
  const { status } = await world.redeem(id, (await world.signInFor(id)).code);
  return { status, who: await world.whoAsks(world.frame) };
};

describe.each(Object.entries(FLOWS))('%s, and the store fails once', (_, prepare) => {
  it.each(['before', 'after'] as const)(
    '%s any one of its calls took effect: a retry finishes it, once, and lets no other person in',
    async (when) => {
      expect(await failAtEachCall(fault, when, prepare)).toBeGreaterThan(0);
    },
  );
});
