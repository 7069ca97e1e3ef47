import { hasSettings, SETTINGS_FILE } from '../config/environment.ts';
import type { ConfigError } from '../config/load-config.ts';

/** The outside effects of a command besides its work. */
export interface Terminal {
  print(text: string): void;
  printError(text: string): void;
}

/** The subject of the check could not be read, so there is no result, good or bad. */
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

/** True if settings are missing because there is no settings file. A named file with mistakes is another case. */
export const isWithoutSettings = ({ problems }: ConfigError): boolean =>
  !hasSettings() && problems.some((problem) => /^SHOTGRAPH_\w+ is not set/u.test(problem));

/** One message in place of all missing settings: the command probably runs in the wrong folder. */
export const noSettings = (): string =>
  `There are no settings here at all: no variable SHOTGRAPH_... is set, and ${process.cwd()} has no ${SETTINGS_FILE} with one. Run this where those of the server are, or copy .env.example to ${SETTINGS_FILE}. Those of the demo are known to the demo alone.`;
