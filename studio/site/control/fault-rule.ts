/** What goes wrong, and for which calls. Parsed from `POST /__studio/faults`. */
export interface FaultRule {
  readonly match: { readonly method?: string; readonly path?: string };
  /** Answers with this status instead of the site. */
  readonly status?: number;
  /** Waits before the call is handled; with `after` or `truncate`, before the answer leaves. */
  readonly delayMs?: number;
  /** Closes the connection without an answer; with `truncate`, in the middle of it. */
  readonly drop?: boolean;
  /** `Retry-After` of the answer. */
  readonly retryAfterSeconds?: number;
  /** Raw text of the answer; status 200 if none is given. */
  readonly body?: string;
  readonly contentType?: string;
  /** Sends only so many bytes of the site's own answer. */
  readonly truncate?: number;
  /** Lets the site do its work first and spoils only the answer: the write is done, the caller cannot know. */
  readonly after?: boolean;
  /** How many calls it meets; every one without it. */
  readonly times?: number;
}

const KEYS: Readonly<Record<string, (value: unknown) => boolean>> = {
  match: (value) => typeof value === 'object' && value !== null,
  status: (value) => Number.isInteger(value) && Number(value) >= 100 && Number(value) < 600,
  delayMs: isCount,
  drop: (value) => typeof value === 'boolean',
  retryAfterSeconds: isCount,
  body: (value) => typeof value === 'string',
  contentType: (value) => typeof value === 'string',
  truncate: isCount,
  after: (value) => typeof value === 'boolean',
  times: isCount,
};

/** Parses a fault; a string is the problem with it. An unknown key is a problem, so that no typo passes. */
export function parseFaultRule(input: unknown): FaultRule | string {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return 'a fault is an object';
  for (const [key, value] of Object.entries(input)) {
    const isLegal = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
    if (!isLegal) return `unknown key '${key}'; known are ${Object.keys(KEYS).join(', ')}`;
    if (!isLegal(value)) return `illegal value of '${key}'`;
  }
  const match: unknown = 'match' in input ? input.match : {};
  for (const [key, value] of Object.entries(match as object)) {
    if (key !== 'method' && key !== 'path') return `unknown key 'match.${key}'; known are method, path`;
    if (typeof value !== 'string') return `illegal value of 'match.${key}'`;
  }
  return { ...input, match: match as FaultRule['match'] };
}

/** Whether a rule meets a call. A path is a prefix, or a pattern of the whole path when it holds a `*`. */
export function faultMeets({ match }: FaultRule, method: string, path: string): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== method) return false;
  if (match.path === undefined) return true;
  if (!match.path.includes('*')) return path.startsWith(match.path);
  const parts = match.path.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(path);
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0;
}
