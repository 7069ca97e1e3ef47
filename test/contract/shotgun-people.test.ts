import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { searchRows } from '../../src/shotgun/calls/search.ts';
import { type BentSite, refusal, rows, startBentSite } from '../support/bent-site.ts';
import { createTestShotgun, login, type TestShotgun } from '../support/test-shotgun.ts';

let site: BentSite;
let client: TestShotgun;
beforeEach(async () => {
  site = await startBentSite();
  client = createTestShotgun(site.url);
});
afterEach(async () => {
  await client.close();
  await site.close();
});

const person = (id: number, attributes: object, relationships: object = {}): unknown => ({
  type: 'HumanUser',
  id,
  attributes,
  relationships,
});

describe('the person with an e-mail address', () => {
  it('is searched as the script, in one type and by three fields only', async () => {
    site.otherwise(
      rows(
        person(1, { login: 'mira', email: 'Mira@Studio.example', sg_status_list: 'act' }),
        person(2, { login: 'mira.old', email: 'mira@studio.example', sg_status_list: 'dis' }),
      ),
    );
    await expect(client.people.loginsByEmail('mira@studio.example')).resolves.toEqual([
      { login: 'mira', active: true },
      { login: 'mira.old', active: false },
    ]);
    expect(site.mints[0]).not.toHaveProperty('scope');
    const [call] = site.calls;
    expect(call).toMatchObject({ actingAs: null, path: '/api/v1/entity/HumanUser/_search' });
    expect(JSON.parse(call?.body ?? '')).toMatchObject({
      fields: 'login,email,sg_status_list',
      filters: { logical_operator: 'and', conditions: [['email', 'is', 'mira@studio.example']] },
    });
  });

  it('is nobody for an empty address, although many people have none', async () => {
    for (const email of ['', '  ', '\t'])
      await expect(client.people.loginsByEmail(email)).resolves.toEqual([]);
    expect(site.calls).toEqual([]);
  });

  it('is nobody if the site answers with other people', async () => {
    site.otherwise(
      rows(
        person(1, { login: 'ada', email: 'ada@studio.example', sg_status_list: 'act' }),
        person(2, { login: 'x', email: null, sg_status_list: 'act' }),
        person(3, { login: null, email: 'mira@studio.example', sg_status_list: 'act' }),
      ),
    );
    await expect(client.people.loginsByEmail('mira@studio.example')).resolves.toEqual([]);
  });

  it.each([
    ['the sign of the unit kelvin for a k', 'mira.oKafor@studio.example', 'mira.o\u212Aafor@studio.example'],
    ['a dotless i for an i', 'mira@studio.example', 'm\u0131ra@studio.example'],
    ['a long s for an s', 'mira@studio.example', 'mira@\u017Ftudio.example'],
    ['the letters of a ligature', 'ffion@studio.example', '\uFB00ion@studio.example'],
    ['an accent of its own', 'jos\u00e9@studio.example', 'jose\u0301@studio.example'],
    ['a capital that only Unicode folds', 'jos\u00e9@studio.example', 'JOS\u00c9@studio.example'],
    ['a dot over a capital i', 'i\u0307x@studio.example', '\u0130x@studio.example'],
  ])('is nobody if one address has %s, whatever the site treats as equal', async (_, one, other) => {
    for (const [asked, kept] of [
      [one, other],
      [other, one],
    ] as const) {
      site.otherwise(rows(person(1, { login: 'mira', email: kept, sg_status_list: 'act' })));
      await expect(client.people.loginsByEmail(asked)).resolves.toEqual([]);
    }
  });

  it('is refused if more people match than one page of the site holds', async () => {
    const many = Array.from({ length: 25 }, (_, index) =>
      person(index + 1, { login: `p${index}`, email: 'x@studio.example', sg_status_list: 'dis' }),
    );
    site.otherwise(rows(...many));
    await expect(client.people.loginsByEmail('mira@studio.example')).rejects.toMatchObject({
      code: 'AMBIGUOUS_USER',
    });
  });

  it('is also refused there if one person of the page has no login', async () => {
    const page = Array.from({ length: 25 }, (_, index) =>
      person(index + 1, { login: index === 3 ? null : `mira${index}`, email: 'mira@studio.example' }),
    );
    site.otherwise(rows(...page));
    await expect(client.people.loginsByEmail('mira@studio.example')).rejects.toMatchObject({
      code: 'AMBIGUOUS_USER',
    });
  });

  it("does not use the script's token for any later call as a person", async () => {
    await client.people.loginsByEmail('mira@studio.example');
    await client.shotgun.as(login('mira')).call(
      searchRows({
        type: 'Shot',
        filter: { logical_operator: 'and', conditions: [] },
        fields: ['code'],
        pageSize: 1,
      }),
    );
    expect(site.calls.map((call) => call.actingAs)).toEqual([null, 'mira']);
  });
});

