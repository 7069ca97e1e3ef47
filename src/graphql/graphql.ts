import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import { AppError, toAppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/config.ts';
import type { Named } from '../operations/operations.ts';
import type { Principal } from '../identity/person/principal.ts';
import { launchMark, type Launch } from '../launch/launch.ts';
import type { Launches } from '../launch/launches.ts';
import type { Audit } from '../observe/audit.ts';
import type { Uploads } from '../upload/upload-port.ts';
import type { SystemParts } from '../systems/load-system-parts.ts';
import type { SystemCalls, SystemRequest } from '../systems/systems.ts';
import { type SiteSpent, type SystemsSpent, wavesOf } from '../query/calls/call-log.ts';
import type { Work, WorkOptions } from '../query/work.ts';
import { type AuditScope, changeEntry, systemChangeEntry, systemOutcome } from './request/audit-work.ts';
import { createAnswerPlugin, maxSearchesOf } from './execution/answer-plugin.ts';
import type { BuildOptions } from './build-schema.ts';
import type { GraphqlContext, WorkFor } from './request/context.ts';
import { ContextWork } from './request/context-work.ts';
import { createErrorRecords, type RecordErrors, silentLogger } from './answer/error-records.ts';
import { createErrorFormat, refusal } from './answer/errors.ts';
import { createBeginFirst, type EarlyPart, type EarlyRequest } from './execution/begin-first.ts';
import { FirstAnswers, type PersonChanges } from './execution/first-answers.ts';
import { takesFirst } from './execution/first-plugin.ts';
import { createGivenValuesCheck } from './execution/given-values.ts';
import { documentLimits, MAX_RECURSIVE_SELECTIONS } from './execution/limits.ts';
import { answerText, writtenAnswers } from './written/written-fields.ts';
import { wholeSchema } from './whole-schema.ts';

/** The parts of the endpoint. `workFor` creates the readers and writers of each request. */
export interface GraphqlDeps extends Pick<BuildOptions, 'exposed' | 'siteUrl'> {
  /** Of this server, for links to its pages. */
  readonly publicUrl: string;
  readonly workFor: WorkFor;
  readonly settings: Config['graphql'];
  readonly environment: Config['environment'];
  readonly launches: Pick<Launches, 'read'>;
  readonly uploads: Uploads;
  readonly logger: Logger;
  readonly audit: Pick<Audit, 'record'>;
  readonly onError?: (error: AppError, requestId: string) => void;
  /** Given where something is begun before its page asks. */
  readonly changes?: PersonChanges | undefined;
  readonly parts: SystemParts;
  /** The schema of these parts, where it was built already. */
  readonly schema?: GraphQLSchema;
  systemsFor(request: SystemRequest): SystemCalls;
}

/** The data of a request from the HTTP layer. */
export interface GraphqlRequest extends Pick<WorkOptions, 'spend'> {
  readonly principal: Principal;
  /** Value of the header `x-shotgraph-launch`. */
  readonly launchId: string | undefined;
  readonly by: 'session' | 'bearer';
  /** It is begun before its page asks, and takes no answer that was. */
  readonly isEarly?: boolean;
  /** The tool that asks, and its operation, as its list names it. */
  readonly named?: Pick<Named, 'tool' | 'operation' | 'rule'> | undefined;
  /** The person's credentials for other systems. */
  readonly credentials: RequestCredentials;
  readonly requestId: string;
  /** Aborts when the client has gone, or when the request's time is over. */
  readonly signal: AbortSignal;
  /** Called when ShotGrid no longer lets us act for the person: the session or token must end. */
  onPersonGone?(): void;
  /** Receives a function that describes the request's work so far. */
  onBegun?(describe: () => RequestWork): void;
}

/** The work of one request so far, for its line in the log. */
export interface RequestWork extends SiteSpent, SystemsSpent {
  /** Name of the operation, or its type if it has no name. */
  readonly operation?: string;
  /** The tool that asked. */
  readonly tool?: string;
  /** The name on the list of the tool, or `unknown`. */
  readonly listed: string | undefined;
  readonly hasErrors: boolean;
  readonly way: Principal['acting']['way'];
  readonly waves: number;
}

/** A query of a session, for a launch that it has claimed. */
export type FirstRequest = EarlyRequest<Omit<GraphqlRequest, keyof EarlyPart>>;

/** Credentials of the signed-in person, for other systems; `key` is that of the session or of the bearer token. */
export interface RequestCredentials {
  readonly key: string;
  /** The person's own access token at the identity provider. */
  accessToken(): Promise<string>;
}

/** The running endpoint. */
export interface GraphqlPart {
  readonly server: ApolloServer<GraphqlContext>;
  /** The schema that the server executes documents against. */
  readonly schema: GraphQLSchema;
  /** The context of a request. A launch that is over, or not the person's, refuses mutations and nothing else. */
  contextFor(request: GraphqlRequest): Promise<GraphqlContext>;
  /**
   * Begins a query before its page asks it. It runs as a request of the session does, and its answer is given to an equal
   * request of the same session and launch, once. Nobody waits for it, and its failure is the page's to meet.
   */
  beginFirst(request: FirstRequest): void;
  /** Drops what was begun for a session that is over. */
  forgetFirsts(session: string): void;
  stop(): Promise<void>;
}

const MAX_VALIDATION_ERRORS = 10;
/** Where nothing is begun before it is asked, nobody needs to know. */
const NOT_TOLD: PersonChanges = { note: async () => {}, of: async () => undefined };

/** The GraphQL endpoint without HTTP. */
export async function createGraphql(deps: GraphqlDeps): Promise<GraphqlPart> {
  const { settings } = deps;
  const schema = deps.schema ?? (await wholeSchema({ ...deps, ...settings }, deps.parts));
  const format = createErrorFormat(deps.environment);
  const recordErrors = createErrorRecords(deps);
  const firsts = new FirstAnswers(deps.changes ?? NOT_TOLD);
  const server = new ApolloServer<GraphqlContext>({
    schema,
    introspection: settings.introspection,
    hideSchemaDetailsFromClientErrors: deps.environment === 'production',
    includeStacktraceInErrorResponses: false,
    maxRecursiveSelections: MAX_RECURSIVE_SELECTIONS,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: settings.maxTokens },
    validationRules: documentLimits(settings),
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    formatError: format,
    stringifyResult: answerText,
    logger: silentLogger,
    plugins: [
      createAnswerPlugin(recordErrors, settings.plan),
      writtenAnswers,
      takesFirst(firsts),
      createGivenValuesCheck({ schema, hideSuggestions: deps.environment === 'production' }),
      // It costs 70-90 % more CPU a page (docs/performance.md).
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginLandingPageDisabled(),
    ],
  });
  await server.start();
  const contextFor = async (request: GraphqlRequest): Promise<GraphqlContext> => {
    try {
      return await createContext({ ...deps, recordErrors }, request);
    } catch (thrown) {
      const [error, { requestId }] = [toAppError(thrown), request];
      deps.logger[error.rule.logLevel]('graphql.refused', { requestId, code: error.code, error });
      deps.onError?.(error, requestId);
      throw refusal(error, requestId);
    }
  };
  return {
    ...{ server, schema, contextFor },
    beginFirst: createBeginFirst({ firsts, server, contextFor, timeoutMs: settings.timeoutMs }),
    forgetFirsts: (session) => firsts.forgetSession(session),
    async stop() {
      await firsts.close();
      await server.stop();
    },
  };
}

