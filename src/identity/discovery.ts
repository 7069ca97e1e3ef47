import * as client from 'openid-client';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { idpFetch } from './idp-fetch.ts';
import { toLoginError } from './oidc-errors.ts';
import type { OidcSettings } from './oidc-port.ts';

const RETRY_AFTER_MS = 1000;

/**
 * The provider's discovery document, read at the first need and kept. A failure is remembered for a second
 * and then tried again at the next need: the process stays up and recovers without a restart (C11).
 * Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT`.
 */
export function createDiscovery(
  settings: OidcSettings,
  deps: { readonly clock: Clock; readonly logger: Logger },
): () => Promise<client.Configuration> {
  let current: Promise<client.Configuration> | undefined;
  let failedAtMs: number | undefined;
  return () => {
    const mayRetry = failedAtMs !== undefined && Math.abs(deps.clock.now() - failedAtMs) >= RETRY_AFTER_MS;
    if (current === undefined || mayRetry) {
      failedAtMs = undefined;
      current = discover(settings).catch((error: unknown) => {
        failedAtMs = deps.clock.now();
        const ours = toLoginError(error, 'discovery');
        deps.logger.warn('oidc.discovery_failed', { upstream: 'idp', code: ours.code, error });
        throw ours;
      });
    }
    return current;
  };
}

async function discover(settings: OidcSettings): Promise<client.Configuration> {
  const options: client.DiscoveryRequestOptions = {
    timeout: settings.timeoutMs / 1000,
    execute: settings.allowInsecureRequests ? [client.allowInsecureRequests] : [],
    [client.customFetch]: idpFetch,
  };
  return client.discovery(new URL(settings.issuer), settings.clientId, undefined, client.None(), options);
}
