/** Levels of log lines, lowest first. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What clients see of one kind of failure. `ERROR_TABLE` is the only place that decides it. */
export interface ErrorRule {
  /** HTTP status of a page or a JSON answer. GraphQL answers use it only when nothing was executed. */
  readonly httpStatus: number;
  readonly logLevel: LogLevel;
  /** A sentence for the reader: what happened and what to do next. It never contains data of the request. */
  readonly message: string;
}

/** A frozen row of `ERROR_TABLE`. */
export const rule = (httpStatus: number, logLevel: LogLevel, message: string): ErrorRule =>
  Object.freeze({ httpStatus, logLevel, message });