type ContextDeps = GraphqlDeps & { readonly recordErrors: RecordErrors };

async function createContext(deps: ContextDeps, request: GraphqlRequest): Promise<GraphqlContext> {
  const { principal, requestId, signal } = request;
  const { launch, refusal: launchRefusal } = await launchOf(deps, request);
  const sessionUuid = launch?.payload.sessionUuid ?? null;
  const audit = auditScopeOf(request, launch);
  const rowBatches: GraphqlContext['rowBatches'] = new Map();
  const work = deps.workFor(principal, {
    ...(sessionUuid !== null && { sessionUuid }),
    ...{ signal, spend: request.spend, session: request.credentials.key },
    maxSearches: Math.min(
      maxSearchesOf(deps.settings.plan, principal),
      request.named?.rule.maxSearches ?? Number.POSITIVE_INFINITY,
    ),
    onChange: (change) => {
      rowBatches.clear();
      deps.audit.record(changeEntry(audit, change));
    },
  });
  request.onBegun?.(() => ({
    ...operationOf(audit),
    ...(audit.tool !== undefined && { tool: audit.tool }),
    ...{ listed: audit.listed, hasErrors: audit.hasErrors },
    way: principal.acting.way,
    waves: wavesOf(work.calls()),
    ...work.spent(),
  }));
  const recorded = { audit, changes: work.changes, onPersonGone: () => request.onPersonGone?.() };
  return Object.assign(new ContextWork(work), {
    ...{ principal, requestId, signal, audit, rowBatches, launch, launchRefusal },
    launchOfSession: launchOfSession(request),
    publicUrl: deps.publicUrl,
    uploads: deps.uploads,
    systems: systemsOf(deps, request, work),
    recordSystemChange: systemChangeRecorder(deps, { audit, rowBatches, work }),
    onPersonGone: recorded.onPersonGone,
    recordRefusal: (error: unknown) => deps.recordErrors([error], recorded),
    readLaunch: (id: string) => deps.launches.read(id, principal),
  });
}

