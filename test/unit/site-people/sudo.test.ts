import { describe, expect, it } from 'vitest';
import { decodeJwt } from 'jose';
import { SCRIPT, refusalOf, tokenSite as site } from './token-site.ts';

describe('A script that acts for a person', () => {
  const as = (login: string) => ({ ...SCRIPT, scope: `sudo_as_login:${login}` });

  it('has the rights and the authorship of the person, while the claim still names the script', async () => {
    const { request, auth } = await site();
    const { access_token: token } = await request(as('mira'));
    expect(auth.callerOf(`Bearer ${token}`)).toEqual({
      actor: { type: 'HumanUser', id: 31 },
      script: { type: 'ApiUser', id: 40, name: 'shotgraph' },
      sudoLogin: 'mira',
      sessionUuid: null,
      role: 'artist',
    });
    expect(decodeJwt(token)).toMatchObject({
      user: { type: 'ApiUser', id: 40 },
      sudo_as_login: 'mira',
      auth_type: 'api_key',
    });
  });

  it('acts as itself when it names the person in a body field instead of the scope', async () => {
    const { callerFor } = await site();
    expect((await callerFor({ ...SCRIPT, sudo_as_login: 'mira' })).sudoLogin).toBeNull();
    expect((await callerFor({ ...SCRIPT, scope: 'openid' })).sudoLogin).toBeNull();
  });

  it.each([
    ['nobody', "Cannot 'sudo' - unknown or retired user: 'nobody'"],
    ['', "Cannot 'sudo' - unknown or retired user: ''"],
    ['mira@studio.example', "Cannot 'sudo' - unknown or retired user: 'mira@studio.example'"],
    ['MIRA', "Cannot 'sudo' - unknown or retired user: 'MIRA'"],
    ['gone', "Cannot 'sudo' - unknown or retired user: 'gone'"],
    ['kenji', "Cannot 'sudo' - inactive user account: 'kenji'"],
    ['ada', "Cannot 'sudo' - user account has 'can_impersonate_this_user' turned off: 'ada'"],
  ])('cannot be %p', async (login, title) => {
    const { request } = await site();
    expect(await request(as(login))).toEqual({ status: 400, code: 102, title, source: null, detail: null });
  });

  it('needs a role that may sudo; a wrong key is reported first', async () => {
    const { request } = await site();
    const reader = { ...as('mira'), client_id: 'reader', client_secret: 'reader-key' };
    expect((await request(reader)).title).toBe("The user does not have permission to 'sudo': 'reader'");
    expect((await request({ ...reader, client_secret: 'x' })).title).toBe(
      "Can't authenticate script 'reader'",
    );
    const lenient = await site({ 'auth.sudoRight': 'every_role' });
    expect((await lenient.callerFor(reader)).sudoLogin).toBe('mira');
    const strict = await site({ 'auth.sudoRight': 'no_role' });
    expect((await strict.request(as('mira'))).title).toContain("does not have permission to 'sudo'");
  });

  it('gets the other order of refusals and the other case rule if the site is set so', async () => {
    const { request, callerFor, storage } = await site({
      'auth.sudoRefusalOrder': 'flag_first',
      'auth.loginCase': 'insensitive',
    });
    storage.patch('HumanUser', 33, { can_impersonate_this_user: false });
    expect((await request(as('kenji'))).title).toContain('turned off');
    expect((await callerFor(as('MIRA'))).sudoLogin).toBe('mira');
  });

  it('keeps its token after the person is disabled, until it expires, unless the site is set to refuse', async () => {
    for (const [choice, isRefused] of [
      ['keeps_working', false],
      ['refused', true],
    ] as const) {
      const { request, auth, storage } = await site({ 'auth.staleToken': choice });
      const bearer = `Bearer ${(await request(as('mira'))).access_token}`;
      storage.patch('HumanUser', 31, { sg_status_list: 'dis' });
      expect((await request(as('mira'))).title).toContain('inactive');
      if (isRefused) expect(refusalOf(() => auth.callerOf(bearer))).toMatchObject({ status: 401 });
      else expect(auth.callerOf(bearer).sudoLogin).toBe('mira');
    }
  });
});
