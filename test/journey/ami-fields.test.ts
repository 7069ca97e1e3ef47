import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { formatAmiTimestamp } from '../../src/launch/ami-signature.ts';
import { type AmiFields, baseFields, bodyOf, signed } from '../support/ami.ts';
import { type Bff, startBff } from '../support/bff.ts';
import { AMI_SECRET } from '../support/bff-config.ts';

const OTHER_SECRET = 'the-secret-of-another-menu-item';
const withTwoItems = (config: Config): Config => ({
  ...config,
  launch: { ...config.launch, maxIds: 100 },
  amis: [
    ...config.amis,
    ...config.amis.map((ami) => ({ ...ami, name: 'publish', secrets: [OTHER_SECRET] })),
    ...config.amis.map((ami) => ({ ...ami, name: 'tools', withoutRows: true })),
  ],
});

let bff: Bff;
beforeAll(async () => {
  bff = await startBff({ change: withTwoItems });
});
afterAll(() => bff.stop());

type Changes = Parameters<typeof baseFields>[0];
let posts = 0;

/** Each is another post, made now. */
const fields = (changes: Changes = {}): AmiFields =>
  baseFields({
    title: `Versions ${(posts += 1)}`,
    timestamp: formatAmiTimestamp(bff.now()),
    ...changes,
  });
