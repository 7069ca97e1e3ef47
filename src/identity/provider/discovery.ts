import * as client from 'openid-client';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { MS_PER_SECOND } from '../../base/units.ts';
import { idpFetch } from './idp-fetch.ts';
import { toLoginError } from './oidc-errors.ts';
import type { OidcSettings } from './oidc-port.ts';
import { originsOf } from './sign-in-request.ts';

const RETRY_AFTER_MS = 1000;
/** Readiness has to answer within two seconds. */
const LOOK_MS = 1500;

/**
 * The provider's discovery document. It is read on first use and cached; each readiness check reads it again. A
 * failure is cached for a second, and the next use after that retries: the process stays up and recovers without a
 * restart (C11). Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT`.
 */
export interface Discovery {
  read(): Promise<client.Configuration>;
  /** Reads the document now, without the cache. A success replaces the cached document, a failure does not. */
  look(): Promise<client.Configuration>;
  /** Of the provider's pages, from the last document; before that of the issuer alone. */
  origins(): readonly string[];
}

export function createDiscovery(
  settings: OidcSettings,
  deps: { readonly clock: Clock; readonly logger: Logger },
): Discovery {
  let current: Promise<client.Configuration> | undefined;
  let failedAtMs: number | undefined;
  let origins: readonly string[] = [new URL(settings.issuer).origin];
  const found = (configuration: client.Configuration): client.Configuration => {
    origins = originsOf(configuration.serverMetadata());
    return configuration;
  };
  const read = (): Promise<client.Configuration> => {
    const mayRetry = failedAtMs !== undefined && Math.abs(deps.clock.now() - failedAtMs) >= RETRY_AFTER_MS;
    if (current === undefined || mayRetry) {
      failedAtMs = undefined;
      current = discover(settings)
        .then(found)
        .catch((error: unknown) => {
          failedAtMs = deps.clock.now();
          const ours = toLoginError(error, 'discovery');
          deps.logger.warn('oidc.discovery_failed', { upstream: 'idp', code: ours.code, error });
          throw ours;
        });
    }
    return current;
  };
  const look = async (): Promise<client.Configuration> => {
    const timeoutMs = Math.min(LOOK_MS, settings.timeoutMs);
    try {
      const configuration = found(await discover({ ...settings, timeoutMs }));
      [current, failedAtMs] = [Promise.resolve(configuration), undefined];
      return configuration;
    } catch (error) {
      throw toLoginError(error, 'discovery');
    }
  };
  return { read, look, origins: () => origins };
}

async function discover(settings: OidcSettings): Promise<client.Configuration> {
  const options: client.DiscoveryRequestOptions = {
    timeout: settings.timeoutMs / MS_PER_SECOND,
    execute: settings.allowInsecureRequests ? [client.allowInsecureRequests] : [],
    [client.customFetch]: idpFetch,
  };
  return client.discovery(new URL(settings.issuer), settings.clientId, undefined, client.None(), options);
}
