/** What a command may do to the outside besides its work. */
export interface Terminal {
  print(text: string): void;
  printError(text: string): void;
}

export interface Command {
  /** As typed, such as `schema pull`. */
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** @returns the exit code */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** A mistake in how a command was called: shown with its usage, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
