import type { Logger } from '../base/logger.ts';
import type { ExposedSchema } from './expose.ts';

const TOLD_NAMES = 20;

/** Logs GraphQL names that differ from the default naming rule. */
export function tellNames({ names: { notes } }: ExposedSchema, logger: Pick<Logger, 'info'>): void {
  if (notes.length === 0) return;
  const told = notes.slice(0, TOLD_NAMES).map(({ place, graphqlName }) => `${place} is ${graphqlName}`);
  logger.info('schema.names', { count: notes.length, reason: told.join(', ') });
}
