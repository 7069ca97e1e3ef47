import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliStudio, startCliStudio } from '../support/cli-studio.ts';

/** Before a roll-out an administrator wants to know who could not work, and why. */
describe('shotgraph people', () => {
  let studio: CliStudio;
  beforeAll(async () => {
    studio = await startCliStudio();
  });
  afterAll(() => studio.stop());

  it('lists the people whom the settings refuse, with the reason, and counts the rest', async () => {
    const { code, said } = await studio.run(['people']);
    expect(code).toBe(0);
    expect(said).toMatch(/^ada .*refused +exempt from sudo/mu);
    expect(said).toMatch(/^kenji .*refused +the account is disabled/mu);
    expect(said).not.toMatch(/^mira /mu);
    expect(said).toMatch(/^\d+ people: \d+ by sudo, 0 by their own account, 2 refused\.$/mu);
  });

  it('lists everyone on request, each with the way', async () => {
    const { said } = await studio.run(['people', '--all', '--format', 'json'], {
      SHOTGRAPH_ACTING_POLICY_BY_ROLE: 'Admin=own-credentials',
    });
    const rows = JSON.parse(said) as { login: string; way: string; role: string }[];
    const wayOf = (login: string): unknown => rows.find((row) => row.login === login)?.way;
    expect(rows.length).toBeGreaterThan(20);
    expect([wayOf('mira'), wayOf('ada'), wayOf('kenji')]).toEqual(['sudo', 'own', 'refused']);
  });

  it('lists people who cannot be found by e-mail, and people whom the policy refuses', async () => {
    const byEmail = await studio.run(['people'], {
      SHOTGRAPH_IDENTITY_CLAIM: 'email',
      SHOTGRAPH_IDENTITY_FIELD: 'email',
    });
    expect(byEmail.said).toContain('another active person has the same e-mail address');
    await studio.patchPerson('ada', { can_impersonate_this_user: true });
    const blocked = await studio.run(['people'], { SHOTGRAPH_ACTING_POLICY: 'block-admins' });
    expect(blocked.said).toMatch(/^ada .*administrators are kept out/mu);
    await studio.patchPerson('ada', { can_impersonate_this_user: false });
  });

  it('writes CSV that a spreadsheet reads as text', async () => {
    await studio.patchPerson('joao', { firstname: '=1+1', sg_status_list: 'dis' });
    const { said } = await studio.run(['people', '--format', 'csv']);
    const [head, ...rows] = said.split('\n');
    expect(head).toBe('login,id,name,email,role,way,reason');
    expect(rows.find((row) => row.startsWith('"joao"'))).toMatch(/^"joao","32","'=1\+1 /u);
    expect(rows.find((row) => row.startsWith('"ada"'))).toContain('tick ""Can be impersonated""');
    await studio.patchPerson('joao', { firstname: 'João', sg_status_list: 'act' });
  });

  it('prints no name that would control the terminal, in any format', async () => {
    const [escape, csi, turned] = ['\u001B', '\u009B', '\u202E'];
    await studio.patchPerson('joao', {
      firstname: `${escape}[2J${csi}31m${turned}oaoJ`,
      sg_status_list: 'dis',
    });
    for (const format of ['table', 'csv', 'json']) {
      const { said } = await studio.run(['people', '--format', format]);
      expect(said).toContain('joao');
      for (const steering of [escape, csi, turned])
        expect([format, said.includes(steering)]).toEqual([format, false]);
    }
    const rows = JSON.parse((await studio.run(['people', '--format', 'json'])).said) as { name: string }[];
    expect(rows.some(({ name }) => name.startsWith(`${escape}[2J${csi}31m${turned}oaoJ`))).toBe(true);
    await studio.patchPerson('joao', { firstname: 'João', sg_status_list: 'act' });
  });

  it('reports a site that cannot be reached, and refuses an unknown format', async () => {
    const away = await studio.run(['people'], { SHOTGRAPH_SITE_URL: 'http://127.0.0.1:9' });
    expect([away.code, away.said]).toEqual([1, expect.stringContaining('shotgraph doctor')]);
    expect((await studio.run(['people', '--format', 'xml'])).code).toBe(2);
  });
});
