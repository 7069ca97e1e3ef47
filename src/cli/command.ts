import { type Environment, hasSettings, SETTINGS_FILE } from '../config/environment.ts';
import type { ConfigError } from '../config/load-config.ts';
import type { Asker } from './line/asker.ts';

/** How a line is coloured at a terminal that shows colours. */
export type Tone = 'bad' | 'warning';

/** The outside effects of a command besides its work. */
export interface Terminal {
  print(text: string, tone?: Tone): void;
  printError(text: string): void;
  /** Says how far a long command is. Shown only where a person watches a terminal. */
  progress?(text: string): void;
  /** Takes away what `progress` has left. */
  end?(): void;
  /** Asks the person; absent where nobody sits at a terminal. */
  readonly ask?: Asker;
  /** What the standard input holds, to its end. */
  readInput?(): Promise<string>;
  /** Width in characters, if the output goes to a terminal. */
  readonly columns?: number;
}

/** What each exit code means. The docs and `--help` list them. */
export const EXIT_CODES = {
  0: 'done, and nothing is wrong',
  1: 'failed, or something is wrong',
  2: 'called wrongly: unknown command or option, missing argument',
  3: 'the subject could not be read, so nothing is known of it',
} as const;

/** The subject of the check could not be read, so there is no result, good or bad. */
export const NOT_LOOKED_AT = 3;

/** An option that takes a value, such as `--directory DIR`. */
export interface TextOption {
  readonly takes: string;
  readonly meaning: string;
  readonly byDefault?: string;
  readonly choices?: readonly string[];
}

/** An option that is given or not, such as `--json`. */
export interface Flag {
  readonly meaning: string;
}

/** By name as typed, without the dashes. */
export type Options = Readonly<Record<string, TextOption | Flag>>;

type ValueOf<O> = O extends { readonly takes: string }
  ? O extends { readonly byDefault: string }
    ? string
    : string | undefined
  : boolean;

/** What was typed after the name of a command. */
export interface Given<O extends Options = Options> {
  readonly options: { readonly [Name in keyof O]: ValueOf<O[Name]> };
  readonly words: readonly string[];
  /**
   * The environment variables of this process, with the file of settings in the folder as defaults. The file is read
   * only by a command that needs it: another one may run where it may not be read.
   */
  readonly environment: () => Environment;
  /** The name that `--env` gave, for commands that start others. */
  readonly env?: string | undefined;
}

export interface Example {
  /** As typed after `shotgraph`. */
  readonly line: string;
  readonly does: string;
}

export interface Command<O extends Options = Options> {
  /** As typed, such as `schema pull`. */
  readonly name: string;
  readonly summary: string;
  /** The arguments beside options, as the usage shows them. Without it, the command takes none. */
  readonly words?: string;
  readonly options: O;
  readonly examples: readonly Example[];
  /** What exit codes say of this command in particular. */
  readonly exitCodes?: Partial<Record<keyof typeof EXIT_CODES, string>>;
  /** @returns the exit code */
  run(given: Given<O>, terminal: Terminal): Promise<number>;
}

/** A row of the table of commands. The types of `given.options` follow from `options`. */
export const command = <const O extends Options>(row: Command<O>): Command => row;

/** The usage of a command in one line. */
export const usageOf = ({ name, words, options }: Command): string =>
  [
    name,
    ...(words === undefined ? [] : [words]),
    ...Object.entries(options).map(([option, row]) => `[${optionUsage(option, row)}]`),
  ].join(' ');

/** An option with what it takes, such as `--directory DIR`. */
export const optionUsage = (name: string, row: TextOption | Flag): string =>
  'takes' in row ? `--${name} ${row.takes}` : `--${name}`;

/** A mistake in how a command was called: shown with its usage, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** True if settings are missing because there is no settings file. A named file with mistakes is another case. */
export const isWithoutSettings = ({ problems }: ConfigError, environment: () => Environment): boolean =>
  problems.some((problem) => /^SHOTGRAPH_\w+ is not set/u.test(problem)) && !hasSettings(environment());

/** One message in place of all missing settings: the command probably runs in the wrong folder. */
export const noSettings = (): string =>
  `There are no settings here at all: no variable SHOTGRAPH_... is set, and ${process.cwd()} has no ${SETTINGS_FILE} with one. Run this where those of the server are, or copy .env.example to ${SETTINGS_FILE}. For the demo, add --env demo while it runs.`;