describe('a look-up by login', () => {
  const mira = { login: 'mira', sg_status_list: 'act' };
  const others = (count: number) =>
    Array.from({ length: count }, (_, index) => person(index + 1, { login: `mira-${index}` }));

  it.each(['describe', 'self'] as const)(
    'finds the person after others whom the site treats as equal (%s)',
    async (how) => {
      site.otherwise(rows(...others(23), person(90, mira)));
      await expect(client.people[how](login('mira'))).resolves.toMatchObject({ id: 90 });
    },
  );

  it.each(['describe', 'self'] as const)(
    'is refused if more people may match, no matter who is on the page (%s)',
    async (how) => {
      for (const page of [others(25), [...others(24), person(90, mira)]]) {
        site.otherwise(rows(...page));
        await expect(client.people[how](login('mira'))).rejects.toMatchObject({ code: 'AMBIGUOUS_USER' });
      }
    },
  );

  it.each(['describe', 'self'] as const)(
    'is refused if two people have exactly this login (%s)',
    async (how) => {
      site.otherwise(rows(person(90, mira), person(91, mira)));
      await expect(client.people[how](login('mira'))).rejects.toMatchObject({ code: 'AMBIGUOUS_USER' });
    },
  );

  it('suggests no similar login if not all were seen', async () => {
    site.otherwise(rows(...others(24), person(90, { login: 'MIRA' })));
    await expect(client.people.nearLogin(login('mira'))).rejects.toMatchObject({ code: 'AMBIGUOUS_USER' });
    site.otherwise(rows(...others(23), person(90, { login: 'MIRA' })));
    await expect(client.people.nearLogin(login('mira'))).resolves.toBe('MIRA');
  });
});

describe('the person behind a login', () => {
  const role = { permission_rule_set: { data: { type: 'PermissionRuleSet', id: 5, name: 'Artist' } } };

  it('is read as that person, by the exact login', async () => {
    site.otherwise(
      rows(
        person(7, { login: 'MIRA', name: 'Another Mira', email: null }),
        person(8, { login: 'mira', name: 'Mira Okafor', email: 'mira@studio.example' }, role),
      ),
    );
    await expect(client.people.self(login('mira'))).resolves.toEqual({
      id: 8,
      name: 'Mira Okafor',
      email: 'mira@studio.example',
      permissionRole: 'Artist',
    });
    expect(site.calls.map((call) => call.actingAs)).toEqual(['mira']);
  });

  it('may have no address and a role that cannot be seen', async () => {
    site.otherwise(
      rows(person(8, { login: 'mira', name: '', email: null }, { permission_rule_set: { data: null } })),
    );
    await expect(client.people.self(login('mira'))).resolves.toEqual({
      id: 8,
      name: 'mira',
      email: null,
      permissionRole: null,
    });
  });

  it('is never a guess', async () => {
    site.otherwise(rows(person(7, { login: 'MIRA', name: 'x' })));
    await expect(client.people.self(login('mira'))).rejects.toMatchObject({ code: 'NO_SHOTGUN_USER' });
    site.otherwise(rows(person(7, { login: 'mira' }), person(8, { login: 'mira' })));
    await expect(client.people.self(login('mira'))).rejects.toMatchObject({ code: 'AMBIGUOUS_USER' });
  });

  it('is refused with the reason that the site gives', async () => {
    site.nextMint(refusal(400, 102, "Cannot 'sudo' - inactive user account: 'kenji'"));
    await expect(client.people.self(login('kenji'))).rejects.toMatchObject({ code: 'USER_INACTIVE' });
    expect(site.calls).toEqual([]);
  });
});
