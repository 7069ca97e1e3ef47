/**
 * Proves that a session is for this frame: only the holder of a challenge's verifier gets it (RFC 7636, method
 * S256).
 */
export interface Proof {
  readonly verifier: string;
  readonly challenge: string;
}

const VERIFIER_BYTES = 32;

export async function makeProof(): Promise<Proof> {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(VERIFIER_BYTES)));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return { verifier, challenge: base64url(new Uint8Array(digest)) };
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
