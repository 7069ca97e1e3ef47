/** What a command may do to the outside besides its work. */
export interface Terminal {
  print(text: string): void;
  printError(text: string): void;
}

/** What was to be looked at could not be read: nothing is said about it, neither good nor bad. */
export const NOT_LOOKED_AT = 3;

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
