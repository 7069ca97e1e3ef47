import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  parse,
  Source,
} from 'graphql';
import { toAppError } from '../base/errors.ts';
import type { LaunchId, Login, Subject } from '../base/ids.ts';
import type { Principal } from '../identity/person/principal.ts';
import type { Launch } from '../launch/launch.ts';
import type { PlannedCall } from '../query/plan/planned-call.ts';
import { inWaves, printCalls } from '../query/plan/print-plan.ts';
import { NotExplained, notExplained, type PlannedWork, planWork } from '../query/explain/planned-work.ts';
import type { PlanOptions } from '../query/plan/planning.ts';
import type { Work } from '../query/work.ts';
import type { ExposedSchema } from '../site/expose.ts';
import type { SystemClient } from '../systems/connector.ts';
import type { SystemParts } from '../systems/load-system-parts.ts';
import { buildGraphqlSchema } from './build-schema.ts';
import { withBoundedArguments } from './execution/bounded-input.ts';
import { documentCheck } from './execution/document-check.ts';
import { createGivenValues } from './execution/given-values.ts';
import type { DocumentSettings } from './execution/limits.ts';
import type { GraphqlContext } from './request/context.ts';
import { withSilentSystems } from './explain-systems.ts';
import { sampleVariables } from './sample-values.ts';
import { withSeparateChanges } from './resolve/write-and-read.ts';

/** The operation to explain. */
export interface ExplainRequest {
  /** A text, or a document that is parsed already. */
  readonly document: string | Source | DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
  /** Entity type of the launch, if the query reads one. */
  readonly launchType: string;
  /** Gives required variables that are missing a value, so that there is a plan. */
  readonly isSampled?: boolean;
  /** The limit of this operation, where it is not that of the settings. */
  readonly maxSearches?: number;
}

/** The planned calls of an operation, or its errors. */
export interface Explanation {
  /** The plan: calls in the order in which they start. */
  readonly calls: readonly PlannedCall[];
  /** Errors in the document, or refusals before any call. */
  readonly errors: readonly GraphQLError[];
  /** Fields whose calls are missing from the waves, and why. */
  readonly unexplained: readonly string[];
  /** Variables whose values are samples. */
  readonly sampled: readonly string[];
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

/** Explains one operation. Errors of the operation are part of the result. */
export type Explainer = (request: ExplainRequest) => Promise<Explanation>;

export interface ExplainerOptions extends DocumentSettings {
  readonly exposed: ExposedSchema;
  readonly plan: PlanOptions & { readonly maxSearches: number };
  readonly maxFirst: number;
  readonly maxBatch: number;
  readonly parts?: SystemParts;
}

const NO_PARTS: SystemParts = { connectors: [], remotes: [] };

/**
 * Plans the calls of operations without making any. It refuses the same documents as a server with these settings.
 */
export function createExplainer({
  exposed,
  plan,
  maxFirst,
  maxBatch,
  parts = NO_PARTS,
  ...limits
}: ExplainerOptions): Explainer {
  const own = buildGraphqlSchema({ exposed, maxFirst, maxBatch, siteUrl: 'https://shotgrid.invalid' });
  const asked = new Set<string>();
  const building = withSilentSystems(own, exposed, parts, (unknown) => asked.add(unknown)).then((whole) => {
    const schema = withBoundedArguments(withSeparateChanges(whole));
    const { mistakesOf } = documentCheck(schema, limits);
    return { schema, mistakesOf, assertGiven: createGivenValues({ schema, hideSuggestions: false }) };
  });
  return async ({ document: given, operationName, launchType, maxSearches, ...request }) => {
    const { schema, mistakesOf, assertGiven } = await building;
    asked.clear();
    const document = parsed(given, limits);
    if (document instanceof GraphQLError) return { ...NOTHING, errors: [document] };
    const operation = getOperationAST(document, operationName) ?? undefined;
    const [entityType = ''] = [...exposed.types.values()].map(({ graphqlName }) => graphqlName);
    const samples =
      request.isSampled === true && operation !== undefined
        ? sampleVariables(operation, { schema, entityType }, request.variables)
        : {};
    const variables = { ...samples, ...request.variables };
    const mistakes = refusals(mistakesOf(document), () => assertGiven({ document, operation, variables }));
    if (mistakes.length > 0) return { ...NOTHING, errors: mistakes };
    const planned = planWork({ exposed, plan: { ...plan, maxSearches: maxSearches ?? plan.maxSearches } });
    const { signal } = new AbortController();
    const asking = execute({
      schema,
      document,
      contextValue: contextOf(planned.work, launchType, signal),
      variableValues: variables,
      operationName: operationName ?? null,
    });
    await planAll(planned);
    const result: ExecutionResult = await asking;
    const { errors = [] } = result;
    const refused = errors.filter(({ originalError }) => originalError instanceof NotExplained);
    return {
      calls: planned.calls(),
      errors: errors.filter((error) => !refused.includes(error)),
      unexplained: [...asked, ...refused.map(({ path = [], message }) => `${path.join('.')}: ${message}`)],
      sampled: Object.keys(samples),
    };
  };
}

const NOTHING = { calls: [], unexplained: [], sampled: [] };

/**
 * Continues call by call. Between two calls the resolvers request the next reads, which takes promises but no
 * calls.
 */
async function planAll(planned: PlannedWork): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (planned.goOn());
}

