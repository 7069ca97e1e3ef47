import { BESIDE, EXPLORER } from './addresses.ts';
import type { Who } from './use-session.ts';

/** `Artist` becomes a lower-case word in a sentence; `API Admin` and a studio's own names stay unchanged. */
const inSentence = (role: string): string => (/^[A-Z][a-z]+$/u.test(role) ? role.toLowerCase() : role);

const WITHOUT_PERSON = {
  asking: 'Asking who is signed in…',
  unknown: 'This server does not say who is signed in.',
  nobody: 'Nobody is signed in.',
};

export function whoText(who: Who): string {
  if (who.kind !== 'person') return WITHOUT_PERSON[who.kind];
  const { displayName, permissionRole } = who.person;
  return `You ask as ${displayName}${permissionRole === null ? '' : `, ${inSentence(permissionRole)}`}.`;
}

interface WhoAsksProps {
  readonly who: Who;
  /** Typed text exists only in this page, so a link must not lead the person away from it. */
  readonly staysOpen: boolean;
}

/** Shows the person whose rights apply, and how to switch the account. */
export function WhoAsks({ who, staysOpen }: WhoAsksProps) {
  const target = staysOpen ? '_blank' : undefined;
  const signIn = `/auth/login?returnTo=${encodeURIComponent(staysOpen ? `${EXPLORER}${BESIDE}` : EXPLORER)}`;
  return (
    <div className="who">
      <span data-testid="who">{whoText(who)}</span>
      {who.kind === 'nobody' && (
        <a className="button" href={signIn} target={target}>
          Sign in
        </a>
      )}
      {who.kind === 'person' && (
        <>
          <a className="button" href={`${signIn}&prompt=select_account`} target={target}>
            Use another account
          </a>
          <form method="post" action="/auth/logout" target={target}>
            <button type="submit">Sign out</button>
          </form>
        </>
      )}
    </div>
  );
}
