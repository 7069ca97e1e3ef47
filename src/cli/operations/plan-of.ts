import type { Config } from '../../config/config.ts';
import {
  createExplainer,
  type Explainer,
  type ExplainerOptions,
  type Explanation,
} from '../../graphql/explain.ts';
import { inWaves } from '../../query/plan/print-plan.ts';
import type { WrittenTool } from '../../operations/read-lists.ts';
import { type NamedOperation, operationsOf } from './find-operations.ts';

/** What an operation costs, with sample values for its required variables. */
export interface OperationPlan extends NamedOperation {
  readonly waves: number;
  readonly calls: Explanation['calls'];
  /** Why it has no plan, or an incomplete one. */
  readonly errors: readonly string[];
  readonly unexplained: readonly string[];
  /** Nobody may make so many searches. */
  readonly isTooLarge: boolean;
}

/** Plans the operations of these tools one after the other, with the limit of the role that may search most. */
export async function plansOf(
  tools: readonly WrittenTool[],
  options: ExplainerOptions & Pick<Config['graphql'], 'plan'>,
): Promise<readonly OperationPlan[]> {
  const explain = createExplainer(options);
  const { maxSearches, maxSearchesByRole } = options.plan;
  const widest = Math.max(maxSearches, ...maxSearchesByRole.values());
  const plans: OperationPlan[] = [];
  for (const operation of operationsOf(tools)) plans.push(await planOf(operation, widest, explain));
  return plans;
}

async function planOf(named: NamedOperation, widest: number, explain: Explainer): Promise<OperationPlan> {
  const { tool, operation } = named;
  const ofRule = tool.rules.get(operation.name)?.maxSearches ?? widest;
  const { calls, errors, unexplained } = await explain({
    ...{ document: operation.document, variables: {}, operationName: operation.name },
    ...{ launchType: 'Version', isSampled: true, maxSearches: Math.min(ofRule, widest) },
  });
  return {
    ...named,
    waves: inWaves(calls).length,
    ...{ calls, unexplained },
    errors: errors.map(({ message }) => message),
    isTooLarge: errors.some(
      ({ extensions, originalError }) => codeOf(extensions, originalError) === TOO_LARGE,
    ),
  };
}

const TOO_LARGE = 'PLAN_TOO_LARGE';

const codeOf = (extensions: Readonly<Record<string, unknown>>, cause: unknown): unknown =>
  extensions['code'] ?? (cause instanceof Error && 'code' in cause ? cause.code : undefined);
