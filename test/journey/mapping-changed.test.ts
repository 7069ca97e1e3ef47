import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserClient, type Visit } from '../support/browser-client.ts';
import { type CliStudio, startCliStudio } from '../support/cli-studio.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { startStudio, type Studio } from '../support/studio.ts';

/** Somebody's login at the provider is given to another person: that is looked at before anything opens. */
describe('an account that maps to another person than before', () => {
  let redis: TestRedis;
  let studio: Studio;
  let commands: CliStudio;
  let environment: Record<string, string>;
  beforeAll(async () => {
    redis = await startRedis();
    environment = {
      SHOTGRAPH_STORE_URL: redis.url,
      SHOTGRAPH_IDENTITY_CLAIM: 'email',
      SHOTGRAPH_IDENTITY_FIELD: 'email',
    };
    studio = await startStudio(environment);
    environment['SHOTGRAPH_OIDC_ISSUER'] = studio.issuer;
    environment['SHOTGRAPH_SITE_URL'] = studio.siteUrl;
    commands = await startCliStudio();
  });
  afterAll(async () => {
    await Promise.all([studio.stop(), commands.stop()]);
    await redis.stop();
  });

  const signIn = async (): Promise<Visit> => {
    const browser = new BrowserClient();
    const page = await browser.get(`${studio.bffUrl}/auth/login?returnTo=/auth/session`);
    return browser.post(page.url, { form: { login: 'mira' } });
  };

  it('is refused until an administrator removes its mapping', async () => {
    expect((await signIn()).body).toContain('"login":"mira"');
    const line = studio.logLines.find((text) => text.includes('"sign_in.completed"')) ?? '{}';
    const { subject } = JSON.parse(line) as { subject: string };
    // Her address is given to somebody else.
    await studio.patchPerson('mira', { email: 'mira.old@lantern.example' });
    await studio.patchPerson('joao', { email: 'mira@lantern.example' });
    const refused = await signIn();
    expect([refused.status, refused.body]).toEqual([403, expect.stringContaining('MAPPING_CHANGED')]);

    const wrong = await commands.run(['mapping', 'forget', 'nobody-knows'], environment);
    expect([wrong.code, wrong.said]).toEqual([1, expect.stringContaining('no record')]);
    const done = await commands.run(['mapping', 'forget', subject], environment);
    expect([done.code, done.said]).toEqual([0, expect.stringContaining('was mapped to mira')]);
    expect((await signIn()).body).toContain('"login":"joao"');
  });

  it('can only be removed from a Redis that answers', async () => {
    expect((await commands.run(['mapping', 'forget', 'x'])).said).toContain('in memory');
    expect((await commands.run(['mapping', 'forget'])).code).toBe(2);
    const away = await commands.run(['mapping', 'forget', 'x'], {
      SHOTGRAPH_STORE_URL: 'redis://127.0.0.1:9',
    });
    expect([away.code, away.said]).toEqual([1, expect.stringContaining('Start it')]);
  });

  it('is looked after by a doctor who finds Redis', async () => {
    const { said } = await commands.run(['doctor'], { SHOTGRAPH_STORE_URL: redis.url });
    expect(said).toMatch(/^ok {4}store +Redis answers, and takes writes$/mu);
  });
});
