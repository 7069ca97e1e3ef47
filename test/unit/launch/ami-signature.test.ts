import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { parseAmiBody } from '../../../src/launch/ami-body.ts';
import { signAmiFields, verifyAmiSignature } from '../../../src/launch/ami-signature.ts';
import { AMI_SECRET, type AmiFields, baseFields, bodyOf, signatureFor, signed } from '../../support/ami.ts';

const INVALID_UTF8 = Buffer.from([0xff, 0xfe]);

const sortedByLine = { sort_columns: 'code,created_at', a1: 'x', a: 'y' };

/** Menu item posts and what they are signed with when the secret is `test_key`. */
const VECTORS: readonly (readonly [name: string, fields: AmiFields, signature: string])[] = [
  ['V1, a plain post', baseFields(), '446d97db0d9edd39f354ff893bf4cd416e4d531f'],
  [
    'V2, text of many scripts',
    baseFields({ title: 'Séquence 01 – “été” 日本 🎬' }),
    '11bd81bdddc549e6588f4d325d891603d5da547b',
  ],
  [
    'V3, characters of the form encoding',
    baseFields({ title: 'a+b & c=d %41' }),
    'c6bbdd7690ae2164ac838f4381150f884cda08a6',
  ],
  ['V4, a blank field', baseFields({ project_name: '' }), '723fbc1c1db5ad300da88bb839e91b64e069bfe5'],
  ['V5, whole lines sorted', baseFields(sortedByLine), '6aae19a903148de6936ce6971612eb72ead6bd2d'],
  [
    'V6, bytes that are no UTF-8',
    baseFields({ title: INVALID_UTF8 }),
    'edacf6bbd69519b4bce70e60b872239b501ea8fa',
  ],
  ['V7, a line break', baseFields({ title: 'A\r\nB' }), 'bdb50af765dbaab754626a6de3b087549b621c50'],
  [
    'V8, a field that swallowed another',
    baseFields({ user_login: undefined, user_id: '34\r\nuser_login=joe' }),
    '446d97db0d9edd39f354ff893bf4cd416e4d531f',
  ],
  [
    'V10, a title that holds other fields',
    baseFields({ title: 'x\r\nuser_id=1\r\nuser_login=admin\r\nzzz=' }),
    'ca33811ff59a31ef378fe93ce01a43338ee90928',
  ],
  [
    'V10, the same text cut into other fields',
    baseFields({
      title: 'x',
      user_id: '1',
      user_login: 'admin',
      zzz: '\r\nuser_id=34\r\nuser_login=joe',
    }),
    'ca33811ff59a31ef378fe93ce01a43338ee90928',
  ],
];

/** Which secret a post is taken for, after its way through the form encoding. */
function verified(fields: AmiFields, secrets: readonly string[] = [AMI_SECRET]): number | undefined {
  return verifyAmiSignature(parseAmiBody(bodyOf(fields)), secrets);
}

const withSignature = (fields: AmiFields, signature: string): AmiFields => [
  ...fields,
  ['signature', signature],
];

