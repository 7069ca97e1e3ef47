/** Every mistake of the lists of operations, each a sentence with its place. */
export class OperationListError extends Error {
  override readonly name = 'OperationListError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['The operations cannot be used:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.problems = problems;
  }
}
