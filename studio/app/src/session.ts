/** Whether somebody is signed in; if not, the person has to sign in first. */
export async function isSignedIn(): Promise<boolean> {
  const answer = await fetch('/auth/session', { headers: { accept: 'application/json' } });
  // A body that nobody reads keeps its request open.
  await answer.text();
  if (answer.status === 401) return false;
  if (!answer.ok) throw new Error(`The session could not be read (${answer.status}).`);
  return true;
}

/** Where to sign in, and come back here. */
export function signInUrl(): string {
  const here = `${location.pathname}${location.search}`;
  return `/auth/login?returnTo=${encodeURIComponent(here)}`;
}

/** Signs out here and at the identity provider. */
export async function signOut(): Promise<void> {
  const answer = await fetch('/auth/logout', { method: 'POST', headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`The sign-out was refused (${answer.status}).`);
  const { logoutUrl } = (await answer.json()) as { logoutUrl?: string | null };
  location.assign(logoutUrl ?? '/');
}

/** The launch that this page was opened with. */
export const launchId = (): string | null => new URLSearchParams(location.search).get('launch');
