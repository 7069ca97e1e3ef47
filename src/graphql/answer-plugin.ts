import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import type { Logger } from '../base/logger.ts';
import type { LoggedCall } from '../query/call-log.ts';
import type { GraphqlContext } from './context.ts';
import { appErrorOf } from './errors.ts';

/** A page of rows that all fail the same way is told enough by a few of them (F8). */
const MAX_ERRORS = 10;

/**
 * What every answer has, whatever it says: at most a few errors, each with the request's id, and no cache that keeps
 * it. What nobody expected is logged here, under the same id.
 *
 * @param showsPlan whether `extensions.plan` tells the calls that were made
 */
export function createAnswerPlugin(logger: Logger, showsPlan: boolean): ApolloServerPlugin<GraphqlContext> {
  const logUnexpected = createErrorLog(logger);
  const listener: GraphQLRequestListener<GraphqlContext> = {
    async didEncounterErrors({ errors, contextValue }) {
      for (const error of errors.slice(0, MAX_ERRORS)) {
        // What Apollo says of a document has a code and no path, and is the client's doing.
        const isOfDocument = error.path === undefined && error.extensions['code'] !== undefined;
        if (!isOfDocument) logUnexpected(error, contextValue.requestId);
      }
    },
    async willSendResponse({ response, contextValue }) {
      response.http.headers.set('cache-control', 'no-store');
      const { body } = response;
      if (body.kind !== 'single') return;
      if (showsPlan)
        body.singleResult.extensions = { ...body.singleResult.extensions, plan: planOf(contextValue) };
      if (body.singleResult.errors === undefined) return;
      body.singleResult.errors = body.singleResult.errors
        .slice(0, MAX_ERRORS)
        .map((error) => withRequestId(error, contextValue.requestId));
    },
  };
  return {
    requestDidStart: async () => listener,
    async unexpectedErrorProcessingRequest({ error, requestContext }) {
      logUnexpected(error, requestContext.contextValue.requestId);
    },
  };
}

/** Logs what nobody expected, under the request's id. */
export const createErrorLog =
  (logger: Logger) =>
  (error: unknown, requestId?: string): void => {
    const appError = appErrorOf(error);
    if (appError.code !== 'INTERNAL') return;
    logger.error('graphql.error', { error: appError, ...(requestId === undefined ? {} : { requestId }) });
  };

const withRequestId = (error: GraphQLFormattedError, requestId: string): GraphQLFormattedError => ({
  ...error,
  extensions: { ...error.extensions, requestId },
});

/** The calls of the request: those of one wave went side by side, and the waves are what the person waited for. */
function planOf(context: GraphqlContext): object {
  const made = context.calls();
  return { waves: Math.max(0, ...made.map(({ wave }) => wave)), calls: made.map(roundTimes) };
}

const roundTimes = (call: LoggedCall): LoggedCall => ({
  ...call,
  startedMs: Math.round(call.startedMs),
  endedMs: Math.round(call.endedMs),
});
