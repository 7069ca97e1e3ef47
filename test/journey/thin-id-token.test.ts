import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient, type Visit } from '../support/browser-client.ts';

const THIN = { sub: 'sub-mira' };
const FULL = { sub: 'sub-mira', preferred_username: 'mira', name: 'Mira Fischer' };

let bff: Bff;
beforeEach(async () => {
  bff = await startBff();
});
afterEach(() => bff.stop());

const signIn = (): Promise<Visit> =>
  new BrowserClient(() => bff.now()).get(`${bff.url}/auth/login?returnTo=/apps/review/`);

const log = (): string => bff.logLines.join('\n');

describe('a provider whose ID tokens do not identify the person', () => {
  it('identifies the person by userinfo, which is read with the access token', async () => {
    bff.idp.person = THIN;
    bff.idp.userinfo = FULL;
    expect((await signIn()).url).toBe(`${bff.url}/apps/review/`);
    expect(bff.idp.userinfoReads).toEqual(['Bearer canary-access-token']);
  });

  it('is not called for userinfo where the ID token is enough', async () => {
    bff.idp.userinfo = { ...FULL, preferred_username: 'joao' };
    expect((await signIn()).url).toBe(`${bff.url}/apps/review/`);
    expect(bff.idp.userinfoReads).toEqual([]);
  });

  it.each([['sub-joao'], [undefined]])('is not trusted where userinfo is about %s (C25)', async (sub) => {
    bff.idp.person = THIN;
    bff.idp.userinfo = { ...FULL, sub };
    const page = await signIn();
    expect([page.status, page.body.includes('LOGIN_TOKEN')]).toEqual([400, true]);
  });

  it("that sends the claim nowhere is reported to the operator with the claim's name", async () => {
    bff.idp.person = THIN;
    bff.idp.userinfo = THIN;
    const page = await signIn();
    expect([page.status, page.body.includes('CLAIM_MISSING')]).toEqual([403, true]);
    expect(page.body).toContain('preferred_username');
    const refusal = bff.logLines.find((line) => line.includes('"sign_in.refused"'));
    expect(JSON.parse(refusal ?? '{}')).toMatchObject({
      code: 'CLAIM_MISSING',
      reason: 'preferred_username',
    });
  });

  it('that refuses userinfo has the same result, and the log has both', async () => {
    bff.idp.person = THIN;
    bff.idp.userinfo = THIN;
    bff.idp.fault = (path, response) => {
      if (path !== '/userinfo') return false;
      response.writeHead(403, { 'www-authenticate': 'Bearer error="insufficient_scope"' }).end();
      return true;
    };
    expect((await signIn()).body).toContain('CLAIM_MISSING');
    expect(log()).toContain('oidc.userinfo_refused');
    expect(log()).toContain('insufficient_scope');
  });

  it.each([
    [401, 'Bearer error="invalid_token"'],
    [401, 'Bearer realm="gateway"'],
  ])(
    'that does not accept the token yet (%i %s) is an outage: the claim may be there',
    async (status, challenge) => {
      bff.idp.person = THIN;
      bff.idp.userinfo = FULL;
      bff.idp.fault = (path, response) => {
        if (path !== '/userinfo') return false;
        response.writeHead(status, { 'www-authenticate': challenge }).end();
        return true;
      };
      const page = await signIn();
      expect([page.status, page.body.includes('IDP_UNAVAILABLE')]).toEqual([503, true]);
      expect(page.body).not.toContain('client id and secret');
      expect(log()).toContain('oidc.userinfo_not_read');
    },
  );

  it('that fails at userinfo is reported as an outage, and its token is revoked', async () => {
    bff.idp.person = THIN;
    bff.idp.userinfo = FULL;
    bff.idp.fault = (path, response) => {
      if (path !== '/userinfo') return false;
      response.writeHead(502).end();
      return true;
    };
    const page = await signIn();
    expect([page.status, page.body.includes('IDP_UNAVAILABLE')]).toEqual([503, true]);
    while (bff.idp.revoked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

describe('an address that is verified in one source', () => {
  const MAIL = { sub: 'sub-mira', email: 'mira@studio.example' };
  beforeEach(async () => {
    await bff.stop();
    bff = await startBff({
      people: { mira: { id: 34, name: 'Mira Fischer', email: 'mira@studio.example' } },
      change: (config) => ({ ...config, identity: { ...config.identity, claim: 'email', field: 'email' } }),
    });
  });

  it('counts where it is the same address', async () => {
    bff.idp.person = MAIL;
    bff.idp.userinfo = { ...MAIL, email_verified: true };
    expect((await signIn()).url).toBe(`${bff.url}/apps/review/`);
  });

  it('does not verify another address', async () => {
    bff.idp.person = MAIL;
    bff.idp.userinfo = { sub: 'sub-mira', email: 'own@elsewhere.example', email_verified: true };
    expect((await signIn()).body).toContain('CLAIM_MISSING');
    bff.idp.person = { sub: 'sub-mira', email_verified: true };
    bff.idp.userinfo = MAIL;
    expect((await signIn()).body).toContain('CLAIM_MISSING');
  });
});
