import { describe, expect, it } from 'vitest';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { FORM, PATH, SCRIPT, refusalOf, tokenSite as site } from './token-site.ts';

describe('A script that asks for a token', () => {
  it('gets a JWT of ten minutes whose claims name the script and the site', async () => {
    const { request, clock } = await site();
    const answer = await request({ ...SCRIPT, session_uuid: '7c1e04a2-0000-4000-8000-000000000001' });
    expect(Object.keys(answer)).toEqual(['token_type', 'access_token', 'expires_in', 'refresh_token']);
    expect([answer.token_type, answer.expires_in]).toEqual(['Bearer', 600]);
    expect(decodeProtectedHeader(answer.access_token)).toEqual({ alg: 'HS256' });
    expect(decodeJwt(answer.access_token)).toEqual({
      iss: 'studio.example',
      aud: 'studio.example',
      iat: clock.ms / 1000,
      exp: clock.ms / 1000 + 600,
      jti: expect.any(String),
      user: { type: 'ApiUser', id: 40 },
      sudo_as_login: null,
      auth_type: 'api_key',
      session_uuid: '7c1e04a2-0000-4000-8000-000000000001',
    });
    expect(decodeJwt(answer.refresh_token).exp).toBeGreaterThan(clock.ms / 1000 + 600);
  });

  it('may send its parameters in the query, with a bogus charset or without any content type', async () => {
    const { base } = await site();
    const query = new URLSearchParams(SCRIPT).toString();
    for (const headers of [{ 'content-type': FORM }, { 'content-type': `${FORM}; charset=bogus` }, {}]) {
      const answer = await fetch(`${base}${PATH}?${query}`, { method: 'POST', headers });
      expect(answer.status).toBe(200);
    }
    const body = await fetch(base + PATH, {
      method: 'POST',
      headers: { 'content-type': `${FORM};charset=nonsense` },
      body: query,
    });
    expect(body.status).toBe(200);
  });

  it('learns the right content type when it sends text or JSON', async () => {
    const { base } = await site();
    for (const type of ['text/plain', 'application/json']) {
      const answer = await fetch(base + PATH, {
        method: 'POST',
        headers: { 'content-type': type },
        body: JSON.stringify(SCRIPT),
      });
      expect(await answer.json()).toEqual({
        status: 415,
        code: 103,
        title: `Unsupported Content-Type '${type}'`,
        source: { content_type: `Content-Type must be one of: '${FORM}'.` },
        detail: null,
      });
    }
  });

  it.each([
    [{ ...SCRIPT, client_secret: 'wrong' }, 400, 102, "Can't authenticate script 'shotgraph'"],
    [{ ...SCRIPT, client_id: 'nobody' }, 400, 102, "Can't authenticate script 'nobody'"],
    [{ ...SCRIPT, client_id: 'Shotgraph' }, 400, 102, "Can't authenticate script 'Shotgraph'"],
    [{ grant_type: 'client_credentials' }, 400, 102, 'Missing or invalid authentication arguments'],
    [{ grant_type: 'password', username: 'mira' }, 400, 102, 'Missing or invalid authentication arguments'],
    [{ grant_type: 'session_token' }, 400, 102, 'Missing or invalid authentication arguments'],
    [{ grant_type: 'refresh_token' }, 400, 102, 'Missing or invalid authentication arguments'],
    [
      { grant_type: 'password', username: 'mira', password: 'x' },
      400,
      102,
      "Can't authenticate user 'mira'.",
    ],
    [
      { grant_type: 'password', username: 'kenji', password: 'kenji-password' },
      400,
      102,
      "Can't authenticate user 'kenji'.",
    ],
    [
      { grant_type: 'session_token', session_token: 'abcdef1234' },
      400,
      102,
      "Can't authenticate session token ending with '1234'",
    ],
    [{ grant_type: 'refresh_token', refresh_token: 'spent' }, 401, 102, 'Unauthorized'],
    [{ grant_type: 'authorization_code' }, 400, 103, 'Unsupported grant_type'],
    [{ grant_type: 'toString' }, 400, 103, 'Unsupported grant_type'],
    [{ grant_type: '' }, 400, 103, 'Unsupported grant_type'],
    [{}, 400, 103, 'Unsupported grant_type'],
  ])('is refused for %j with %i/%i', async (fields, status, code, title) => {
    const { request } = await site();
    const answer = await request(fields);
    expect(answer).toMatchObject({ status, code, title, source: null });
  });
});

