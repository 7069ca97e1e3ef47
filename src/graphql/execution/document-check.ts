import { type GraphQLSchema, specifiedRules, validate } from 'graphql';
import type { DocumentCheck } from '../../operations/operation-list.ts';
import { documentLimits, type DocumentSettings } from './limits.ts';

/** Checks documents as a server with this schema and these settings does with each request. */
export function documentCheck(schema: GraphQLSchema, settings: DocumentSettings): DocumentCheck {
  const rules = [...specifiedRules, ...documentLimits(settings)];
  return {
    maxTokens: settings.maxTokens,
    mistakesOf: (document) => validate(schema, document, rules),
  };
}
