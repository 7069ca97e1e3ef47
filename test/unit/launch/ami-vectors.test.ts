import { describe, expect, it } from 'vitest';
import { parseAmiBody } from '../../../src/launch/ami-body.ts';
import { signAmiFields, verifyAmiSignature } from '../../../src/launch/ami-signature.ts';

/** Published vectors of the menu item signature, computed by two other implementations (secret `test_key`). */
const SECRET = 'test_key';
const BASE: Readonly<Record<string, string>> = {
  user_id: '34',
  user_login: 'joe',
  entity_type: 'Version',
  selected_ids: '931,900',
  ids: '931,900,904',
  title: 'All Versions',
  page_id: '1353',
  server_hostname: 'studio.example.com',
  session_uuid: 'd8592bd6-fc41-11e1-b2c5-000c297a5f50',
  cols: 'code,sg_status_list',
  column_display_names: 'Version,Status',
  sort_column: 'code',
  sort_direction: 'asc',
  project_id: '81',
  project_name: 'Gunslinger',
  timestamp: '2026-01-15T12:00:00Z',
};
const V1 = '446d97db0d9edd39f354ff893bf4cd416e4d531f';
const V10 = 'ca33811ff59a31ef378fe93ce01a43338ee90928';

const sign = (fields: Readonly<Record<string, string>>): string =>
  signAmiFields(Object.entries(fields), SECRET);
const verify = (body: string): number | undefined =>
  verifyAmiSignature(parseAmiBody(Buffer.from(body, 'latin1')), ['another-secret', SECRET]);
const bodyOf = (fields: Readonly<Record<string, string>>, signature: string): string =>
  new URLSearchParams({ ...fields, signature }).toString();

describe('the signature of a menu item', () => {
  it.each([
    ['V1', {}, V1],
    ['V2, Unicode', { title: 'Séquence 01 – “été” 日本 🎬' }, '11bd81bdddc549e6588f4d325d891603d5da547b'],
    [
      'V3, characters of the encoding',
      { title: 'a+b & c=d %41' },
      'c6bbdd7690ae2164ac838f4381150f884cda08a6',
    ],
    ['V4, an empty value', { project_name: '' }, '723fbc1c1db5ad300da88bb839e91b64e069bfe5'],
    [
      'V5, lines sorted whole',
      { sort_columns: 'code,created_at', a1: 'x', a: 'y' },
      '6aae19a903148de6936ce6971612eb72ead6bd2d',
    ],
    ['V7, a value with a line break', { title: 'A\r\nB' }, 'bdb50af765dbaab754626a6de3b087549b621c50'],
  ])('%s', (_, changes, expected) => {
    const fields = { ...BASE, ...changes };
    expect(sign(fields)).toBe(expected);
    expect(verify(bodyOf(fields, expected))).toBe(1);
  });

  it('V5x, sorted by name only, is refused', () => {
    const fields = { ...BASE, sort_columns: 'code,created_at', a1: 'x', a: 'y' };
    expect(verify(bodyOf(fields, '0be1209bc4e33f19ee262032237905752366e467'))).toBeUndefined();
  });

  it('V6 is over bytes, text or not; V6x, signed after lossy decoding, is refused', () => {
    const { title: _, ...fields } = BASE;
    const body = (signature: string): string => `${bodyOf(fields, signature)}&title=%FF%FE`;
    expect(verify(body('edacf6bbd69519b4bce70e60b872239b501ea8fa'))).toBe(1);
    expect(verify(body('a31f640e19831ba24f226ea57ea25630922ef63e'))).toBeUndefined();
  });

  it('V8 and V10 show that it binds no field boundaries: they verify, so values are checked afterwards', () => {
    const { user_login: _, ...swallowed }: Record<string, string> = {
      ...BASE,
      user_id: '34\r\nuser_login=joe',
    };
    expect(sign(swallowed)).toBe(V1);
    const open = { ...BASE, title: 'x\r\nuser_id=1\r\nuser_login=admin\r\nzzz=' };
    expect(sign(open)).toBe(V10);
    const recut = {
      ...BASE,
      title: 'x',
      user_id: '1',
      user_login: 'admin',
      zzz: '\r\nuser_id=34\r\nuser_login=joe',
    };
    expect(sign(recut)).toBe(V10);
  });

  it('is refused if it is missing, empty, longer, in capitals, or of another secret', () => {
    for (const signature of ['', `${V1}0`, V1.toUpperCase(), V1.replace('4', '5')]) {
      expect(verify(bodyOf(BASE, signature))).toBeUndefined();
    }
    expect(verify(new URLSearchParams(BASE).toString())).toBeUndefined();
    expect(verifyAmiSignature(parseAmiBody(Buffer.from(bodyOf(BASE, V1))), ['another'])).toBeUndefined();
  });

  it('is accepted with or without blank fields, since it is unknown which of them ShotGrid signs', () => {
    const signature = sign(BASE);
    expect(verify(bodyOf({ ...BASE, view: '' }, signature))).toBe(1);
    expect(verify(bodyOf({ ...BASE, view: '' }, sign({ ...BASE, view: '' })))).toBe(1);
  });
});