function auditScopeOf(
  { principal, requestId, by, named }: GraphqlRequest,
  launch: Launch | undefined,
): AuditScope {
  return {
    ...{ principal, requestId, by },
    launch: launch === undefined ? undefined : launchMark(launch.id),
    sessionUuid: launch?.payload.sessionUuid ?? undefined,
    ...{ operation: undefined, operationType: undefined, hasErrors: false },
    ...{ tool: named?.tool, listed: named?.operation },
  };
}

function systemChangeRecorder(
  deps: Pick<GraphqlDeps, 'audit'>,
  { audit, rowBatches, work }: Pick<GraphqlContext, 'audit' | 'rowBatches'> & { readonly work: Work },
): GraphqlContext['recordSystemChange'] {
  return (system, field, error) => {
    // Systems may write to ShotGrid and to each other.
    rowBatches.clear();
    work.forget();
    const outcome = systemOutcome(error, work.changes);
    // What failed after the change is no failure of the change.
    const why = outcome === 'done' ? null : error;
    work.changes.note(outcome, null, why);
    deps.audit.record(systemChangeEntry(audit, { system, field, error: why, outcome }));
  };
}

function systemsOf(
  deps: Pick<GraphqlDeps, 'systemsFor'>,
  { principal: { subject, login, email }, credentials, requestId, signal }: GraphqlRequest,
  work: Work,
): SystemCalls {
  return deps.systemsFor({
    person: { ...credentials, subject, login, email },
    ...{ requestId, signal },
    onSent: () => work.changes.noteSent(),
    around: (call, run) => work.ofSystem(call, run),
  });
}

function operationOf({ operation, operationType }: AuditScope): Pick<RequestWork, 'operation'> {
  const name = operation ?? operationType;
  return name === undefined ? {} : { operation: name };
}

/** Whose early answer a request may take. A launch that is not of the session has none. */
const launchOfSession = ({ by, credentials, launchId, isEarly }: GraphqlRequest) =>
  by === 'bearer' || launchId === undefined || isEarly === true
    ? undefined
    : { session: credentials.key, launchId };

async function launchOf(
  deps: GraphqlDeps,
  { launchId, principal }: GraphqlRequest,
): Promise<{ readonly launch?: Launch; readonly refusal?: AppError }> {
  if (launchId === undefined) return {};
  try {
    const launch = await deps.launches.read(launchId, principal);
    if (launch !== undefined) return { launch };
  } catch (error) {
    if (toAppError(error).code !== 'LAUNCH_EXPIRED') throw error;
    return { refusal: toAppError(error) };
  }
  const message =
    'Nothing was written: the header x-shotgraph-launch names no launch of yours. Leave it out, or open the launch again.';
  return { refusal: new AppError('BAD_USER_INPUT', { message }) };
}
