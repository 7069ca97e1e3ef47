import type { Command } from 'commander';

/** What a command has around it: the process, or a test. */
export interface Surroundings {
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  /** Width of help texts. */
  readonly columns: number;
  readonly environment: NodeJS.ProcessEnv;
  /** Where the command was typed. */
  readonly folder: string;
  /** Ends what runs. */
  readonly signal: AbortSignal;
}

/** What a command started. */
export interface Running {
  /** Where it is, for people. */
  readonly told: string;
  close(): Promise<void>;
  /** Resolves with an exit code if it ends by itself. */
  readonly ended?: Promise<number>;
}

/** Adds a command whose action hands over what it started. */
export type AddCommand = (
  root: Command,
  surroundings: Surroundings,
  run: (starting: Promise<Running>) => Promise<void>,
) => void;
