import { BESIDE, EXPLORER } from './addresses.ts';
import type { Who } from './use-session.ts';

/** `Artist` reads as a word in a sentence; `API Admin` and other names of a studio stay as they are. */
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
  /** What was typed lives in this page alone, so the person must not be led away from it. */
  readonly staysOpen: boolean;
}

/** Who asks, and how to become somebody else. */
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
