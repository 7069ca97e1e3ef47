import {
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  type ValidationRule,
  specifiedRules,
  validate,
} from 'graphql';
import type { Graph } from '../../operations/effects.ts';
import {
  documentLimits,
  type DocumentSettings,
  MAX_RECURSIVE_SELECTIONS,
  maxSelectionsRule,
} from './limits.ts';

/**
 * Checks documents as a server with this schema and these settings does with each request. As there, the limits are asked of a
 * document that has passed the other rules: a small one can select too much for them to walk.
 */
export function documentCheck(schema: GraphQLSchema, settings: DocumentSettings): Graph {
  const first: readonly ValidationRule[] = [
    ...specifiedRules,
    ...(settings.introspection ? [] : [NoSchemaIntrospectionCustomRule]),
    maxSelectionsRule(MAX_RECURSIVE_SELECTIONS),
  ];
  const limits = documentLimits(settings);
  return {
    schema,
    maxTokens: settings.maxTokens,
    mistakesOf(document) {
      const mistakes = validate(schema, document, first);
      return mistakes.length > 0 ? mistakes : validate(schema, document, limits);
    },
  };
}