describe('A token in use', () => {
  it('names the caller until it expires, and is then refused as expired', async () => {
    const { request, auth, clock } = await site();
    const token = (await request(SCRIPT)).access_token;
    const bearer = `Bearer ${token}`;
    expect(auth.callerOf(bearer)).toEqual({
      actor: { type: 'ApiUser', id: 40 },
      script: { type: 'ApiUser', id: 40, name: 'shotgraph' },
      sudoLogin: null,
      sessionUuid: null,
      role: 'api_admin',
    });
    clock.ms += 599_999;
    expect(auth.callerOf(bearer).role).toBe('api_admin');
    clock.ms += 1;
    expect(refusalOf(() => auth.callerOf(bearer))).toMatchObject({
      status: 401,
      code: 102,
      title: 'Unauthorized',
      detail: 'Token Expired',
      source: null,
    });
  });

  it('is refused when it is missing, garbage, of another site or a refresh token', async () => {
    const { request, auth } = await site();
    const other = await site();
    const foreign = (await other.request(SCRIPT)).access_token;
    const { refresh_token: refresh } = await request(SCRIPT);
    for (const header of [
      undefined,
      '',
      'Bearer',
      'Bearer x.y.z',
      `Bearer ${foreign}`,
      `Bearer ${refresh}`,
    ]) {
      expect(refusalOf(() => auth.callerOf(header))).toMatchObject({ status: 401, code: 102, detail: null });
    }
  });

  it('can be refreshed once, under both spellings of the grant', async () => {
    const { request, callerFor } = await site();
    for (const grant of ['refresh', 'refresh_token']) {
      const { refresh_token: refresh } = await request({ ...SCRIPT, scope: 'sudo_as_login:mira' });
      const fields = { grant_type: grant, refresh_token: refresh };
      expect((await callerFor(fields)).sudoLogin).toBe('mira');
      expect(await request(fields)).toMatchObject({ status: 401, code: 102, detail: 'Token invalid' });
    }
  });

  it('loses sudo on refresh if the site is set so', async () => {
    const { request, callerFor } = await site({ 'auth.refreshKeepsSudo': false });
    const { refresh_token: refresh } = await request({ ...SCRIPT, scope: 'sudo_as_login:mira' });
    const caller = await callerFor({ grant_type: 'refresh', refresh_token: refresh });
    expect([caller.sudoLogin, caller.actor.type]).toEqual([null, 'ApiUser']);
  });
});

describe('A person with an own token', () => {
  it('signs in with a password and needs no script', async () => {
    const { callerFor } = await site();
    const caller = await callerFor({ grant_type: 'password', username: 'mira', password: 'mira-password' });
    expect(caller).toMatchObject({ actor: { type: 'HumanUser', id: 31 }, script: null, role: 'artist' });
  });

  it('approves an application in the browser, whose session token then mints tokens', async () => {
    const { base, callerFor, clock } = await site();
    const asked = await fetch(`${base}/internal_api/app_session_request`, {
      method: 'POST',
      body: new URLSearchParams({ appName: 'review', machineId: 'm1' }),
    });
    const { sessionRequestId, url } = (await asked.json()) as { sessionRequestId: string; url: string };
    const poll = () =>
      fetch(`${base}/internal_api/app_session_request/${sessionRequestId}`, { method: 'PUT' });
    expect(await (await poll()).json()).toEqual({ approved: false });
    const approve = (login: string) => fetch(url, { method: 'POST', body: new URLSearchParams({ login }) });
    expect((await approve('kenji')).status).toBe(400);
    expect((await approve('mira')).status).toBe(200);
    const answer = (await (await poll()).json()) as { sessionToken: string };
    expect(answer).toEqual({ approved: true, sessionToken: expect.any(String), userLogin: 'mira' });
    expect((await poll()).status).toBe(404);
    const fields = { grant_type: 'session_token', session_token: answer.sessionToken };
    expect((await callerFor(fields)).actor).toEqual({ type: 'HumanUser', id: 31 });
    clock.ms += 80_000_000;
    await callerFor(fields);
    clock.ms += 80_000_000;
    expect((await callerFor(fields)).actor.id).toBe(31);
    clock.ms += 86_400_000;
    await expect(callerFor(fields)).rejects.toThrow('Unauthorized');
  });
});
