import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import { OperationTypeNode } from 'graphql';
import type { Audit } from '../observe/audit.ts';
import { accessEntry, isRefusal } from './audit-work.ts';
import type { GraphqlContext } from './context.ts';
import { appErrorOf } from './errors.ts';

/** The name is the client's choice, and no place to write a novel into the trail. */
const MAX_NAME_LENGTH = 100;

/** Names the operation for the records of its changes, and records whom it was refused to. */
export function createAuditPlugin(audit: Pick<Audit, 'record'>): ApolloServerPlugin<GraphqlContext> {
  const listener: GraphQLRequestListener<GraphqlContext> = {
    async didResolveOperation({ operationName, contextValue }) {
      contextValue.audit.operation = operationName?.slice(0, MAX_NAME_LENGTH);
    },
    async didEncounterErrors({ errors, contextValue, operation }) {
      // Changes have records of their own.
      if (operation?.operation === OperationTypeNode.MUTATION) return;
      const codes = new Set<string>();
      for (const error of errors.map(appErrorOf)) {
        if (!isRefusal(error.code) || codes.has(error.code)) continue;
        codes.add(error.code);
        audit.record(accessEntry(contextValue.audit, error));
      }
    },
  };
  return { requestDidStart: async () => listener };
}
