import { type ConfigError, hasSettings, SETTINGS_FILE } from '../config/load-config.ts';

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

/** Whether settings are missing because there is none. A file that was named and is wrong is something else. */
export const isWithoutSettings = ({ problems }: ConfigError): boolean =>
  !hasSettings() && problems.some((problem) => /^SHOTGRAPH_\w+ is not set/u.test(problem));

/** Said once, in place of every setting that is missing: somebody stands in the wrong place. */
export const noSettings = (): string =>
  `There are no settings here at all: no variable SHOTGRAPH_... is set, and ${process.cwd()} has no ${SETTINGS_FILE} with one. Run this where those of the server are, or copy .env.example to ${SETTINGS_FILE}. Those of the demo are known to the demo alone.`;
