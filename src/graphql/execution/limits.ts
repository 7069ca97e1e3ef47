import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import {
  type ASTVisitor,
  GraphQLError,
  Kind,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import type { Config } from '../../config/config.ts';

/** A validation rule of graphql-js. */
export type ValidationRule = (context: ValidationContext) => ASTVisitor;

const MAX_DIRECTIVES = 50;
/** A mutation field is a write: many aliases in one request would bypass the rate limit (F5). */
const MAX_ROOT_MUTATIONS = 10;

/**
 * Most selections of an operation, counting a fragment once per spread. A small document of doubling fragments
 * selects millions (F7); a real page selects hundreds.
 */
export const MAX_RECURSIVE_SELECTIONS = 10_000;

/** The settings that limit documents. */
export type DocumentSettings = Pick<
  Config['graphql'],
  'maxDepth' | 'maxAliases' | 'maxTokens' | 'maxRootFields' | 'introspection'
>;

/** Limits on documents, on by default. The messages do not reveal the limits. */
export function documentLimits(
  settings: Omit<DocumentSettings, 'maxTokens' | 'introspection'>,
): ValidationRule[] {
  const quiet = {
    exposeLimits: false,
    errorMessage: 'The document is too complex.',
    // If a rule throws, Apollo treats it as a server failure and answers 500, not as a refusal.
    propagateOnRejection: false,
    onReject: [(context: ValidationContext | null, error: GraphQLError): void => context?.reportError(error)],
  };
  return [
    maxAliasesRule({ ...quiet, n: settings.maxAliases, allowList: [] }),
    maxDepthRule({
      ...quiet,
      n: settings.maxDepth,
      ignoreIntrospection: true,
      flattenFragments: true,
    }),
    maxDirectivesRule({ ...quiet, n: MAX_DIRECTIVES }),
    maxRootFieldsRule(settings.maxRootFields),
  ];
}

/**
 * The same limit as Apollo's, which keeps its rule to itself: each field, inline fragment and spread counts, and what a fragment
 * selects counts once per spread.
 */
export function maxSelectionsRule(limit: number): ValidationRule {
  return (context) => {
    const countIn = createCounter(context, (_node, countBelow) => 1 + countBelow());
    return {
      OperationDefinition(operation) {
        if (countIn(operation.selectionSet) > limit)
          context.reportError(new GraphQLError('The document selects too much.', { nodes: [operation] }));
      },
    };
  };
}

/** Root fields of an operation, counted through fragments, `__typename` included. */
function maxRootFieldsRule(maxRootFields: number): ValidationRule {
  return (context) => {
    const countIn = createCounter(context, ({ kind }, countBelow) =>
      kind === Kind.FIELD ? 1 : countBelow(),
    );
    return {
      OperationDefinition(operation) {
        const limit = operation.operation === OperationTypeNode.MUTATION ? MAX_ROOT_MUTATIONS : maxRootFields;
        if (countIn(operation.selectionSet) > limit) {
          context.reportError(
            new GraphQLError('The document has too many root fields.', { nodes: [operation] }),
          );
        }
      },
    };
  };
}

/** The count of one selection; `countBelow` counts what it selects, or what the fragment that it spreads selects. */
type CountOne = (node: SelectionNode, countBelow: () => number) => number;

/** Walks each fragment once: walking it per spread would let an attacker set the cost. */
function createCounter(
  context: ValidationContext,
  countOne: CountOne,
): (set: SelectionSetNode | undefined) => number {
  const counts = new Map<string, number>();
  const countFragment = (name: string): number => {
    const known = counts.get(name);
    if (known !== undefined) return known;
    // Another rule refuses a fragment that spreads itself. Here the count must only end.
    counts.set(name, 0);
    const count = countIn(context.getFragment(name)?.selectionSet);
    counts.set(name, count);
    return count;
  };
  const countBelow = (node: SelectionNode): number =>
    node.kind === Kind.FRAGMENT_SPREAD ? countFragment(node.name.value) : countIn(node.selectionSet);
  const countIn = (set: SelectionSetNode | undefined): number =>
    (set?.selections ?? []).reduce((sum, node) => sum + countOne(node, () => countBelow(node)), 0);
  return countIn;
}