const contextOf = (work: Work, launchType: string, signal: AbortSignal): GraphqlContext => ({
  ...work,
  principal: NOBODY,
  requestId: 'explain',
  publicUrl: 'https://shotgraph.invalid',
  signal,
  audit: {
    principal: NOBODY,
    requestId: 'explain',
    by: 'session',
    launch: undefined,
    sessionUuid: undefined,
    ...{ tool: undefined, listed: undefined, hasErrors: false },
    operation: undefined,
    operationType: undefined,
  },
  systems: (name) => ({
    person: { subject: 'nobody', login: 'nobody', email: null },
    system: silentSystem(work, name),
    use: (other) => silentSystem(work, other),
    fail() {
      throw new NotExplained();
    },
  }),
  rowBatches: new Map(),
  recordSystemChange: () => undefined,
  onPersonGone: () => undefined,
  recordRefusal: () => undefined,
  uploads: {
    stream: notExplained,
    request: notExplained,
    parts: notExplained,
    complete: notExplained,
    cancel: notExplained,
  },
  launch: undefined,
  readLaunch: async (id) => sampleLaunch(id, launchType),
});

/** No system is called. Each field that asks one counts as one call of it, by the field's name. */
const silentSystem = (work: Work, system: string): SystemClient => ({
  get: (field) => work.ofSystem({ system, kind: field }, async () => null),
  send: notExplained,
});

/** The errors of a document. If it has none, the error that the check of its values throws. */
function refusals(mistakes: readonly GraphQLError[], check: () => void): readonly GraphQLError[] {
  if (mistakes.length > 0) return mistakes;
  try {
    check();
    return [];
  } catch (thrown) {
    const originalError = toAppError(thrown);
    return [new GraphQLError(originalError.message, { originalError })];
  }
}

function parsed(
  given: string | Source | DocumentNode,
  { maxTokens }: Pick<DocumentSettings, 'maxTokens'>,
): DocumentNode | GraphQLError {
  if (typeof given !== 'string' && !(given instanceof Source)) return given;
  try {
    return parse(given, { maxTokens });
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

/** The cost of an operation as readable text. */
export function printExplanation({ calls, unexplained, sampled }: Explanation): string {
  const left = unexplained.length === 0 ? [] : ['not explained', ...unexplained.map((line) => `  ${line}`)];
  const names = sampled.map((name) => `$${name}`).join(', ');
  const made = sampled.length === 0 ? [] : [`with sample values for ${names}; --variables gives others`];
  return [printCalls(calls), ...left, ...made].join('\n');
}

/** The same as JSON. */
export const explanationJson = ({ calls, unexplained, sampled, errors }: Explanation): string =>
  JSON.stringify({ waves: inWaves(calls).length, calls, unexplained, sampled, errors }, null, 2);
