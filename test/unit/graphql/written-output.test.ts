import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  execute,
  type GraphQLResolveInfo,
  NoUnusedFragmentsRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { NOT_WRITTEN, quoted } from '../../../src/graphql/written/leaf-text.ts';
import { compileOutput } from '../../../src/graphql/written/output.ts';
import { type Text, textOf as writtenText } from '../../../src/graphql/written/text.ts';
import { conditions, createFormsSchema, documents, rows } from '../../support/random-values.ts';

const RUNS = 1000;
const schema = createFormsSchema();
const rules = specifiedRules.filter((rule) => rule !== NoUnusedFragmentsRule);

/** What graphql-js answers, and what is written of the same values; undefined where it is left to graphql-js. */
async function bothWays(
  document: ReturnType<typeof parse>,
  variableValues: Record<string, unknown>,
  root: unknown,
) {
  let written: string | undefined;
  let text: Text | undefined;
  const [field] = ['a', 'entity', 'either', 'list'].filter((name) =>
    new RegExp(`\\{ ${name} `, 'u').test(textOf(document)),
  );
  const isList = field === 'either' || field === 'list';
  const value = isList ? [root, root] : root;
  const resolve = (_root: unknown, _args: unknown, _context: unknown, info: GraphQLResolveInfo): unknown => {
    try {
      text = compileOutput(info, () => undefined);
      const short = writtenText(text, value);
      if (typeof short === 'string') written = short;
    } catch (error) {
      if (error !== NOT_WRITTEN && !(error instanceof Error)) throw error;
    }
    return value;
  };
  const given = schema.getQueryType()?.getFields()[field ?? ''];
  if (given === undefined || field === undefined) throw new Error('no field');
  given.resolve = resolve;
  const answer = await execute({ schema, document, variableValues });
  // The same, or nothing, where it is written in slices.
  const inSlices = await text?.inSlices?.(value).catch(() => undefined);
  if (text?.inSlices !== undefined && written !== inSlices) throw new Error(`in slices: ${inSlices}`);
  return { field, written, answer };
}

const textOf = (document: ReturnType<typeof parse>): string => document.loc?.source.body ?? '';

describe('a written value', () => {
  it('has the text that graphql-js gives, or is left to graphql-js: any document, any values', async () => {
    const counts = { written: 0, left: 0, failed: 0, illegal: 0 };
    await fc.assert(
      fc.asyncProperty(documents, conditions, rows, async (text, variables, root) => {
        const document = parse(text);
        if (validate(schema, document, rules).length > 0) {
          counts.illegal += 1;
          return;
        }
        const { field, written, answer } = await bothWays(document, variables, root);
        if (written === undefined) {
          counts.left += 1;
          return;
        }
        counts.written += 1;
        expect(answer.errors).toBeUndefined();
        expect(`{"${field}":${written}}`).toBe(JSON.stringify(answer.data));
      }),
      { numRuns: RUNS },
    );
    expect(counts.written).toBeGreaterThan(RUNS / 5);
    expect(counts.left).toBeGreaterThan(0);
  });

  it('quotes any text as JSON does', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 100 }), fc.string({ maxLength: 100 }));
    fc.assert(
      fc.property(texts, (text) => {
        expect(quoted(text)).toBe(JSON.stringify(text));
      }),
      { numRuns: 5000 },
    );
    for (let code = 0; code < 2 ** 16; code += 1) {
      const letter = String.fromCharCode(code);
      const long = letter.padStart(60, 'a');
      if (quoted(letter) !== JSON.stringify(letter) || quoted(long) !== JSON.stringify(long))
        throw new Error(`wrong: ${code}`);
    }
  });
});
