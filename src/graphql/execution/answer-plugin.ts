import type { Config } from '../../config/config.ts';
import type { Principal } from '../../identity/person/principal.ts';
import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import { type GraphQLFormattedError, OperationTypeNode } from 'graphql';
import { type LoggedCall, wavesOf } from '../../query/calls/call-log.ts';
import type { GraphqlContext } from '../request/context.ts';
import type { RecordErrors } from '../answer/error-records.ts';
import { keepMeaning } from '../answer/errors.ts';
import { toldErrors, withOutcome } from '../answer/told-errors.ts';
import { brokenValues } from '../systems/upstreams.ts';

type PlanSettings = Config['graphql']['plan'];
type Person = Pick<Principal, 'permissionRole'>;

/** Most searches that one request of this person may need. */
export const maxSearchesOf = (plan: PlanSettings, person: Person): number =>
  plan.maxSearchesByRole.get(roleOf(person)) ?? plan.maxSearches;

/** Whether answers show this person the calls behind them. */
const isPlanShownTo = (plan: PlanSettings, person: Person): boolean =>
  plan.shown || plan.shownTo.includes(roleOf(person));

/** A person with an unknown role has the default rights. */
const roleOf = ({ permissionRole }: Person): string => permissionRole?.toLowerCase() ?? '';

/** Limit the client-chosen operation name before it reaches the audit trail. */
const MAX_NAME_LENGTH = 100;

/**
 * Completes every answer: a few errors of each kind, each logged with the request's id and carrying the outcome of
 * its change; and `no-store`, so that no cache keeps it.
 *
 * @param plan decides who sees the request's calls in `extensions.plan`
 */
export function createAnswerPlugin(
  recordErrors: RecordErrors,
  plan: Config['graphql']['plan'],
): ApolloServerPlugin<GraphqlContext> {
  const listener: GraphQLRequestListener<GraphqlContext> = {
    async didResolveOperation({ operationName, operation, contextValue }) {
      contextValue.audit.operationType = operation?.operation;
      contextValue.audit.operation = contextValue.audit.listed ?? operationName?.slice(0, MAX_NAME_LENGTH);
    },
    async didEncounterErrors({ errors, contextValue, schema, document }) {
      contextValue.audit.hasErrors = true;
      if (document !== undefined) {
        for (const [error, meaning] of brokenValues(errors, schema, document)) keepMeaning(error, meaning);
      }
      recordErrors(errors, contextValue);
    },
    async willSendResponse({ response, contextValue, operation }) {
      response.http.headers.set('cache-control', 'no-store');
      const { body } = response;
      if (body.kind !== 'single') return;
      if (isPlanShownTo(plan, contextValue.principal))
        body.singleResult.extensions = { ...body.singleResult.extensions, plan: planOf(contextValue) };
      if (body.singleResult.errors === undefined) return;
      const isMutation = operation?.operation === OperationTypeNode.MUTATION;
      const { errors, leftOut } = toldErrors(body.singleResult.errors, isMutation);
      body.singleResult.errors = errors.map((error) =>
        withRequestId(withOutcome(error, contextValue.changes), contextValue.requestId),
      );
      if (leftOut > 0)
        body.singleResult.extensions = { ...body.singleResult.extensions, errorsLeftOut: leftOut };
    },
  };
  return {
    requestDidStart: async () => listener,
    async unexpectedErrorProcessingRequest({ error, requestContext }) {
      recordErrors([error], requestContext.contextValue);
    },
  };
}

const withRequestId = (error: GraphQLFormattedError, requestId: string): GraphQLFormattedError => ({
  ...error,
  extensions: { ...error.extensions, requestId },
});

/** The calls of the request. Calls of one wave ran in parallel; the number of waves is what the person waited for. */
function planOf(context: GraphqlContext): object {
  const made = [...(context.callsBefore ?? []), ...context.calls()];
  const { tool, listed } = context.audit;
  return {
    ...(tool !== undefined && { tool }),
    ...(listed !== undefined && { operation: listed }),
    waves: wavesOf(made),
    calls: made.map(roundTimes),
  };
}

const roundTimes = (call: LoggedCall): LoggedCall => ({
  ...call,
  startedMs: Math.round(call.startedMs),
  endedMs: Math.round(call.endedMs),
});
