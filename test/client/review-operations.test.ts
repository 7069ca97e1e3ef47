import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InMemoryCache } from '@apollo/client';
import { buildSchema, parse, print, specifiedRules, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { readOperationList } from '../../src/operations/operation-list.ts';
import { ROOT } from '../rules/source-files.ts';

const schema = buildSchema(readFileSync(join(ROOT, 'schema/schema.graphql'), 'utf8'));
const list = await readOperationList(join(ROOT, 'studio/app/operations'), 'apps.review.operations', {
  maxTokens: 5000,
  mistakesOf: (document) => validate(schema, document, specifiedRules),
});

describe('the list of the review app', () => {
  it('has the ids that its documents carry: the page sends no text', async () => {
    const made = readFileSync(join(ROOT, 'studio/app/src/gql/graphql.ts'), 'utf8');
    const ids = [...made.matchAll(/export const (\w+)Document = \{"__meta__":\{"hash":"sha256:(\w+)"\}/gu)];
    expect(Object.fromEntries(ids.map(([, name, id]) => [name, id]))).toEqual(
      Object.fromEntries(list.operations.map(({ name, id }) => [name, id])),
    );
    expect(ids.length).toBeGreaterThan(10);
  });

  it.each(list.operations.map(({ name, text }) => [name, text]))(
    '%s asks for the __typename of every object, since no cache can add it to a document that is sent by its id',
    (_, text) => {
      const document = parse(text);
      expect(print(new InMemoryCache().transformDocument(document))).toBe(print(document));
    },
  );
});
