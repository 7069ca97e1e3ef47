import type { Figures } from './goals.ts';

/** What a part of the bench found. */
export interface PartReport {
  /** Markdown: tables, and what they are of. */
  readonly text: string;
  readonly figures?: Figures;
  /** By the name of the file, as SVG. */
  readonly pictures?: Readonly<Record<string, string>>;
}

/** How much is measured. */
export interface Effort {
  /** Fewer rounds. What is measured, and how, is the same. */
  readonly isQuick: boolean;
  /** The checkout that is measured, with a slash at its end. */
  readonly root: string;
  /** Another checkout, to be measured beside it. */
  readonly beside: string | undefined;
}
