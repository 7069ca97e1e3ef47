import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserClient, type Visit } from '../support/browser-client.ts';
import { freePort } from '../support/free-port.ts';
import { CANARIES, startStudio, type Studio } from '../support/studio.ts';

/** Everything secret that passes through the server is collected on its way, and looked for wherever it may not be (G20). */
describe('A day with marked secrets', () => {
  let folder: string;
  let audit: string;
  let metricsUrl: string;
  let farm: Server;
  let studio: Studio;
  const tokens: string[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-canaries-'));
    audit = join(folder, 'audit.jsonl');
    // A farm that keeps what it gets, and answers with more than it should.
    farm = createServer((request, response) => {
      tokens.push(String(request.headers.authorization).replace('Bearer ', ''));
      response.writeHead(500, { 'x-canary': 'canary-of-the-farm' }).end('canary-of-the-farm');
    });
    farm.listen(0, '127.0.0.1');
    await once(farm, 'listening');
    const metricsPort = await freePort();
    metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
    studio = await startStudio({
      SHOTGRAPH_AUDIT: audit,
      SHOTGRAPH_METRICS_PORT: String(metricsPort),
      SHOTGRAPH_SYSTEM_FARM_URL: `http://127.0.0.1:${(farm.address() as AddressInfo).port}`,
    });
  });
  afterAll(async () => {
    await studio.stop();
    farm.close();
    farm.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  it('leaves none of them in a log, the audit trail, the metrics or the body of an answer', async () => {
    const browser = new BrowserClient();
    const visits: Visit[] = [];
    const keep = async (visit: Promise<Visit>): Promise<Visit> => {
      const done = await visit;
      visits.push(done);
      return done;
    };
    const { bffUrl } = studio;
    const [id = 0] = studio.mirasVersionIds;

    // A launch whose texts are marked, opened by its person through the provider.
    const form = studio.amiBody('mira', [id], { title: 'canary-title', project_name: 'canary-project' });
    const signature = new URLSearchParams(form).get('signature') ?? '';
    const asked = await keep(browser.post(`${bffUrl}/ami/review`, { form, from: 'cross-site' }));
    const opened = await keep(browser.post(asked.url, { form: { login: 'mira' } }));
    const launchId = new URL(opened.url).searchParams.get('launch') ?? '';
    expect(launchId).not.toBe('');

    // What people write, what they mistype, and what the site and the farm answer when they are not well.
    const ask = (query: string, variables: Record<string, unknown> = {}) =>
      keep(
        browser.post(`${bffUrl}/graphql`, {
          json: { query, variables },
          from: 'same-origin',
          headers: { 'x-shotgraph-launch': launchId },
        }),
      );
    await ask('mutation ($t: String) { updateVersion(id: 117, input: { description: $t }) { id } }', {
      t: 'canary-description',
    });
    await ask(`{ version(id: ${id}) { id renderJobs { id } } }`);
    const faults = [
      { status: 503, body: '<h1>canary-of-the-site</h1>', contentType: 'text/html' },
      { status: 200, body: '<h1>canary-of-the-site</h1>', contentType: 'text/html' },
      { status: 400, body: '{"errors":[{"title":"canary-of-the-site","detail":"canary-of-the-site"}]}' },
    ];
    for (const fault of faults) {
      await studio.fault({ match: { path: '/api/v1/entity/Version/_search' }, ...fault });
      await ask(`{ version(id: ${id}) { id } }`);
      await studio.clearFaults();
    }

    // What does not belong where it is sent.
    for (const path of [
      '/auth/callback?code=canary-code&state=canary-state',
      '/auth/callback?error=access_denied&error_description=canary-error',
      '/launch/canary-launch',
      '/nope/canary-path?token=canary-token',
      '/apps/review/canary-file.js',
    ]) {
      const headers = {
        'user-agent': 'canary-agent',
        referer: 'https://canary-referer.example/',
        'x-request-id': 'canary-id',
      };
      await keep(browser.get(`${bffUrl}${path}`, { headers }));
    }
    for (const authorization of ['Bearer canary-bearer', 'Basic canary-basic']) {
      await keep(
        new BrowserClient().post(`${bffUrl}/graphql`, { json: { query: '{x}' }, headers: { authorization } }),
      );
    }
    const linkForm = { login: 'mira', passphrase: 'canary-passphrase' };
    await keep(browser.post(`${bffUrl}/auth/link/passphrase`, { form: linkForm, from: 'same-origin' }));
    await keep(
      browser.post(`${bffUrl}/auth/backchannel-logout`, { form: { logout_token: 'canary.logout.token' } }),
    );
    const cookies = browser.setCookies.flatMap((header) => /^__Host-[^=]+=([^;]+)/u.exec(header)?.[1] ?? []);
    await keep(browser.post(`${bffUrl}/auth/logout`, { from: 'same-origin' }));

    const ofTrail = visits.flatMap(({ trail }) => trail).map((address) => new URL(address).searchParams);
    const codes = ofTrail.flatMap((parameters) =>
      [parameters.get('code') ?? [], parameters.get('state') ?? []].flat(),
    );
    const secrets = [...Object.values(CANARIES), signature, ...cookies, ...codes, ...tokens].filter(
      (secret) => secret.length > 8,
    );
    // They were there to be found.
    expect(cookies.length).toBeGreaterThan(2);
    expect(codes.filter((code) => !code.startsWith('canary')).length).toBeGreaterThan(1);
    expect(tokens[0]).toMatch(/^eyJ/u);

    const log = studio.logLines.join('\n');
    const places = {
      log,
      audit: await readFile(audit, 'utf8'),
      metrics: await (await fetch(metricsUrl)).text(),
      answers: visits
        .filter(({ url }) => url.startsWith(bffUrl))
        .map(({ body }) => body)
        .join('\n'),
    };
    for (const [place, text] of Object.entries(places)) {
      for (const secret of secrets) expect([place, text.includes(secret)]).toEqual([place, false]);
      expect([place, /canary(?!-(?:ami|client)-secret)/u.exec(text)?.[0]]).toEqual([place, undefined]);
    }
    // The launch is named in addresses of its person, and nowhere else.
    for (const place of ['log', 'audit', 'metrics'] as const) expect(places[place]).not.toContain(launchId);
    for (const line of studio.logLines) expect(typeof JSON.parse(line)).toBe('object');
    // Every answer of ours but a hashed file says that it may not be kept.
    for (const { url, headers } of visits) {
      if (url.startsWith(bffUrl)) expect([url, headers.get('cache-control')]).toEqual([url, 'no-store']);
    }
  });
});
