import { AsyncLocalStorage } from 'node:async_hooks';
import type { LogLevel } from './error-rule.ts';
import { pino } from 'pino';
import { toAppError, AppError } from './errors.ts';

const current = new AsyncLocalStorage<string>();

/** Runs the work of a request: all its log lines get the request's id. */
export const duringRequest = <T>(requestId: string, work: () => T): T => current.run(requestId, work);

/** The id of the current request; undefined outside a request, such as in a timer. */
const currentRequestId = (): string | undefined => current.getStore();

/**
 * The only fields that a log line may have: a value without a field here cannot reach the log, whatever a caller
 * passes (G20). Redaction by path would miss nested keys and message text. No field takes free text of a request.
 */
export interface LogFields {
  readonly requestId?: string;
  readonly method?: string;
  /** The route's pattern, never the URL itself: URLs contain launch ids and codes. */
  readonly route?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly code?: string;
  readonly reason?: string;
  /** `error` of an OAuth answer, where it is a standard one. */
  readonly providerError?: string;
  readonly claim?: string;
  /** A login of the site that differs from the claim only in letter case. */
  readonly nearLogin?: string;
  readonly login?: string;
  readonly subject?: string;
  readonly ami?: string;
  /** A front end, script or service of `shotgraph.yml`. */
  readonly tool?: string;
  readonly entityType?: string;
  readonly count?: number;
  readonly selectedCount?: number;
  readonly operation?: string;
  readonly upstream?: string;
  readonly upstreamStatus?: number;
  readonly upstreamErrorId?: string;
  /** How this server acts for the person: `sudo` or `own`. */
  readonly way?: string;
  readonly siteCalls?: number;
  readonly joinedCalls?: number;
  readonly waves?: number;
  readonly siteMs?: number;
  readonly waitedMs?: number;
  readonly systemCalls?: number;
  readonly systemMs?: number;
  readonly attempt?: number;
  readonly deltaSeconds?: number;
  readonly secretIndex?: number;
  readonly setting?: string;
  readonly url?: string;
  readonly port?: number;
  readonly metricsPort?: number;
  readonly error?: unknown;
}

/** A warning or an error always has a code, or an error with one: alarms are grouped by it. */
type TroubleFields = LogFields & ({ readonly code: string } | { readonly error: unknown });

export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields: TroubleFields): void;
  error(event: string, fields: TroubleFields): void;
}

const ALLOWED_FIELDS = [
  'requestId',
  'method',
  'route',
  'status',
  'durationMs',
  'code',
  'reason',
  'providerError',
  'claim',
  'nearLogin',
  'login',
  'subject',
  'ami',
  'tool',
  'entityType',
  'count',
  'selectedCount',
  'operation',
  'upstream',
  'upstreamStatus',
  'upstreamErrorId',
  'way',
  'siteCalls',
  'joinedCalls',
  'waves',
  'siteMs',
  'waitedMs',
  'systemCalls',
  'systemMs',
  'attempt',
  'deltaSeconds',
  'secretIndex',
  'setting',
  'url',
  'port',
  'metricsPort',
] as const satisfies readonly (keyof LogFields)[];

interface LoggerOptions {
  readonly level: LogLevel | 'silent';
  /** Shows the messages of errors, which may quote secrets: in development only. */
  readonly showsMessages?: boolean;
  /** Receives each line; standard output by default. */
  readonly write?: (line: string) => void;
}

/** The logger's options for a server: messages of unexpected errors appear in development only. */
export const logSettings = (config: {
  readonly logLevel: LoggerOptions['level'];
  readonly environment: string;
}): LoggerOptions => ({
  level: config.logLevel,
  showsMessages: config.environment === 'development',
});

/**
 * A logger that writes one JSON object per line: `level`, `time`, `event` and the allow-listed fields. A line that
 * belongs to a request has its `requestId`; a warning or an error has a `code`.
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    base: null,
    messageKey: 'event',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const { showsMessages = false } = options;
  const sink = options.write && { write: options.write };
  const output = sink ? pino(settings, sink) : pino(settings);
  const at =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      const isTrouble = level === 'error' || level === 'warn';
      output[level](allowed(isTrouble ? withCode(fields) : fields, showsMessages), event);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Adds the error's own code, or the code of an unexpected error. */
function withCode(fields: LogFields): LogFields {
  return fields.code === undefined ? { ...fields, code: toAppError(fields.error).code } : fields;
}

function allowed(fields: LogFields, showsMessages: boolean): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  const requestId = currentRequestId();
  if (requestId !== undefined) line['requestId'] = requestId;
  for (const name of ALLOWED_FIELDS) {
    if (fields[name] !== undefined) line[name] = fields[name];
  }
  if (fields.error !== undefined) line['error'] = toLoggableError(fields.error, showsMessages);
  return line;
}

const MAX_CAUSES = 4;
const MAX_MESSAGE = 500;

/**
 * An error in the form that is safe to log: class, code and stack frames of the error and of its causes. Messages
 * and own properties of foreign errors are left out: libraries put response bodies, URLs with `?code=` and header
 * values there (G20).
 *
 * @param withMessages in development only
 */
export function toLoggableError(error: unknown, withMessages = false): Record<string, unknown> {
  const chain: Record<string, unknown>[] = [];
  let current: unknown = error;
  while (current instanceof Error && chain.length < MAX_CAUSES) {
    chain.push({
      name: current.name,
      code: codeOf(current),
      ...(current instanceof AppError ? {} : { frames: framesOf(current) }),
      ...(withMessages && { message: current.message.slice(0, MAX_MESSAGE) }),
    });
    current = current.cause;
  }
  if (chain.length === 0) return { name: typeof error };
  const [first, ...causes] = chain;
  return causes.length > 0 ? { ...first, causes } : { ...first };
}

function codeOf(error: Error): string | undefined {
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/u.test(code) ? code : undefined;
}

function framesOf(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n');
  return lines
    .filter((line) => /^\s+at /u.test(line))
    .slice(0, 8)
    .map((line) => line.trim());
}
