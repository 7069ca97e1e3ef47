export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What the world is told about one kind of failure. The table below is the only place that decides it. */
export interface ErrorRule {
  /** HTTP status of a page or a JSON answer. GraphQL answers use it only when nothing was executed. */
  readonly httpStatus: number;
  readonly logLevel: LogLevel;
  /** A sentence for the reader: what happened and what to do next. Never holds data of the request. */
  readonly message: string;
}

export const rule = (httpStatus: number, logLevel: LogLevel, message: string): ErrorRule =>
  Object.freeze({ httpStatus, logLevel, message });
