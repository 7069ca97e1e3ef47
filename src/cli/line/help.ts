import { type Command, EXIT_CODES } from '../command.ts';

/** The exit codes as a list; a command may say more exactly what one means. */
export const exitCodesText = (own: Command['exitCodes'] = {}): string =>
  [
    'Exit codes:',
    ...Object.entries({ ...EXIT_CODES, ...own }).map(([code, means]) => `  ${code}  ${means}`),
  ].join('\n');

/** What the help of a command has below its options: examples and, where they mean more, its exit codes. */
export function helpBelow({ examples, exitCodes }: Command): string {
  const shown = examples.map(({ line, does }) => `  ${does}\n    shotgraph ${line}`);
  const codes = exitCodes === undefined ? [] : ['', exitCodesText(exitCodes)];
  return ['Examples:', ...shown, ...codes].join('\n');
}
