/** Where the page is, and where the server is. */
export interface Place {
  /** Origin of the server; '' for a page that it serves itself. */
  readonly server: string;
  /** The launch that the page was opened with. */
  readonly launch: string | null;
  /** Shown in ShotGrid's overlay: a frame, in which no provider lets anybody sign in. */
  readonly isOverlay: boolean;
}

const NOWHERE = { pathname: '', search: '' };

export function placeOf({ server = '', launch }: Partial<Pick<Place, 'server' | 'launch'>>): Place {
  // A script that renders pages has no address bar.
  const { pathname, search } = typeof location === 'undefined' ? NOWHERE : location;
  return {
    server,
    launch: launch === undefined ? new URLSearchParams(search).get('launch') : launch,
    isOverlay: pathname.startsWith('/overlay/'),
  };
}

/** Addresses that a page sends people to. Each leads back to where they are now. */
export interface Addresses {
  signIn(): string;
  /** Where somebody links their own ShotGrid account. */
  link(): string;
  /** A sign-in that the server has asked for: the `loginUrl` of a problem. */
  stepUp(loginUrl: string): string;
  /** The same launch in a tab of its own, which signs in by itself. */
  newTab(): string;
}

export function addressesOf({ server, launch, isOverlay }: Place): Addresses {
  const here = (): string => (server === '' ? `${location.pathname}${location.search}` : location.href);
  const at = (path: string, query: Record<string, string>): string =>
    `${server}${path}?${new URLSearchParams(query)}`;
  // The page that opens a sign-in in a window of its own, and comes back to this frame.
  const overlay = (search = ''): string => `/overlay/${launch ?? ''}${search}`;
  return {
    signIn: () => (isOverlay ? overlay() : at('/auth/login', { returnTo: here() })),
    link: () => (isOverlay ? overlay() : at('/auth/link', { returnTo: here() })),
    stepUp(loginUrl) {
      const known = URL.canParse(loginUrl, location.origin) ? loginUrl : '/auth/login';
      const { pathname, searchParams } = new URL(known, location.origin);
      if (isOverlay) {
        searchParams.set('stepUp', '1');
        return overlay(`?${searchParams}`);
      }
      searchParams.set('returnTo', here());
      // Two slashes at the front would be another host.
      return `${server}${pathname.replace(/^\/*/u, '/')}?${searchParams}`;
    },
    newTab: () => at('/auth/login', { returnTo: launch === null ? here() : `/launch/${launch}` }),
  };
}
