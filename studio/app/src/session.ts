export interface SignedIn {
  readonly displayName: string;
  readonly login: string;
}

/** Who is signed in, or null: then the person has to sign in first. */
export async function findSession(): Promise<SignedIn | null> {
  const answer = await fetch('/auth/session', { headers: { accept: 'application/json' } });
  if (answer.status === 401) return null;
  if (!answer.ok) throw new Error(`The session could not be read (${answer.status}).`);
  return (await answer.json()) as SignedIn;
}

/** Where to sign in, and come back here. */
export function signInUrl(): string {
  const here = `${location.pathname}${location.search}`;
  return `/auth/login?returnTo=${encodeURIComponent(here)}`;
}

/** Signs out here and at the identity provider. */
export async function signOut(): Promise<void> {
  const answer = await fetch('/auth/logout', { method: 'POST', headers: { accept: 'application/json' } });
  const { logoutUrl } = answer.ok ? ((await answer.json()) as { logoutUrl?: string | null }) : {};
  location.assign(logoutUrl ?? '/');
}

/** The launch that this page was opened with. */
export const launchId = (): string | null => new URLSearchParams(location.search).get('launch');
