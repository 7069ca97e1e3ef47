import { importJWK } from 'jose';
import * as client from 'openid-client';
import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { ClientCredentials, ClientMethod } from './oidc-port.ts';

/** How this server authenticates to the provider (OpenID Connect Core 9). */
export interface ClientAuthentication {
  /**
   * The methods to try; the one that worked last comes first. Errors: `IDP_UNAVAILABLE` where the provider accepts
   * no method that these settings allow.
   */
  methodsFor(metadata: client.ServerMetadata): readonly ClientMethod[];
  auth(method: ClientMethod): Promise<client.ClientAuth>;
  /** Records that the provider accepted this method. */
  took(method: ClientMethod): void;
}

const MAX_CAUSES = 5;

export function createClientAuthentication(
  { clientSecret, clientMethod = 'auto', clientKey = null }: ClientCredentials,
  logger: Logger,
): ClientAuthentication {
  let known: ClientMethod | undefined;
  let key: Promise<client.PrivateKey> | undefined;

  const possible: readonly ClientMethod[] = [
    ...(clientKey === null ? [] : (['private_key_jwt'] as const)),
    ...(clientSecret === '' ? [] : (['client_secret_basic', 'client_secret_post'] as const)),
  ];

  return {
    methodsFor(metadata) {
      if (clientMethod !== 'auto') return [clientMethod];
      const offered = metadata.token_endpoint_auth_methods_supported;
      // Where the provider lists no methods, the default is the header (OpenID Connect Discovery 3), or the
      // configured key.
      if (offered === undefined) return [clientKey === null ? 'client_secret_basic' : 'private_key_jwt'];
      const methods = possible.filter((method) => offered.includes(method));
      if (methods.length === 0) {
        throw new AppError('IDP_UNAVAILABLE', {
          message:
            'The sign-in service takes this server’s name in no way that it has. An administrator has to look at SHOTGRAPH_OIDC_CLIENT_AUTHENTICATION.',
          details: { providerOffers: offered },
        });
      }
      return known === undefined || !methods.includes(known)
        ? methods
        : [known, ...methods.filter((method) => method !== known)];
    },
    async auth(method) {
      if (method === 'client_secret_post') return client.ClientSecretPost(clientSecret);
      if (method === 'client_secret_basic') return client.ClientSecretBasic(clientSecret);
      if (clientKey === null) throw new AppError('INTERNAL');
      key ??= importKey(clientKey);
      return client.PrivateKeyJwt(await key, {
        // For Ed25519 the library writes the new name (RFC 9864), which many providers do not support.
        [client.modifyAssertion]: (header) => {
          header['alg'] = clientKey.algorithm;
        },
      });
    },
    took(method) {
      if (known === method) return;
      known = method;
      logger.info('oidc.client_authentication', { upstream: 'idp', method });
    },
  };
}

async function importKey({ jwk, algorithm, keyId }: NonNullable<ClientCredentials['clientKey']>) {
  const key = await importJWK({ ...jwk }, algorithm);
  if (key instanceof Uint8Array) throw new AppError('INTERNAL');
  return { key, ...(keyId !== undefined && { kid: keyId }) };
}

/** True where the provider refuses the client itself, before it looks at the request (RFC 6749 5.2). */
export function isClientRefused(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && current instanceof Error; depth += 1) {
    if (current instanceof client.WWWAuthenticateChallengeError) return true;
    if (current instanceof client.ResponseBodyError) return current.error === 'invalid_client';
    current = current.cause;
  }
  return false;
}
