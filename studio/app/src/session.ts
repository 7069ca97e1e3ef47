/** Who is signed in at this browser. */
export interface SignedIn {
  readonly displayName: string;
  readonly person: { readonly id: number };
}

/** Who is signed in; null where nobody is, and the person has to sign in first. */
export async function whoIsSignedIn(): Promise<SignedIn | null> {
  const answer = await fetch('/auth/session', { headers: { accept: 'application/json' } });
  // A body that nobody reads keeps its request open.
  const text = await answer.text();
  if (answer.status === 401) return null;
  if (!answer.ok) throw new Error(`The session could not be read (${answer.status}).`);
  return JSON.parse(text) as SignedIn;
}

/** Shown in ShotGrid's overlay: a frame, in which no provider lets anybody sign in. */
export const IS_OVERLAY = location.pathname.startsWith('/overlay/');

/** Told to the window once somebody has signed out in the overlay. */
export const SIGNED_OUT = 'shotgraph:signed-out';

/** Where to sign in, and come back here. */
export function signInUrl(): string {
  // The page that opens a sign-in in a window of its own and comes back to this frame.
  if (IS_OVERLAY) return `/overlay/${launchId() ?? ''}`;
  const here = `${location.pathname}${location.search}`;
  return `/auth/login?returnTo=${encodeURIComponent(here)}`;
}

/** Where somebody links their own ShotGrid account, and comes back here: in the overlay in its sign-in window. */
export const linkUrl = (): string =>
  IS_OVERLAY
    ? signInUrl()
    : `/auth/link?${new URLSearchParams({ returnTo: location.pathname + location.search }).toString()}`;

/** A sign-in that the server has asked for, and back here: in the overlay in its sign-in window. */
export function stepUpUrl(loginUrl: string): string {
  const url = new URL(loginUrl, location.origin);
  if (IS_OVERLAY) {
    url.searchParams.set('stepUp', '1');
    return `/overlay/${launchId() ?? ''}${url.search}`;
  }
  url.searchParams.set('returnTo', `${location.pathname}${location.search}`);
  return url.pathname + url.search;
}

/** Signs out here and at the identity provider. */
export async function signOut(): Promise<void> {
  const answer = await fetch('/auth/logout', { method: 'POST', headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`The sign-out was refused (${answer.status}).`);
  const { logoutUrl } = (await answer.json()) as { logoutUrl?: string | null };
  // The provider's page may not be framed either.
  if (IS_OVERLAY) dispatchEvent(new Event(SIGNED_OUT));
  else location.assign(logoutUrl ?? '/');
}

/** The same launch in a tab of its own, which signs in by itself. */
export const newTabUrl = (): string =>
  `/auth/login?returnTo=${encodeURIComponent(`/launch/${launchId() ?? ''}`)}`;

/** The launch that this page was opened with. */
export const launchId = (): string | null => new URLSearchParams(location.search).get('launch');
