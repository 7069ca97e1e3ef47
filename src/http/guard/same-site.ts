import { getDomain } from 'tldts';

/**
 * True if browsers take the two addresses for different sites: another scheme, or another registrable domain by the
 * public suffix list. The port does not matter. A cookie with `SameSite=Lax` is not sent from one to the other.
 *
 * Two hosts below `studio.example` are of one site; `localhost` and `127.0.0.1` are not.
 */
export function isOtherSite(one: string, other: string): boolean {
  return siteOf(one) !== siteOf(other);
}

function siteOf(address: string): string {
  const { protocol, hostname } = new URL(address);
  return `${protocol}//${getDomain(hostname, { allowPrivateDomains: true }) ?? hostname}`;
}

/** The listed front ends that get no cookie, one sentence each. */
export const otherSites = ({
  http: { publicUrl },
  frontEndOrigins,
}: {
  readonly http: { readonly publicUrl: string };
  readonly frontEndOrigins: readonly string[];
}): readonly string[] =>
  frontEndOrigins
    .filter((origin) => isOtherSite(publicUrl, origin))
    .map(
      (origin) =>
        `${origin} is at another site than ${publicUrl}: browsers send no cookie with its requests, so nobody is signed in there.`,
    );
