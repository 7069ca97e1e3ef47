import type { ErrorRule } from '../base/error-rule.ts';
import { ERROR_TABLE } from '../base/errors.ts';

/** Renders docs/errors.md: every code with its HTTP status and its message. */
export function renderErrorsPage(): string {
  const rows = Object.entries<ErrorRule>(ERROR_TABLE).map(
    ([code, { httpStatus, message }]) => `| \`${code}\` | ${httpStatus} | ${message} |`,
  );
  return [
    '# Errors',
    '',
    'Made from the table in src/base/errors.ts by `npm run fix:emitted`; change it there.',
    '',
    'A GraphQL error has the code in `extensions.code`, beside `extensions.requestId` and, where there is more to',
    'say, `extensions.details`. Other answers are `{"error": {"code", "message", "requestId"}}` for programs and a',
    'page for people. The status is that of pages and JSON answers; GraphQL answers that were executed are 200.',
    '',
    'An answer has at most ten errors of each code below one root field; `extensions.errorsLeftOut` is the number of the',
    'others. A mutation field’s own error is always told, with what became of its change: `details.outcome` is `done` or',
    '`unknown`; without it nothing was changed.',
    '',
    '| Code | Status | Message |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
