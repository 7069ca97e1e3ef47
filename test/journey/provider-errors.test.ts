import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SignJWT } from 'jose';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient, type Visit } from '../support/browser-client.ts';

let bff: Bff;
let browser: BrowserClient;
beforeEach(async () => {
  bff = await startBff();
  browser = new BrowserClient(() => bff.now());
});
afterEach(() => bff.stop());

const signIn = (): Promise<Visit> => browser.get(`${bff.url}/auth/login?returnTo=/apps/review/`);
const lineOf = (event: string): unknown =>
  JSON.parse(bff.logLines.find((line) => line.includes(`"${event}"`)) ?? '{}');

const answering = (...answers: (Readonly<Record<string, string>> | undefined)[]): void => {
  bff.idp.bendCallback = (query) => {
    const answer = answers.shift();
    if (answer === undefined) return;
    query.delete('code');
    for (const [name, value] of Object.entries(answer)) query.set(name, value);
  };
};

describe('an error of the provider at a sign-in', () => {
  it.each(['invalid_request', 'invalid_scope', 'unauthorized_client'])(
    "%s is our mistake: the operator gets the provider's error in the log",
    async (error) => {
      answering({ error });
      const page = await signIn();
      expect([page.status, page.body.includes(error), page.body.includes('LOGIN_DENIED')]).toEqual([
        503,
        true,
        false,
      ]);
      expect(lineOf('oidc.request_refused')).toMatchObject({ level: 'error', providerError: error });
      expect(lineOf('sign_in.refused')).toMatchObject({ reason: error });
    },
  );

  it('temporarily_unavailable asks the person to wait', async () => {
    answering({ error: 'temporarily_unavailable' });
    const page = await signIn();
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5']);
    expect(page.body).toContain('out of order for the moment');
    expect(page.body).not.toContain('cannot be reached');
  });

  const expired = [
    { error: 'authentication_expired' },
    { error: 'temporarily_unavailable', error_description: 'authentication_expired' },
  ];
  it.each(expired)('%j is retried at once', async (answer) => {
    answering(answer);
    expect((await signIn()).url).toBe(`${bff.url}/apps/review/`);
    expect(bff.idp.authorizations).toHaveLength(2);
  });

  it.each(expired)('%j is retried only once', async (answer) => {
    answering(answer, answer, answer);
    const page = await signIn();
    expect([page.status, page.body.includes('LOGIN_EXPIRED')]).toEqual([400, true]);
    expect(bff.idp.authorizations).toHaveLength(2);
  });
});

describe('an ID token that no setting makes readable', () => {
  it.each<[string, () => Promise<string> | string]>([
    [
      'id_token_hs',
      () =>
        new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode('x'.repeat(32))),
    ],
    ['id_token_encrypted', () => 'eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkExMjhHQ00ifQ.a.b.c.d'],
  ])('is refused with its own reason: %s', async (reason, token) => {
    bff.idp.bendToken = token;
    const page = await signIn();
    expect(page.body).toContain('LOGIN_TOKEN');
    expect(page.body).toContain('An administrator has to');
    expect(lineOf('sign_in.refused')).toMatchObject({ code: 'LOGIN_TOKEN', reason });
  });
});

describe('additional parameters of the settings', () => {
  it('are sent with our own', async () => {
    await bff.stop();
    bff = await startBff({
      change: (config) => ({
        ...config,
        oidc: { ...config.oidc, parameters: { access_type: 'offline', hd: 'studio.example' } },
      }),
    });
    await signIn();
    expect(Object.fromEntries(bff.idp.authorizations[0] ?? [])).toMatchObject({
      access_type: 'offline',
      hd: 'studio.example',
      response_type: 'code',
    });
  });
});
