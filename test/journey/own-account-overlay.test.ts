import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BrowserClient, type Visit } from '../support/browser-client.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const VERIFIER = 'v'.repeat(43);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

/** Ada chooses a menu item that opens in ShotGrid's overlay; nobody may act for her but she herself. */
describe('a person whom the script may not act for, in the overlay', () => {
  let studio: Studio;
  let frame: BrowserClient;
  let window: BrowserClient;
  beforeAll(async () => {
    studio = await startStudio({ SHOTGRAPH_ACTING_POLICY: 'own-credentials' });
  });
  afterAll(() => studio.stop());
  beforeEach(() => {
    frame = new BrowserClient();
    window = new BrowserClient();
  });

  const dataOf = (page: Visit, name: string): string =>
    new RegExp(`data-${name}="([^"]+)"`, 'u').exec(page.body)?.[1] ?? '';
  const ticketOf = (page: Visit): string => /name="window" value="([\w-]+)"/u.exec(page.body)?.[1] ?? '';

  /** What the script of the frame sends. */
  const say = async (
    path: string,
    json: object,
  ): Promise<{ status: number; body: Record<string, string> }> => {
    const url = `${studio.bffUrl}/auth/handover/${path}`;
    const { status, body } = await frame.post(url, { json, from: 'same-origin' });
    return { status, body: JSON.parse(body) as Record<string, string> };
  };
  const stateOf = async (launch: string, handover: string): Promise<unknown> => {
    const query = new URLSearchParams({ launch, handover }).toString();
    const url = `${studio.bffUrl}/auth/handover/poll?${query}`;
    return JSON.parse((await frame.get(url, { from: 'same-origin' })).body);
  };

  const begin = async () => {
    const shown = await frame.post(`${studio.bffUrl}/ami/review`, {
      form: studio.amiBody('ada', studio.mirasVersionIds.slice(0, 2)),
      from: 'cross-site',
      headers: { 'sec-fetch-dest': 'iframe', accept: 'text/html' },
    });
    const launch = shown.url.split('/').pop() ?? '';
    const { body } = await say('start', { launch, challenge: CHALLENGE });
    return { launch, handover: body['handover'] ?? '', ticket: body['ticket'] ?? '' };
  };
  /** The window after Ada has signed in at the provider. */
  const signInWindow = async (ticket: string): Promise<Visit> => {
    const page = await window.get(`${studio.bffUrl}/auth/handover/popup?ticket=${ticket}`);
    return page.url.includes('/interaction/') ? window.post(page.url, { form: { login: 'ada' } }) : page;
  };
  const link = (ticket: string, form: Record<string, string>, path = 'passphrase'): Promise<Visit> =>
    window.post(`${studio.bffUrl}/auth/link/${path}`, {
      form: { window: ticket, ...form },
      from: 'same-origin',
      headers: { accept: 'text/html' },
    });
  const acting = async (): Promise<unknown> =>
    (await studio.ask(frame, '{ viewer { login acting { way } } }')).data?.['viewer'];

  it('links the account in the window; the frame waits, and all later writes are theirs in the event log', async () => {
    const { launch, handover, ticket } = await begin();
    const page = await signInWindow(ticket);
    expect(page.status).toBe(200);
    expect(page.body).toContain('Link your ShotGrid account');
    expect(page.headers.get('cross-origin-opener-policy')).toBeNull();
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(await stateOf(launch, handover)).toEqual({ kind: 'waiting' });

    const wrong = await link(ticketOf(page), { login: 'ada', passphrase: 'wrong' });
    expect([wrong.status, wrong.body]).toEqual([403, expect.stringContaining('did not accept this')]);
    const done = await link(ticketOf(wrong), { login: 'ada', passphrase: 'ada-passphrase' });
    expect([done.status, dataOf(done, 'handover')]).toEqual([200, handover]);
    expect(done.headers.get('cross-origin-opener-policy')).toBeNull();
    expect(window.cookies(studio.bffUrl).has('__Host-sid')).toBe(false);

    const redeemed = await say('redeem', { launch, code: dataOf(done, 'code'), verifier: VERIFIER });
    expect(redeemed.status).toBe(200);
    expect(await acting()).toEqual({ login: 'ada', acting: { way: 'OWN' } });
    const [id] = studio.mirasVersionIds;
    const written = await studio.ask(
      frame,
      'mutation($id: Int!) { updateVersion(id: $id, input: { description: "by Ada, in the frame" }) { id } }',
      { variables: { id }, launchId: launch },
    );
    expect(written.errors).toBeUndefined();
    const { data } = await studio.ask(
      frame,
      `{ eventLogEntries(first: 1, filter: { entity: { is: { type: "Version", id: ${id} } } },
          sort: [{ field: ID, direction: DESC }]) { nodes { user { type name } meta sessionUuid } } }`,
    );
    const [event] = (data?.['eventLogEntries'] as { nodes: { meta: object; sessionUuid: string }[] }).nodes;
    expect(event).toMatchObject({ user: { type: 'HumanUser', name: expect.stringContaining('Ada') } });
    expect(event?.meta).not.toHaveProperty('sudo_actual_user');
    // The page in ShotGrid that the launch came from shows it at once.
    expect(event?.sessionUuid).toMatch(/^d8592bd6-/u);
  });

  it('may approve in ShotGrid instead, from the same window', async () => {
    const { launch, ticket } = await begin();
    const page = await signInWindow(ticket);
    const asked = await link(ticketOf(page), {}, 'approval');
    const url = /href="(?<url>[^"]*app_session_request[^"]*)"/u.exec(asked.body)?.groups?.['url'] ?? '';
    await new BrowserClient().post(url, { form: { login: 'ada' } });
    const done = await link(ticketOf(asked), {}, 'approved');
    await say('redeem', { launch, code: dataOf(done, 'code'), verifier: VERIFIER });
    expect(await acting()).toEqual({ login: 'ada', acting: { way: 'OWN' } });
  });

  it('gives the account to no other person, page or ticket', async () => {
    const { launch, handover, ticket } = await begin();
    const held = ticketOf(await signInWindow(ticket));
    const others = await link(held, { login: 'mira', passphrase: 'mira-passphrase' });
    expect([others.status, others.body]).toEqual([403, expect.stringContaining('a different person')]);
    const forged = await window.post(`${studio.bffUrl}/auth/link/passphrase`, {
      form: { window: held, login: 'ada', passphrase: 'ada-passphrase' },
      from: 'cross-site',
    });
    expect(forged.status).toBe(403);
    for (const made of ['x'.repeat(43), handover, ticket, '']) {
      const refused = await link(made, { login: 'ada', passphrase: 'ada-passphrase' });
      expect([refused.status, refused.body]).toEqual([410, expect.stringContaining('Close this window')]);
    }
    expect(await stateOf(launch, handover)).toEqual({ kind: 'waiting' });
  });

  it('links once, and the ticket is then spent', async () => {
    const { ticket } = await begin();
    const held = ticketOf(await signInWindow(ticket));
    expect((await link(held, { login: 'ada', passphrase: 'ada-passphrase' })).status).toBe(200);
    expect((await link(held, { login: 'ada', passphrase: 'ada-passphrase' })).status).toBe(410);
  });
});
