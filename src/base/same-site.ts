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
