import type { Principal } from '../../identity/person/principal.ts';
import { type ErrorCode, toAppError } from '../../base/errors.ts';
import { withAccount } from '../../identity/provider/sign-in-strength.ts';
import type { Prompt } from '../../identity/provider/oidc-port.ts';
import type { PageAction } from '../request/request-state.ts';

/** Where a person goes first if their account is not linked yet. */
export const linkPath = (returnTo: string): string =>
  `/auth/link?${new URLSearchParams({ returnTo }).toString()}`;

/** True for a person who must link their account before they can do anything in ShotGrid. */
export const needsLink = ({ acting }: Principal): boolean => acting.way === 'own' && acting.account === null;

/** Refusals of the account itself: another account may be accepted. */
const OTHER_ACCOUNT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'NO_SHOTGUN_USER',
  'CLAIM_MISSING',
  'AMBIGUOUS_USER',
  'USER_INACTIVE',
  'MAPPING_CHANGED',
  'IDENTITY_MISMATCH',
  'IMPERSONATION_REFUSED',
  'ADMIN_SUDO_BLOCKED',
]);

/**
 * The `prompt` that lets the next sign-in end differently: single sign-on would return the same account, or the
 * same weak sign-in, again. Null if a plain sign-in may help.
 */
export function promptAfter(error: unknown): Prompt | null {
  const { code } = toAppError(error);
  if (code === 'LOGIN_ACR') return 'login';
  return OTHER_ACCOUNT.has(code) ? 'select_account' : null;
}

const LABELS: Readonly<Record<Prompt, string>> = {
  select_account: 'Use another account',
  login: 'Sign in again',
  none: 'Try again',
};

const PROMPTS = ['login', 'select_account', 'none'] as const satisfies readonly Prompt[];

export const parsePrompt = (text: unknown): Prompt | undefined => PROMPTS.find((prompt) => prompt === text);

export const loginPath = (returnTo: string, prompt?: Prompt): string =>
  `/auth/login?${new URLSearchParams({ returnTo, ...(prompt !== undefined && { prompt }) }).toString()}`;

/** The next steps after a refused sign-in. */
export function actionsAfter(error: unknown, returnTo: string): readonly PageAction[] {
  const prompt = promptAfter(error);
  // An administrator may have fixed the account meanwhile.
  const again: PageAction = { label: 'Try again', href: loginPath(returnTo) };
  return prompt === null ? [again] : [{ label: LABELS[prompt], href: loginPath(returnTo, prompt) }, again];
}

/** Adds the account to the refusal: a person with several in one browser cannot see which one was used. */
export function namingAccount(error: unknown, claims: Readonly<Record<string, unknown>>): unknown {
  // The mismatch already names it.
  const isNamed = promptAfter(error) === null || toAppError(error).code === 'IDENTITY_MISMATCH';
  return isNamed ? error : withAccount(toAppError(error), claims);
}
