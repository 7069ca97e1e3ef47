import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOW_MS, openEveryTypeSite, type OpenSite, type SiteAnswer } from '../support/every-type-site.ts';

const LINK_CLASSES =
  '[Hash, ActiveSupport::HashWithIndifferentAccess, ActionDispatch::Http::Parameters, ActionDispatch::Http::ParamsHashWithIndifferentAccess, NilClass]';
const MAX = 2_147_483_647;
const PNG = 'https://files.example/a.png';

/** What each data type takes, keeps, gives and refuses (API 5.3). Bodies are written as text: 1.0 is not 1. */
describe('a field of each data type', () => {
  let site: OpenSite;
  beforeAll(async () => {
    const rows = {
      Thing: [
        {
          id: 1,
          image: PNG,
          filmstrip_image: PNG,
          uid: '7c1e04a2-0000-4000-8000-000000000001',
          secret: 'hidden',
        },
        { id: 2 },
      ],
      Part: [{ id: 1, code: 'Bolt' }],
      Maker: [{ id: 1, code: 'Ada' }],
    };
    site = await openEveryTypeSite(rows, { nowMs: NOW_MS });
  });
  afterAll(() => site.close());

  const put = (field: string, json: string): Promise<SiteAnswer> =>
    site.call('PUT', '/entity/things/2', `{"${field}":${json}}`);
  const create = (field: string, json: string): Promise<SiteAnswer> =>
    site.call('POST', '/entity/things', `{"${field}":${json}}`);
  const read = async (field: string, id = 2): Promise<unknown> => {
    const { data } = (await site.call('GET', `/entity/things/${id}?fields=${field}`)).body;
    return field in data.attributes ? data.attributes[field] : data.relationships[field].data;
  };

  it.each([
    ['text', 'code', '"  two words\\nand <b>ü</b>  "', 'two words\nand <b>ü</b>'],
    ['text of spaces', 'code', '"  "', null],
    ['empty text', 'code', '""', null],
    ['number', 'amount', '7', 7],
    ['number as text', 'amount', '"-42"', -42],
    ['greatest number', 'amount', String(MAX), MAX],
    ['least number', 'amount', String(-MAX - 1), -MAX - 1],
    ['no number', 'amount', 'null', null],
    ['float', 'ratio', '12.5', '12.5'],
    ['whole float', 'ratio', '25.0', '25.0'],
    ['float with an exponent', 'ratio', '2e1', '20.0'],
    ['float as text', 'ratio', '"25"', '25.0'],
    ['float of many decimals', 'ratio', '0.12345678', '0.123457'],
    ['tiny float', 'ratio', '-0.0000000001', '0.0'],
    ['percent below 0', 'done', '-1', -1],
    ['percent above 100', 'done', '1000', 1000],
    ['duration', 'effort', '480', 480],
    ['duration as text', 'effort', '"90"', 90],
    ['duration with decimals', 'effort', '-61.9', -61],
    ['duration as a whole float', 'effort', '61.0', 61],
    ['timecode', 'tc', '90000', 90_000],
    ['checkbox', 'open', 'true', true],
    ['checkbox as text', 'open', '"false"', false],
    ['list', 'kind', '"Full CG"', 'Full CG'],
    ['empty list value', 'kind', '""', null],
    ['status', 'sg_status_list', '"ip"', 'ip'],
    ['hidden status', 'sg_status_list', '"fin"', 'fin'],
    ['no status', 'sg_status_list', '""', null],
    ['date', 'day', '"2028-02-29"', '2028-02-29'],
    ['empty date', 'day', '""', null],
    ['time with a zone', 'moment', '"2026-09-15T01:30:00.999+02:00"', '2026-09-14T23:30:00Z'],
    ['time without a zone', 'moment', '"2026-09-15T01:30:00"', '2026-09-15T01:30:00Z'],
    ['time that is a day', 'moment', '"2026-09-15"', '2026-09-15T00:00:00Z'],
    ['no time', 'moment', 'null', null],
    ['link', 'owner', '{"type":"Maker","id":1}', { id: 1, name: 'Ada', type: 'Maker' }],
    ['no link', 'owner', 'null', null],
    [
      'list of links, each once',
      'parts',
      '[{"type":"Part","id":1},{"type":"Part","id":1}]',
      [{ id: 1, name: 'Bolt', type: 'Part' }],
    ],
    ['no links', 'parts', '[]', []],
    ['type that is here', 'about', '"Maker"', 'Maker'],
    ['type that is not enabled', 'about', '"CustomEntity19"', 'CustomEntity19'],
    ['no type', 'about', '""', null],
    ['colour', 'tint', '"253,94,99"', '253,94,99'],
    [
      'JSON document, keys by length and bytes',
      'doc',
      '{"bb":1,"a":{"zz":1,"b":2.0},"B":[]}',
      { B: [], a: { b: 2, zz: 1 }, bb: 1 },
    ],
    ['serialized document', 'blob', '{"zz":1,"a":[2.0]}', { zz: 1, a: [2] }],
  ])('accepts and returns: %s', async (_, field, sent, expected) => {
    const { status, body } = await put(field, sent);
    expect({ status, errors: body.errors }).toEqual({ status: 200 });
    const got = await read(field);
    expect(JSON.stringify(got)).toBe(JSON.stringify(expected));
  });

  const classes = (place: string, list: string, got: string) =>
    `API update() ${place} expected ${list} data type(s) but got ${got}`;

  it.each([
    ['code', '5', classes('Thing.code', '[String, NilClass]', 'Integer: 5')],
    ['code', '["x"]', classes('Thing.code', '[String, NilClass]', 'Array: ["x"]')],
    ['amount', '2.5', classes('Thing.amount', '[String, Integer, NilClass]', 'Float: 2.5')],
    ['amount', '2.0', classes('Thing.amount', '[String, Integer, NilClass]', 'Float: 2.0')],
    ['amount', 'true', classes('Thing.amount', '[String, Integer, NilClass]', 'TrueClass: true')],
    ['amount', '"42abc"', "Invalid data for 'number' data type"],
    ['amount', '""', "Invalid data for 'number' data type"],
    ['ratio', '1', classes('Thing.ratio', '[String, Float, NilClass]', 'Integer: 1')],
    ['ratio', '""', "Invalid data for 'float' data type"],
    ['ratio', '"0x10"', "Invalid data for 'float' data type"],
    ['done', '"50"', classes('Thing.done', '[Integer, NilClass]', 'String: 50')],
    ['done', '50.0', classes('Thing.done', '[Integer, NilClass]', 'Float: 50.0')],
    ['effort', '"2:30"', "Invalid data for 'duration' data type"],
    ['effort', '"1h"', "Invalid data for 'duration' data type"],
    ['tc', '"1500"', classes('Thing.tc', '[Integer, NilClass]', 'String: 1500')],
    ['tc', '1.5', classes('Thing.tc', '[Integer, NilClass]', 'Float: 1.5')],
    ['open', 'null', classes('Thing.open', '[TrueClass, FalseClass, String]', 'NilClass: nil')],
    ['open', '1', classes('Thing.open', '[TrueClass, FalseClass, String]', 'Integer: 1')],
    ['open', '"1"', "Invalid data for 'checkbox' data type"],
    [
      'kind',
      '"prop"',
      "Update failed for [Thing.kind]: 'prop' is not a valid list value. Valid list values: 'Prop', 'Character', 'Full CG'.",
    ],
    [
      'sg_status_list',
      '"In Progress"',
      "Update failed for [Thing.sg_status_list]: 'In Progress' is not a valid status. Valid statuses: 'wtg', 'ip', 'fin'.",
    ],
    ['day', '"2026-02-30"', 'Invalid date format: 2026-02-30. Correct format is: 2011-01-21'],
    ['day', '"15.9.2026"', 'Invalid date format: 15.9.2026.'],
    ['moment', '""', 'Invalid date time format: . Correct format is 2011-01-21T13:26:09Z (UTC), '],
    ['moment', '"2026-09-04 03:51:48 UTC"', 'Invalid date time format: 2026-09-04 03:51:48 UTC.'],
    ['moment', '"2026-02-30T00:00:00Z"', 'Invalid date time format: 2026-02-30T00:00:00Z.'],
    ['moment', '1789000000', classes('Thing.moment', '[String, NilClass]', 'Integer: 1789000000')],
    ['owner', '1', classes('Thing.owner', LINK_CLASSES, 'Integer: 1')],
    ['owner', '""', classes('Thing.owner', LINK_CLASSES, 'String: ')],
    ['owner', '[]', classes('Thing.owner', LINK_CLASSES, 'Array: []')],
    [
      'owner',
      '{}',
      `API update() invalid/missing entity hash string 'type': {} Valid entity types: ["Maker"]`,
    ],
    [
      'owner',
      '{"id":1}',
      `API update() invalid/missing entity hash string 'type': {"id" => 1} Valid entity types: ["Maker"]`,
    ],
    [
      'owner',
      '{"type":"Maker","id":1.0}',
      `API update() invalid/missing entity hash integer 'id': {"type" => "Maker", "id" => 1.0}`,
    ],
    ['owner', '{"type":"Maker","id":99}', 'Update failed for [Thing.owner]: Value is not legal.'],
    ['parts', 'null', 'API update() Thing.parts expected [Array, Hash] data type(s) but got NilClass: nil'],
    ['parts', '""', 'API update() Thing.parts expected [Array, Hash]'],
    ['parts', '0', 'API update() Thing.parts expected [Array, Hash]'],
    ['parts', '[{"type":"Maker","id":1}]', 'Update failed for [Thing.parts]: Value is not legal.'],
    ['parts', '[7]', 'API update() invalid/missing entity hash: 7'],
    ['about', '"things"', 'Update failed for [Thing.about]: Value is not legal.'],
    ['about', '{"type":"Thing"}', classes('Thing.about', '[String, NilClass]', 'Hash: ')],
    ['image', `"${PNG}"`, classes('Thing.image', '[NilClass]', 'String: ')],
    ['image', '{"type":"Attachment","id":1}', 'not yet supported in API'],
    ['file', `"${PNG}"`, classes('Thing.file', LINK_CLASSES, 'String: ')],
    ['file', '{}', 'Update failed for [Thing.file]: Value is not legal.'],
    ['tint', '"#ff0000"', 'Update failed for [Thing.tint]: Value is not legal.'],
    ['tint', '"1, 2, 3"', 'Update failed for [Thing.tint]: Value is not legal.'],
    ['tint', '"256,0,0"', 'Update failed for [Thing.tint]: Value is not legal.'],
    ['doc', '"text"', 'API update() Thing.doc expected '],
    ['blob', '5', 'API update() Thing.blob expected '],
    ['uid', '"7c1e04a2-0000-4000-8000-000000000002"', 'API update() Thing.uid is read only.'],
    ['total', '1', 'API update() Thing.total is read only.'],
    ['calc', '1', 'API update() Thing.calc is read only.'],
    ['step_0', 'null', 'API update() Thing.step_0 is read only.'],
    ['nope', '1', "API update() Thing.nope doesn't exist."],
  ])('refuses %s: %s', async (field, sent, title) => {
    const before = field === 'nope' ? undefined : await read(field);
    const { status, body } = await put(field, sent);
    expect(status).toBe(400);
    expect(body.errors[0].title).toContain(title);
    expect(body.errors[0].code).toBe(title.startsWith('Update failed') ? 104 : 103);
    if (field !== 'nope') expect(await read(field)).toEqual(before);
  });

  it.each([
    ['update', `Update failed for [Thing.amount]: Invalid statement.`],
    ['create', 'Create failed for [Thing]: PG::NumericValueOutOfRange: ERROR:  integer out of range\n'],
  ])('a number beyond 32 bits is told by the %s in its own way (2.9)', async (verb, title) => {
    for (const beyond of [MAX + 1, -MAX - 2]) {
      const { status, body } = await (verb === 'update' ? put : create)('amount', String(beyond));
      expect([status, body.errors[0].code, body.errors[0].title]).toEqual([400, 104, title]);
      expect(body.errors[0].meta === null).toBe(verb === 'update');
    }
  });

  it.each([
    [
      'kind',
      '"prop"',
      "'prop' is not a valid list value. Valid list values: 'Prop', 'Character', 'Full CG'.",
    ],
    ['owner', '{"type":"Maker","id":99}', 'Value is not legal.'],
  ])('a create wraps what an update says of %s: %s (2.9)', async (field, sent, message) => {
    const { status, body } = await create(field, sent);
    const [{ code, title, meta }] = body.errors;
    expect([status, code]).toEqual([400, 104]);
    expect(title).toBe(
      `Invalid field value, update failed [5 - Update failed for [Thing.${field}]: ${message}]`,
    );
    expect(meta.crud_error_uuid).toMatch(/^[0-9a-f-]{36}$/u);
  });

  it('is never null where it is a checkbox, never read where it is a password or a pivot column', async () => {
    expect([await read('open', 1), await read('secret', 1), await read('step_0', 1)]).toEqual([
      false,
      '*******',
      null,
    ]);
  });

  it('loses its film strip with its image, and takes a link to the web as a file of its own', async () => {
    expect((await site.call('PUT', '/entity/things/1', { image: null })).status).toBe(200);
    expect([await read('image', 1), await read('filmstrip_image', 1)]).toEqual([null, null]);
    await put('file', '{"url":"https://example.com/a.mov","name":"a.mov"}');
    expect(await read('file')).toMatchObject({
      url: 'https://example.com/a.mov',
      link_type: 'web',
      type: 'Attachment',
    });
    const { id } = (await read('file')) as { id: number };
    const { status, body } = await site.call('PUT', `/entity/attachments/${id}`, { this_file: null });
    expect([status, body.errors[0].title]).toEqual([
      400,
      'API update() Attachment.this_file is editable on create only.',
    ]);
  });

  it('is distinguished from an invalid body', async () => {
    const bodies = ['[1]', '"x"', 'null', '7.0', '{"code":', ''];
    const titles = [];
    for (const text of bodies) {
      const { status, body } = await site.call('PUT', '/entity/things/2', text);
      expect(status).toBe(400);
      titles.push(body.errors[0].title);
    }
    const expected = (name: string) => `Invalid JSON body. Expected Hash but received ${name}.`;
    expect(titles).toEqual([
      ...['Array', 'String', 'NilClass', 'Float'].map(expected),
      'Invalid JSON body',
      expected('NilClass'),
    ]);
  });
});
