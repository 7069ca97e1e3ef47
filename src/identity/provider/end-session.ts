import { decodeJwt } from 'jose';
import * as client from 'openid-client';

/** Providers and proxies refuse URLs from about 8 kB on, and some from 2 kB. */
const MAX_ADDRESS = 2048;
/** The claims that providers accept as `logout_hint`; Microsoft's claim comes first. */
const HINTS = ['login_hint', 'preferred_username', 'email', 'sub'];

/**
 * The URL that ends the person's session at the provider (RP-Initiated Logout 1.0). The ID token of a person with
 * many groups makes the URL too long. It then names the person by a hint, and the provider may ask before it signs
 * out.
 */
export function endSessionUrlOf(
  configuration: client.Configuration,
  idToken: string,
  returnUri: string,
): string {
  const back = { post_logout_redirect_uri: returnUri };
  const { href } = client.buildEndSessionUrl(configuration, { id_token_hint: idToken, ...back });
  if (href.length <= MAX_ADDRESS) return href;
  const hint = hintOf(idToken);
  return client.buildEndSessionUrl(configuration, {
    ...back,
    ...(hint !== undefined && { logout_hint: hint }),
  }).href;
}

function hintOf(idToken: string): string | undefined {
  const claims = decodeJwt(idToken);
  return HINTS.map((name) => claims[name]).find(
    (value): value is string => typeof value === 'string' && value !== '' && value.length < MAX_ADDRESS / 8,
  );
}
