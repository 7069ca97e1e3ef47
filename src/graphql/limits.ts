import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { GraphQLError, type ASTVisitor, type SelectionSetNode, type ValidationContext } from 'graphql';
import type { Config } from '../config/config.ts';

export type ValidationRule = (context: ValidationContext) => ASTVisitor;

const MAX_DIRECTIVES = 50;
/** A mutation field is a write: many under aliases in one request would be a way around the rate limit (F5). */
const MAX_ROOT_MUTATIONS = 10;

/** Limits on documents, on by default. The messages do not tell the limits. */
export function documentLimits(settings: Config['graphql']): ValidationRule[] {
  const quiet = {
    exposeLimits: false,
    errorMessage: 'The document is too complex.',
    propagateOnRejection: true,
  };
  return [
    maxAliasesRule({ ...quiet, n: settings.maxAliases, allowList: [] }) as ValidationRule,
    maxDepthRule({ ...quiet, n: settings.maxDepth, ignoreIntrospection: true }) as ValidationRule,
    maxDirectivesRule({ ...quiet, n: MAX_DIRECTIVES }) as ValidationRule,
    maxRootFieldsRule(settings.maxRootFields),
  ];
}

/** Root fields of an operation, counted through fragments, `__typename` included. */
function maxRootFieldsRule(maxRootFields: number): ValidationRule {
  return (context) => ({
    OperationDefinition(operation) {
      const limit = operation.operation === 'mutation' ? MAX_ROOT_MUTATIONS : maxRootFields;
      if (countFields(context, operation.selectionSet, new Set()) > limit) {
        context.reportError(
          new GraphQLError('The document has too many root fields.', { nodes: [operation] }),
        );
      }
    },
  });
}

function countFields(context: ValidationContext, set: SelectionSetNode, seen: Set<string>): number {
  let count = 0;
  for (const node of set.selections) {
    if (node.kind === 'Field') count += 1;
    else if (node.kind === 'InlineFragment') count += countFields(context, node.selectionSet, seen);
    else if (!seen.has(node.name.value)) {
      const fragment = context.getFragment(node.name.value);
      if (fragment) count += countFields(context, fragment.selectionSet, new Set([...seen, node.name.value]));
    }
  }
  return count;
}