describe('The signature of a menu item post', () => {
  it.each(VECTORS)('is known for %s', (_, fields, signature) => {
    expect(signatureFor(fields)).toBe(signature);
    expect(verified(withSignature(fields, signature))).toBe(0);
  });

  it.each(VECTORS)('is the same in whatever order the fields come: %s', (_, fields, signature) => {
    expect(verified([['signature', signature], ...fields.toReversed()])).toBe(0);
  });

  it.each(VECTORS.filter(([, fields]) => fields.every(([, value]) => typeof value === 'string')))(
    'is made as it is verified: %s',
    (_, fields, signature) => {
      const texts = fields.map(([name, value]) => [name, value.toString()] as const);
      expect(signAmiFields(texts, AMI_SECRET)).toBe(signature);
      expect(signAmiFields([...texts, ['signature', 'anything']], AMI_SECRET)).toBe(signature);
    },
  );

  it('V5x, made over fields that were sorted by their names only, is refused (A21)', () => {
    const signature = '0be1209bc4e33f19ee262032237905752366e467';
    expect(verified(withSignature(baseFields(sortedByLine), signature))).toBeUndefined();
  });

  it('V6x, made over text that was decoded with losses, is refused', () => {
    const signature = 'a31f640e19831ba24f226ea57ea25630922ef63e';
    expect(signatureFor(baseFields({ title: INVALID_UTF8.toString() }))).toBe(signature);
    expect(verified(withSignature(baseFields({ title: INVALID_UTF8 }), signature))).toBeUndefined();
  });

  it('may be made with the blank fields or without them', () => {
    const blank = baseFields({ project_name: '', title: '', view: '' });
    const filled = blank.filter(([, value]) => value !== '');
    expect(verified(signed(blank))).toBe(0);
    expect(verified(withSignature(blank, signatureFor(filled)))).toBe(0);
  });

  it('is wrong if only some of the blank fields are signed', () => {
    const blank = baseFields({ project_name: '', title: '' });
    const some = blank.filter(([name]) => name !== 'title');
    expect(verified(withSignature(blank, signatureFor(some)))).toBeUndefined();
  });

  it('shows which of several secrets it was made with', () => {
    const secrets = ['the newest secret', 'the secret before', AMI_SECRET];
    secrets.forEach((secret, index) => expect(verified(signed(baseFields(), secret), secrets)).toBe(index));
    expect(verified(signed(baseFields(), 'a removed secret'), secrets)).toBeUndefined();
    expect(verified(signed(baseFields()), [])).toBeUndefined();
  });

  it('is refused if it is missing, empty, cut, longer, in capitals or padded', () => {
    const fields = baseFields();
    const right = signatureFor(fields);
    expect(verified(fields)).toBeUndefined();
    const wrong = ['', right.slice(0, -1), right.slice(1), `${right}0`, right.toUpperCase(), ` ${right}`];
    for (const signature of [...wrong, `${right}\0`, right.repeat(2)]) {
      expect(verified(withSignature(fields, signature))).toBeUndefined();
    }
  });

  it('is refused if any field is left out or added', () => {
    const post = signed(baseFields());
    post.forEach((_, index) => expect(verified(post.toSpliced(index, 1))).toBeUndefined());
    expect(verified([...post, ['extra', 'field']])).toBeUndefined();
    expect(verified([...post, ['Signature', 'x']])).toBeUndefined();
  });
});

describe('A forger who changes one byte', () => {
  const posts = VECTORS.map(([, fields]) => signed(fields));

  /** A post, one of its fields, a place in the value, and what the byte there is changed by. */
  const change = fc
    .constantFrom(...posts)
    .chain((post) => fc.tuple(fc.constant(post), fc.nat(post.length - 1)))
    .filter(([post, field]) => Buffer.from(post[field]![1]).length > 0)
    .chain(([post, field]) =>
      fc.record({
        post: fc.constant(post),
        field: fc.constant(field),
        index: fc.nat(Buffer.from(post[field]![1]).length - 1),
        flip: fc.integer({ min: 1, max: 255 }),
      }),
    );

  it('of any value or of the signature is refused', () => {
    fc.assert(
      fc.property(change, ({ post, field, index, flip }) => {
        const [name, value] = post[field]!;
        const bytes = Buffer.from(value);
        bytes[index] = bytes[index]! ^ flip;
        expect(verified(post)).toBe(0);
        expect(verified(post.with(field, [name, bytes]))).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it('of the signature is refused at every place', () => {
    const right = signatureFor(baseFields());
    for (let index = 0; index < right.length; index += 1) {
      const other = right[index] === '0' ? '1' : '0';
      const forged = right.slice(0, index) + other + right.slice(index + 1);
      expect(verified(withSignature(baseFields(), forged))).toBeUndefined();
    }
  });
});

describe('The form encoding', () => {
  it.each(['a=%zz', 'a=100%', 'a=%4', 'a%=1', 'a=%%41', 'a=%4 1'])(
    'refuses a percent sign that begins no escape: %s',
    (body) => {
      expect(() => parseAmiBody(Buffer.from(body))).toThrow(
        expect.objectContaining({ code: 'AMI_ENCODING' }),
      );
    },
  );

  it('reads pluses, escapes in both cases and empty parts as browsers do', () => {
    const fields = parseAmiBody(Buffer.from('a=x+y&b=%c3%A9&c=100%25&&e&=f&g=h=i'));
    expect(fields.map(({ name, value }) => [name.toString(), value.toString()])).toEqual([
      ['a', 'x y'],
      ['b', 'é'],
      ['c', '100%'],
      ['e', ''],
      ['', 'f'],
      ['g', 'h=i'],
    ]);
  });

  it('returns any bytes that were sent', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 });
    const value = fc.uint8Array().map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 20 }), (fields) => {
        const parsed = parseAmiBody(bodyOf(fields));
        expect(parsed.map((field) => [field.name.toString('utf8'), field.value.toString('hex')])).toEqual(
          fields.map(([fieldName, bytes]) => [fieldName, bytes.toString('hex')]),
        );
      }),
    );
  });
});