const send = async (all: AmiFields, path = '/ami/review') => {
  const answer = await fetch(`${bff.url}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: bodyOf(all),
  });
  const text = await answer.text();
  const refused = answer.status >= 400;
  // What is refused is told in a word of ours, sets no cookie and is not kept.
  expect([answer.headers.getSetCookie().length, answer.headers.get('cache-control')]).toEqual([
    refused ? 0 : 1,
    'no-store',
  ]);
  return {
    status: answer.status,
    code: refused ? (JSON.parse(text) as { error: { code: string } }).error.code : null,
    text,
  };
};
const post = (changes: Changes, path?: string) => send(signed(fields(changes), AMI_SECRET), path);
const ago = (ms: number): string => formatAmiTimestamp(bff.now() - ms);

describe('A menu item’s post that is signed as agreed is refused', () => {
  it.each<[string, () => Changes, number, string]>([
    ['too old (A8)', () => ({ timestamp: ago(72_000) }), 403, 'AMI_STALE'],
    ['from the future (A9)', () => ({ timestamp: ago(-12_000) }), 403, 'AMI_CLOCK'],
    ['without a time (A10)', () => ({ timestamp: undefined }), 400, 'AMI_TIMESTAMP'],
    ['without its zone', () => ({ timestamp: ago(0).slice(0, -1) }), 400, 'AMI_TIMESTAMP'],
    ['in another zone', () => ({ timestamp: ago(0).replace('Z', '+00:00') }), 400, 'AMI_TIMESTAMP'],
    ['with parts of a second', () => ({ timestamp: ago(0).replace('Z', '.000Z') }), 400, 'AMI_TIMESTAMP'],
    ['on an invalid day', () => ({ timestamp: '2026-02-30T12:00:00Z' }), 400, 'AMI_TIMESTAMP'],
    ['with a space', () => ({ timestamp: ` ${ago(0)}` }), 400, 'AMI_TIMESTAMP'],
    ['in other digits', () => ({ timestamp: ago(0).replace('2', '２') }), 400, 'AMI_TIMESTAMP'],
    ['as seconds', () => ({ timestamp: String(Math.floor(bff.now() / 1000)) }), 400, 'AMI_TIMESTAMP'],
    ['with a line break in a value (A19)', () => ({ title: 'A\r\nB' }), 400, 'AMI_CONTROL_CHAR'],
    [
      'with a line of the log in it (A37)',
      () => ({ user_login: 'mira\n{"level":"error"}' }),
      400,
      'AMI_CONTROL_CHAR',
    ],
    ['with a zero', () => ({ title: 'A\u0000' }), 400, 'AMI_CONTROL_CHAR'],
    ['with an end of line beyond ASCII', () => ({ title: 'A\u0085B' }), 400, 'AMI_CONTROL_CHAR'],
    ['that is no text (A23)', () => ({ title: Buffer.from([0xff, 0xfe]) }), 400, 'AMI_ENCODING'],
    ['that is half a character', () => ({ title: Buffer.from([0x41, 0xe2, 0x82]) }), 400, 'AMI_ENCODING'],
    ['for rows of another type (A33)', () => ({ entity_type: 'HumanUser' }), 403, 'AMI_ENTITY'],
    ['for a type that is a path', () => ({ entity_type: '../Version' }), 403, 'AMI_ENTITY'],
    ['for a type that every object has', () => ({ entity_type: 'constructor' }), 403, 'AMI_ENTITY'],
    ['of a person who is no number', () => ({ user_id: '0x22' }), 400, 'AMI_FIELDS'],
    ['of nobody', () => ({ user_login: undefined }), 400, 'AMI_FIELDS'],
    ['of an invalid window', () => ({ session_uuid: '__proto__' }), 400, 'AMI_FIELDS'],
  ])('%s', async (_, changes, status, code) => {
    expect(await post(changes())).toMatchObject({ status, code });
    // The next honest one opens.
    expect((await post({})).status).toBe(303);
  });

  it.each([
    '1,2,x',
    '-1',
    '1e9',
    '1.0',
    '0x1',
    '1 2',
    ' ,1',
    '1,\u00a02',
    '1,,2',
    '9007199254740993',
    '１',
    '__proto__',
    '0',
  ])('with ids that are not a valid list: %s (A30)', async (ids) => {
    for (const name of ['ids', 'selected_ids']) {
      const refused = await post({ [name]: ids });
      expect(refused).toMatchObject({ status: 400, code: 'AMI_IDS' });
      expect(JSON.parse(refused.text)).toMatchObject({
        error: { message: expect.stringContaining(name), details: { field: name } },
      });
    }
  });

  it('with more selected rows than a launch may have, and the refusal contains both numbers', async () => {
    const ids = Array.from({ length: 101 }, (_, index) => index + 1).join(',');
    const { status, text } = await post({ ids, selected_ids: ids });
    expect([status, JSON.parse(text)]).toEqual([
      400,
      {
        error: expect.objectContaining({
          code: 'AMI_IDS',
          message: expect.stringMatching(
            /^101 rows are selected; a launch may have 100\. Select fewer rows/u,
          ),
          details: { field: 'selected_ids', count: 101, maxIds: 100 },
        }),
      },
    ]);
  });

  it.each(['other.example', 'studio.example.com:8080', 'studio.example.com.evil.example', 'a/b', '@', '%00'])(
    'from a page of another site, such as a restored copy: %s',
    async (host) => {
      expect(await post({ server_hostname: host })).toMatchObject({ status: 403, code: 'AMI_SITE' });
    },
  );

  it.each([
    ['AMI_CONTROL_CHAR', { title: 'A\tB' }],
    ['AMI_ENCODING', { title: Buffer.from([0xff]) }],
    ['AMI_FIELDS', { page_id: 'x' }],
  ])('with a field that cannot be used, and the refusal names it: %s', async (code, changes: Changes) => {
    const { text } = await post(changes);
    expect(JSON.parse(text)).toMatchObject({
      error: { code, details: { field: Object.keys(changes ?? {})[0] } },
    });
  });

  it('with fields of a launch in the URL, and the refusal names one', async () => {
    const refused = await post({}, '/ami/review?tab=1&user_login=admin');
    expect(refused).toMatchObject({ status: 400, code: 'AMI_QUERY' });
    expect(JSON.parse(refused.text)).toMatchObject({ error: { details: { field: 'user_login' } } });
  });

  it('without rows, unless the menu item allows it', async () => {
    const noRows = { entity_type: undefined, ids: undefined, selected_ids: undefined };
    expect(await post(noRows)).toMatchObject({ status: 403, code: 'AMI_ENTITY' });
    expect((await post(noRows, '/ami/tools')).status).toBe(303);
    expect(await post({ entity_type: undefined }, '/ami/tools')).toMatchObject({
      status: 400,
      code: 'AMI_FIELDS',
    });
  });

  it('with a field twice, in either order, signed or not (A16)', async () => {
    const twice: AmiFields[] = [
      [...fields(), ['user_login', 'admin']],
      [['user_login', 'admin'], ...fields()],
      [...fields(), ['timestamp', ago(0)]],
      [...fields(), ['__proto__', '1'], ['__proto__', '2']],
    ];
    for (const each of twice) {
      expect(await send(signed(each, AMI_SECRET))).toMatchObject({ status: 400, code: 'AMI_DUPLICATE' });
    }
    const all = signed(fields(), AMI_SECRET);
    expect(await send([...all, ['signature', '0']])).toMatchObject({ status: 400, code: 'AMI_DUPLICATE' });
  });

  it('with a field name that could be read as two (A20)', async () => {
    for (const name of ['a\r\nb', 'a\nb', 'a=b', 'a\u0000']) {
      const all = signed([...fields(), [name, 'x']], AMI_SECRET);
      expect(await send(all)).toMatchObject({ status: 400, code: 'AMI_CONTROL_CHAR' });
    }
  });

  it('with more fields than ShotGrid ever sends (A31)', async () => {
    const many = Array.from({ length: 1001 }, (_, index) => [`f${index}`, '1'] as const);
    expect(await send(signed([...fields(), ...many], AMI_SECRET))).toMatchObject({
      status: 400,
      code: 'AMI_FIELDS',
    });
  });
});

describe('A menu item’s post that is not signed as agreed', () => {
  it('is refused in the same way, whatever was changed (A3)', async () => {
    const honest = signed(fields(), AMI_SECRET);
    const answers = new Set<string>();
    for (const [at] of honest.entries()) {
      const changed = honest.map(([name, value], index) =>
        index === at ? ([name, `${String(value)}0`] as const) : ([name, value] as const),
      );
      const { status, text } = await send(changed);
      answers.add(`${status} ${text.replace(/"requestId":"[^"]*"/u, '')}`);
    }
    answers.add(
      await send(fields()).then(
        ({ status, text }) => `${status} ${text.replace(/"requestId":"[^"]*"/u, '')}`,
      ),
    );
    expect([...answers]).toEqual([expect.stringMatching(/^401 .*AMI_SIGNATURE/u)]);
  });

  it('is refused when it is signed for another menu item (A5)', async () => {
    expect(await post({}, '/ami/publish')).toMatchObject({ status: 401, code: 'AMI_SIGNATURE' });
    expect((await send(signed(fields(), OTHER_SECRET), '/ami/publish')).status).toBe(303);
  });

  it('does not reveal whether its age, its type or its ids are valid (A8)', async () => {
    const wrong = { timestamp: ago(900_000), entity_type: 'HumanUser', ids: 'x' };
    expect(await send(signed(fields(wrong), 'another secret'))).toMatchObject({
      status: 401,
      code: 'AMI_SIGNATURE',
    });
  });
});

