import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The private key by which this server proves to the provider who it is (`private_key_jwt`). */
export interface ClientKey {
  readonly jwk: JsonWebKey;
  /** As JWS names it, such as `ES256`. */
  readonly algorithm: string;
  /** Name of the key at the provider. */
  readonly keyId: string | undefined;
}

const CURVES: Readonly<Record<string, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };

/** A file with a private key: PEM (PKCS #8), or a JWK, whose `kid` and `alg` count. */
export const clientKeyFile = z.string().transform((path, context): ClientKey | null => {
  if (path === '') return null;
  try {
    return parseClientKey(readFileSync(path, 'utf8'));
  } catch {
    context.addIssue('must be a file with a private key: RSA, EC or Ed25519, as PEM (PKCS #8) or as a JWK');
    return z.NEVER;
  }
});

function parseClientKey(text: string): ClientKey {
  const isJwk = text.trimStart().startsWith('{');
  const given = isJwk ? (JSON.parse(text) as JsonWebKey) : {};
  const key: KeyObject = createPrivateKey(isJwk ? { key: given, format: 'jwk' } : text);
  const jwk = key.export({ format: 'jwk' });
  const { alg, kid } = given;
  const usual = jwk.kty === 'RSA' ? 'RS256' : (CURVES[jwk.crv ?? ''] ?? 'EdDSA');
  return {
    jwk,
    algorithm: typeof alg === 'string' ? alg : usual,
    keyId: typeof kid === 'string' ? kid : undefined,
  };
}
