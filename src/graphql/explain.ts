import { type DocumentNode, execute, type ExecutionResult, GraphQLError, parse, validate } from 'graphql';
import type { LaunchId, Login, Subject } from '../base/ids.ts';
import type { Principal } from '../identity/principal.ts';
import type { Launch } from '../launch/launch.ts';
import { createExplainClient, notExplained, type PlannedCall } from '../query/explain-client.ts';
import { createWorkshop, type Work } from '../query/work.ts';
import type { PlanOptions } from '../query/planning.ts';
import type { ExposedSchema } from '../site/expose.ts';
import { buildGraphqlSchema } from './build-schema.ts';
import type { GraphqlContext } from './context.ts';

export interface ExplainRequest {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
  /** Entity type of the launch that the query may ask for. */
  readonly launchType: string;
}

export interface Explanation {
  readonly waves: readonly (readonly PlannedCall[])[];
  /** What is wrong with the document, or was refused before any call. */
  readonly errors: readonly GraphQLError[];
}

const NOBODY: Principal = {
  issuer: 'https://idp.invalid',
  subject: 'nobody' as Subject,
  displayName: 'Nobody',
  email: null,
  login: 'nobody' as Login,
  person: { type: 'HumanUser', id: 1, name: 'Nobody' },
  permissionRole: null,
  acting: { way: 'sudo' },
};

export type Explainer = (request: ExplainRequest) => Promise<Explanation>;

/** Tells the calls that operations would make, in waves, without making any. */
export function createExplainer(
  exposed: ExposedSchema,
  plan: PlanOptions & { readonly maxSearches: number },
): Explainer {
  const schema = buildGraphqlSchema({
    exposed,
    maxFirst: 1000,
    maxBatch: 200,
    siteUrl: 'https://shotgrid.invalid',
  });
  return async ({ document: text, variables, operationName, launchType }) => {
    const document = parsed(text);
    const mistakes = document instanceof GraphQLError ? [document] : validate(schema, document);
    if (document instanceof GraphQLError || mistakes.length > 0) return { waves: [], errors: mistakes };
    const planned: PlannedCall[] = [];
    const client = createExplainClient(exposed, NOBODY.login, planned);
    const workFor = createWorkshop({ shotgun: { as: () => client }, exposed, plan });
    const { signal } = new AbortController();
    const work = workFor(NOBODY.login, {
      signal,
      maxSearches: plan.maxSearches,
    });
    const result: ExecutionResult = await execute({
      schema,
      document,
      contextValue: contextOf(work, launchType, signal),
      variableValues: variables,
      operationName: operationName ?? null,
    });
    const waves: PlannedCall[][] = [];
    // The log has the calls in the order in which they began, as the client noted them.
    for (const [index, { wave }] of work.calls().entries()) {
      const call = planned[index];
      if (call !== undefined) (waves[wave - 1] ??= []).push(call);
    }
    return { waves, errors: result.errors ?? [] };
  };
}

const contextOf = (work: Work, launchType: string, signal: AbortSignal): GraphqlContext => ({
  ...work,
  principal: NOBODY,
  requestId: 'explain',
  signal,
  audit: {
    principal: NOBODY,
    requestId: 'explain',
    by: 'session',
    launch: undefined,
    sessionUuid: undefined,
    operation: undefined,
    operationType: undefined,
  },
  systems: () => null,
  systemRows: new Map(),
  recordSystemChange: () => undefined,
  onPersonGone: () => undefined,
  uploads: {
    stream: notExplained,
    request: notExplained,
    parts: notExplained,
    complete: notExplained,
    cancel: notExplained,
  },
  readLaunch: async (id) => sampleLaunch(id, launchType),
});

function parsed(text: string): DocumentNode | GraphQLError {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

function sampleLaunch(id: string, entityType: string): Launch {
  return {
    id: id as LaunchId,
    ami: 'explain',
    createdAtMs: 0,
    payload: {
      userId: 1,
      userLogin: 'nobody',
      entityType,
      selectedIds: [1, 2],
      ids: [1, 2],
      title: null,
      pageId: null,
      serverHostname: null,
      referrerPath: null,
      sessionUuid: null,
      columns: [],
      columnDisplayNames: [],
      view: null,
      sort: [],
      grouping: [],
      project: { id: 1, name: 'sample' },
    },
  };
}

/** A plan as people read it: the waves, and in each the calls that go side by side. */
export function printExplanation({ waves }: Explanation): string {
  const count = waves.reduce((sum, calls) => sum + calls.length, 0);
  const lines = waves.flatMap((calls, index) => [
    `wave ${index + 1}`,
    ...calls.flatMap(({ kind, type, fields, filter }) => [
      `  ${kind}${type === null ? '' : ` ${type}`}`,
      ...(fields.length > 0 ? [`    fields  ${fields.join(', ')}`] : []),
      ...(filter !== null && filter.conditions.length > 0
        ? [`    where   ${JSON.stringify(filter.conditions)}`]
        : []),
    ]),
  ]);
  return [`${plural(waves.length, 'wave')}, ${plural(count, 'call')}`, ...lines].join('\n');
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
