import { AppError } from '../../base/errors.ts';

const MAX_LENGTH = 2048;
const BASE = 'http://origin.invalid';
/** Browsers strip tabs and line ends from addresses and read a backslash as a slash. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\\]/u;
const DECODINGS = 2;

/**
 * The canonical form of a path on our own origin, or undefined if it could lead anywhere else, also after a proxy
 * or a front end decodes it twice more (C17). An address on one of `origins` may replace such a path; the same
 * rules apply to the part after its origin.
 *
 * `/apps/review/?launch=x` -> the same; `//evil.example`, `/%5cevil.example`, `https://evil.example` -> undefined
 */
export function parseReturnTo(text: unknown, origins: readonly string[] = []): string | undefined {
  if (typeof text !== 'string' || text.length > MAX_LENGTH) return undefined;
  const origin = origins.find((each) => text === each || text.startsWith(`${each}/`));
  if (origin === undefined) return parsePath(text);
  const path = parsePath(text === origin ? '/' : text.slice(origin.length));
  return path === undefined ? undefined : `${origin}${path}`;
}

/**
 * `parseReturnTo` for a place that a person is sent to afterwards: refused before anything is done where it is too long
 * to keep, or an address that is not listed. The person would silently land elsewhere.
 * Errors: `BAD_REQUEST`, `RETURN_TO`.
 */
export function wantedReturnTo(text: unknown, origins: readonly string[]): string | undefined {
  if (typeof text === 'string' && text.length > MAX_LENGTH) throw tooLong();
  const parsed = parseReturnTo(text, origins);
  if (parsed === undefined && typeof text === 'string' && URL.canParse(text)) throw new AppError('RETURN_TO');
  return parsed;
}

function tooLong(): AppError {
  return new AppError('BAD_REQUEST', {
    message: `The address to come back to is longer than ${MAX_LENGTH} characters. Sign in on the start page, then open the address again.`,
  });
}

/** The part after the path cannot change the target: its escapes belong to the front end and are not decoded. */
function parsePath(text: string): string | undefined {
  const [path = ''] = text.split(/[?#]/u, 1);
  const rest = text.slice(path.length);
  let form = path;
  for (let decodings = 0; ; decodings += 1) {
    if (!staysHere(`${form}${rest}`)) return undefined;
    if (decodings === DECODINGS) break;
    const decoded = decoding(form);
    if (decoded === undefined) return undefined;
    form = decoded;
  }
  const url = new URL(text, BASE);
  return `${url.pathname}${url.search}${url.hash}`;
}

function staysHere(text: string): boolean {
  if (!text.startsWith('/') || UNSAFE.test(text) || !URL.canParse(text, BASE)) return false;
  const url = new URL(text, BASE);
  const path = text.split(/[?#]/u, 1)[0] ?? '';
  return url.origin === BASE && !path.includes('//') && !url.pathname.includes('//');
}

function decoding(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The id of the launch that a path of ours opens: `/launch/<id>` -> `<id>`. */
export function launchIdOf(returnTo: string): string | undefined {
  return /^\/launch\/([A-Za-z0-9_-]+)$/u.exec(returnTo)?.[1];
}
