import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import {
  type ASTVisitor,
  GraphQLError,
  Kind,
  OperationTypeNode,
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
 * selects counts once per spread. Walks each fragment once.
 */
export function maxSelectionsRule(limit: number): ValidationRule {
  return (context) => {
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
    const countIn = (set: SelectionSetNode | undefined): number =>
      (set?.selections ?? []).reduce(
        (sum, node) =>
          sum +
          1 +
          (node.kind === Kind.FRAGMENT_SPREAD ? countFragment(node.name.value) : countIn(node.selectionSet)),
        0,
      );
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
    const countFields = createFieldCounter(context);
    return {
      OperationDefinition(operation) {
        const limit = operation.operation === OperationTypeNode.MUTATION ? MAX_ROOT_MUTATIONS : maxRootFields;
        if (countFields(operation.selectionSet) > limit) {
          context.reportError(
            new GraphQLError('The document has too many root fields.', { nodes: [operation] }),
          );
        }
      },
    };
  };
}

/** Walks each fragment once: walking it per spread would let an attacker set the cost. */
function createFieldCounter(context: ValidationContext): (set: SelectionSetNode) => number {
  const counts = new Map<string, number>();
  const countFragment = (name: string): number => {
    const known = counts.get(name);
    if (known !== undefined) return known;
    // Another rule refuses a fragment that spreads itself. Here the count must only end.
    counts.set(name, 0);
    const fragment = context.getFragment(name);
    const count = fragment === null || fragment === undefined ? 0 : countFields(fragment.selectionSet);
    counts.set(name, count);
    return count;
  };
  const countFields = (set: SelectionSetNode): number => {
    let count = 0;
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) count += 1;
      else if (node.kind === Kind.INLINE_FRAGMENT) count += countFields(node.selectionSet);
      else count += countFragment(node.name.value);
    }
    return count;
  };
  return countFields;
}
