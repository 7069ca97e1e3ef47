import { type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import { OperationTypeNode } from 'graphql';
import type { GraphqlContext } from '../request/context.ts';
import type { FirstAnswers } from './first-answers.ts';

/**
 * Gives a request the answer that was begun before it asked, in place of executing it. Everything before and after
 * that is as for any request: it is parsed and validated, its values are checked, and its answer is completed.
 */
export const takesFirst = (firsts: FirstAnswers): ApolloServerPlugin<GraphqlContext> => ({
  requestDidStart: async () => ({
    async responseForOperation({ request, contextValue, operation, operationName, document }) {
      const { launchOfSession, principal, signal } = contextValue;
      // Contrary to its type there is none where a document has several and the request names none.
      const kind = operation?.operation;
      if (kind === OperationTypeNode.MUTATION) await firsts.forgetPerson(principal.person.id);
      if (kind !== OperationTypeNode.QUERY || launchOfSession === undefined || operationName === null)
        return null;
      const taken = firsts.take(
        { ...launchOfSession, principal },
        { document, operationName, variables: request.variables ?? {} },
        signal,
      );
      const answer = await taken;
      if (answer === undefined) return null;
      const { data, calls } = answer;
      contextValue.callsBefore = calls;
      return { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult: { data } } };
    },
    async willSendResponse({ operation, contextValue: { principal } }) {
      // What was begun while the person changed something may have been read before the change.
      if (operation?.operation === OperationTypeNode.MUTATION) await firsts.forgetPerson(principal.person.id);
    },
  }),
});
