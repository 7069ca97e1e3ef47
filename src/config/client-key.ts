import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

/** The private key by which this server authenticates to the provider (`private_key_jwt`). */
export interface ClientKey {
  readonly jwk: JsonWebKey;
  /** The JWS name, such as `ES256`. */
  readonly algorithm: string;
  /** Id of the key at the provider. */
  readonly keyId: string | undefined;
}

const SMALLEST_RSA_BITS = 2048;
const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

/** Signature algorithms by Node's key type or by curve. The first is the default for a JWK without `alg`. */
const ALGORITHMS: ReadonlyMap<string, readonly string[]> = new Map([
  ['rsa', RSA_ALGORITHMS],
  ['prime256v1', ['ES256']],
  ['secp384r1', ['ES384']],
  ['secp521r1', ['ES512']],
  ['ed25519', ['EdDSA', 'Ed25519']],
]);

const NO_KEY = 'must be a private key: RSA, EC or Ed25519, as PEM (PKCS #8) or as one JWK';
const PUBLIC_KEY = 'is a public key. Give the private key, as PEM (PKCS #8) or as a JWK';
const OTHER_KIND = `is a key that cannot sign here. Make an RSA key of at least ${SMALLEST_RSA_BITS} bits, an EC key on P-256, P-384 or P-521, or an Ed25519 key`;
const OTHER_USE =
  'is a JWK that is not for signatures. Make a key with "use": "sig", or take out its use and key_ops';
const OTHER_ALGORITHM =
  'is a JWK whose alg does not go with its key. Take alg out, or set it to RS256, RS384, RS512, PS256, PS384 or PS512 for RSA, to ES256, ES384 or ES512 for P-256, P-384 or P-521, to EdDSA for Ed25519';

class ClientKeyError extends Error {}

const JWK = z.looseObject({
  kty: z.string(),
  alg: z.string().optional(),
  kid: z.string().optional(),
  use: z.string().optional(),
  key_ops: z.array(z.string()).optional(),
});

/** A private key: PEM (PKCS #8), or a JWK, whose `kid` and `alg` are used. */
export const clientKey = z.string().transform((text, context): ClientKey | null => {
  if (text === '') return null;
  try {
    return parseClientKey(text);
  } catch (error) {
    context.addIssue(error instanceof ClientKeyError ? error.message : NO_KEY);
    return z.NEVER;
  }
});

/** A key that cannot sign is refused at start-up: otherwise the provider would refuse it at a person's sign-in. */
function parseClientKey(text: string): ClientKey {
  const given = text.trimStart().startsWith('{') ? JWK.parse(JSON.parse(text)) : undefined;
  const key = readPrivateKey(given === undefined ? text : { key: given, format: 'jwk' });
  const possible = algorithmsOf(key);
  const usual = possible[0];
  if (usual === undefined) throw new ClientKeyError(OTHER_KIND);
  const { alg = usual, use = 'sig', key_ops: operations = ['sign'] } = given ?? {};
  if (use !== 'sig' || !operations.includes('sign')) throw new ClientKeyError(OTHER_USE);
  if (!possible.includes(alg)) throw new ClientKeyError(OTHER_ALGORITHM);
  return { jwk: key.export({ format: 'jwk' }), algorithm: alg, keyId: given?.kid };
}

function readPrivateKey(
  text: Parameters<typeof createPrivateKey>[0] & Parameters<typeof createPublicKey>[0],
) {
  try {
    return createPrivateKey(text);
  } catch {
    createPublicKey(text);
    throw new ClientKeyError(PUBLIC_KEY);
  }
}

function algorithmsOf({ asymmetricKeyType: kind, asymmetricKeyDetails: details }: KeyObject) {
  if (kind === 'rsa' && (details?.modulusLength ?? 0) < SMALLEST_RSA_BITS) return [];
  return ALGORITHMS.get(details?.namedCurve ?? kind ?? '') ?? [];
}
