import { ApolloServer } from '@apollo/server';
import { describe, expect, it } from 'vitest';
import { createBeginFirst } from '../../../src/graphql/execution/begin-first.ts';
import { FirstAnswers, type FirstOutcome } from '../../../src/graphql/execution/first-answers.ts';
import type { GraphqlContext } from '../../../src/graphql/request/context.ts';

describe('what is begun before it is asked', () => {
  it('does not hold up a stop while the check of its person waits for the site', async () => {
    const outcomes: FirstOutcome[] = [];
    const firsts = new FirstAnswers({ note: async () => {}, of: async () => undefined });
    const begin = createBeginFirst({
      ...{ firsts, timeoutMs: 600_000 },
      server: new ApolloServer<GraphqlContext>({ typeDefs: 'type Query { login: String }' }),
      contextFor: () => Promise.reject(new Error('It was not admitted.')),
    });
    begin({
      ...{ session: 's1', launchId: 'l1', personId: 34 },
      ...{ text: 'query Room { login }', operationName: 'Room', variables: {} },
      admit: () => new Promise<object>(() => undefined),
      onOutcome: (outcome) => outcomes.push(outcome),
    });
    await firsts.close();
    expect(outcomes).toEqual(['begun', 'dropped']);
  });
});
