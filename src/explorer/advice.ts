import { ERROR_TABLE, type ErrorCode } from '../base/errors.ts';
import { EXPLORER } from './addresses.ts';

/** The remedy for one error code of an answer. */
export interface Advice {
  readonly code: string;
  readonly text: string;
  /** For a report to an administrator. */
  readonly requestId: string | undefined;
  /** The advice's link, at this server. */
  readonly link: { readonly label: string; readonly href: string } | undefined;
}

const UNKNOWN = 'This code is not one of this server. The message in the result says more.';
const HERE = encodeURIComponent(EXPLORER);

/**
 * The advice of each code in a GraphQL answer, once for each code, in the order of the errors.
 * @param origin of this server
 */
export function adviceOf(answer: unknown, origin: string): readonly Advice[] {
  const advice = new Map<string, Advice>();
  for (const error of listOf(fieldOf(answer, 'errors'))) {
    const extensions = fieldOf(error, 'extensions');
    const code = fieldOf(extensions, 'code');
    if (typeof code !== 'string' || advice.has(code)) continue;
    const requestId = fieldOf(extensions, 'requestId');
    advice.set(code, {
      code,
      text: isKnown(code) ? ERROR_TABLE[code].message : UNKNOWN,
      requestId: typeof requestId === 'string' ? requestId : undefined,
      link: linkOf(code, fieldOf(extensions, 'details'), origin),
    });
  }
  return [...advice.values()];
}

const isKnown = (code: string): code is ErrorCode => Object.hasOwn(ERROR_TABLE, code);

function linkOf(code: string, details: unknown, origin: string): Advice['link'] {
  if (code === 'OWN_ACCOUNT_NEEDED') return { label: 'Link it', href: `/auth/link?returnTo=${HERE}` };
  const loginUrl = fieldOf(details, 'loginUrl');
  // Another system of the studio may have written the details, so only our own sign-in becomes a link.
  if (code !== 'STEP_UP' || typeof loginUrl !== 'string') return undefined;
  const ours = `${origin}/auth/login`;
  if (loginUrl !== ours && !loginUrl.startsWith(`${ours}?`)) return undefined;
  return { label: 'Sign in', href: `${loginUrl}${loginUrl.includes('?') ? '&' : '?'}returnTo=${HERE}` };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