describe('A menu item’s post that is signed as agreed opens', () => {
  it.each<[string, Changes]>([
    ['in any language, composed or not (A22)', { title: 'Séquence 日本 🎬 e\u0301 é' }],
    [
      'with markup in its texts (A35)',
      { title: '<img src=x onerror=alert(1)>', project_name: '</script>{{7*7}}' },
    ],
    ['with fields that nobody knows', { ['__proto__']: 'x', constructor: 'y', toString: 'z' }],
    [
      'with names that every object has',
      { cols: '__proto__,constructor', column_display_names: '__proto__,x', sort_column: 'prototype' },
    ],
    ['with blank fields', { project_id: '', project_name: '', sort_column: '' }],
    ['with a way back that leads elsewhere (A36)', { referrer_path: '//evil.example' }],
    ['with nothing selected', { ids: '', selected_ids: '' }],
    ['with blanks around the ids', { ids: ' 931, 900 ,904', selected_ids: '931, 900' }],
    ['from a page of the site in other letter case', { server_hostname: 'Studio.Example.COM' }],
    ['from a page that does not name its host', { server_hostname: undefined }],
  ])('%s', async (_, changes) => {
    expect(await post(changes)).toMatchObject({ status: 303 });
  });

  it('with its lists of columns as repeated fields', async () => {
    const all = [...fields({ cols: undefined }), ['cols', 'code'] as const, ['cols', 'entity'] as const];
    expect((await send(signed(all, AMI_SECRET))).status).toBe(303);
  });

  it('at a URL with the studio’s own parameters', async () => {
    expect((await post({}, '/ami/review?tab=1&__proto__=x')).status).toBe(303);
  });

  it('and leaves none of this in the log, which keeps one object per line (A37)', () => {
    for (const line of bff.logLines) expect(typeof JSON.parse(line)).toBe('object');
    expect(bff.logLines.join('')).not.toMatch(/onerror|日本|evil\.example|d8592bd6|Gunslinger/u);
  });

  it('and leaves one audit record per decision, with the menu item, the request and a reason', () => {
    bff.flushAudit();
    const landed = bff.audited.filter(({ action }) => action === 'launch.landed');
    // What strangers repeat within a minute is one record with its count.
    const decided = landed.reduce((sum, { count = 1 }) => sum + count, 0);
    expect(decided).toBe(bff.observations.filter(({ route }) => route === '/ami/:name').length);
    for (const { ami, requestId, outcome, code } of landed) {
      expect([ami, requestId]).toEqual([expect.any(String), expect.any(String)]);
      expect(code === undefined).toBe(outcome === 'done');
    }
    expect(JSON.stringify(landed)).not.toMatch(/onerror|日本|Gunslinger/u);
  });
});
