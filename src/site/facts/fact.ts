import { z } from 'zod';

/** One behaviour of a site that differs from site to site, or that nobody had measured. */
export interface Fact {
  /** Section of docs/shotgrid-api.md. */
  readonly section: string;
  readonly form: z.ZodType<FactValue>;
  /** What Shotgraph assumes while it is not known. */
  readonly assumed: FactValue;
  readonly meaning: string;
  /** Who reads it: the planner of reads, the client of the site, or only people. */
  readonly readBy: 'plan' | 'client' | 'people';
  /** What follows if the answer is not the assumed one. */
  readonly follows: string;
}

/** The value of any fact. */
export type FactValue = string | number | boolean;

export type Facts = Readonly<Record<string, Fact>>;

export const yesOrNo = z.boolean();
/** A number of rows, ids, calls, seconds or milliseconds. */
export const count = z.int().min(0).max(1_000_000_000);
/** The most rows of a page, and of ids in a filter, that Shotgraph asks a site for (API 2.11). */
export const MOST = 5000;
/** The least that the probe finds. Reads in smaller parts would be thousands of calls. */
export const LEAST = 10;
/** A limit that every request would break, or that no site has, is a mistake in the file. */
export const limit = z.int().min(LEAST).max(MOST);
/** 0 where there is none. */
export const limitOrNone = z.union([z.literal(0), limit]);

export const NOTHING_CHANGES = 'Nothing changes: Shotgraph works with either.';
