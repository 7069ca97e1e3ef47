/** Every mistake of the lists of operations, each a sentence with its place. */
export class OperationListError extends Error {
  override readonly name = 'OperationListError';
  readonly problems: readonly string[];
  /** A file could not be read: the same list may be there at the next look. */
  readonly isOfFile: boolean;

  constructor(problems: readonly string[], { isOfFile = false } = {}) {
    super(['The operations cannot be used:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.problems = problems;
    this.isOfFile = isOfFile;
  }
}
