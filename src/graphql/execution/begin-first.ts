import { type ApolloServer, type GraphQLRequest, HeaderMap } from '@apollo/server';
import { parse } from 'graphql';
import { untilAborted, withDeadline } from '../../base/deadline.ts';
import type { GraphqlContext } from '../request/context.ts';
import type { FirstAnswer, FirstAnswers, FirstOutcome, ForWhom } from './first-answers.ts';

/** A query of a session, for a launch that it has claimed. */
export interface EarlyRequest<Admitted> extends ForWhom {
  readonly text: string;
  readonly operationName: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What a request has once it has passed what it must; its refusal leaves the page to ask. */
  readonly admit: () => Promise<Admitted>;
  /** Called when it is begun, and when it is known what became of it. */
  readonly onOutcome: (outcome: FirstOutcome) => void;
}

/** The part of a request that is the same for everything that is begun early. */
export interface EarlyPart {
  readonly by: 'session';
  readonly isEarly: true;
  readonly launchId: string;
  readonly signal: AbortSignal;
}

interface BeginDeps<Admitted> {
  readonly firsts: FirstAnswers;
  readonly server: ApolloServer<GraphqlContext>;
  readonly timeoutMs: number;
  readonly contextFor: (request: Admitted & EarlyPart) => Promise<GraphqlContext>;
}

/** Begins queries before their pages ask: each is executed as any request, with a time of its own. */
export const createBeginFirst =
  <Admitted extends object>({ firsts, server, timeoutMs, contextFor }: BeginDeps<Admitted>) =>
  ({ text, operationName, variables, admit, onOutcome, ...whom }: EarlyRequest<Admitted>): void => {
    const run = (ending: AbortSignal): Promise<FirstAnswer | undefined> =>
      withDeadline(timeoutMs, ending, async (signal) => {
        const { launchId } = whom;
        const context = await contextFor({
          // What admits a request may wait for the site, and knows no signal: neither a stop nor the page waits for that.
          ...(await untilAborted(signal, admit())),
          ...{ by: 'session', isEarly: true, launchId, signal },
        });
        return answerOf(server, { query: text, operationName, variables: { ...variables } }, context);
      });
    const document = parse(text, { noLocation: true });
    firsts.begin(whom, { document, operationName, variables }, { run, onOutcome });
  };

/** It leaves by HTTP, if it is taken: then its rows are text already. */
const BY_HTTP = { method: 'POST', headers: new HeaderMap(), search: '', body: undefined };

/** Undefined for an answer with errors, which the page's own request may not meet. */
async function answerOf(
  server: ApolloServer<GraphqlContext>,
  request: GraphQLRequest,
  contextValue: GraphqlContext,
): Promise<FirstAnswer | undefined> {
  const { body } = await server.executeOperation<FirstAnswer['data']>(
    { ...request, http: BY_HTTP },
    { contextValue },
  );
  if (body.kind !== 'single') return undefined;
  const { data, errors } = body.singleResult;
  if (data == null || errors !== undefined) return undefined;
  return { data, calls: contextValue.calls(), principal: contextValue.principal };
}
