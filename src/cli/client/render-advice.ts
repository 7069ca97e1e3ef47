import { ERROR_TABLE } from '../../base/errors.ts';

/** Renders the codes of the one table with their sentences, for the TypeScript client. */
export function renderAdvice(): string {
  const rows = Object.entries(ERROR_TABLE).map(
    ([code, { message }]) => `  ${code}: ${JSON.stringify(message)},`,
  );
  return [
    '// Made from the table in src/base/errors.ts by `npm run fix:emitted`; change it there.',
    '',
    '/** What each code means, and what to do. An answer has the same sentence, or a more exact one. */',
    'export const ADVICE = {',
    ...rows,
    '} as const;',
    '',
    'export type ErrorCode = keyof typeof ADVICE;',
    '',
  ].join('\n');
}
