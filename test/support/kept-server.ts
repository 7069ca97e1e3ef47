import { createApp } from '../../src/app.ts';
import { createLogger } from '../../src/base/logger.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { Store } from '../../src/store/store.ts';
import { startIdp } from '../../studio/idp/start.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import type { Dataset } from '../../studio/site/ports.ts';
import { startSite } from '../../studio/site/start.ts';
import { freePort } from './free-port.ts';
import { CANARIES, environmentOf } from './studio.ts';

/**
 * Records are sealed for the addresses of their site and provider, so these have the same ports each time. They are below
 * those that systems and `freePort` give out.
 */
const SITE_PORT = 18_771;
const IDP_PORT = 18_772;
const RETRY_MS = 200;

export interface KeptServerOptions {
  readonly store: Store;
  /** Clock of the server and the site; the provider has its own. */
  readonly now: () => number;
  readonly auditFile: string;
}

/** A server whose records another one can take over: always of the same site and the same provider. */
export interface KeptServer {
  readonly url: string;
  readonly siteUrl: string;
  readonly issuer: string;
  /** Of the person `mira`, and two Versions. */
  readonly miraId: number;
  readonly versionIds: readonly number[];
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startKeptServer({ store, now, auditFile }: KeptServerOptions): Promise<KeptServer> {
  const bffPort = await freePort();
  const url = `http://localhost:${bffPort}`;
  const dataset = datasetOf(url);
  const site = await onceFree(() => startSite({ port: SITE_PORT, dataset, now }));
  const idp = await onceFree(() => startIdp({ port: IDP_PORT, clients: [clientOf(url)] }));
  const environment = {
    ...environmentOf({
      ...{ bffUrl: url, bffPort, siteUrl: site.url, storageUrl: site.storageUrl, issuer: idp.issuer },
    }),
    SHOTGRAPH_AUDIT: auditFile,
    SHOTGRAPH_OIDC_SCOPE: 'openid profile email offline_access',
    SHOTGRAPH_ACTING_POLICY_BY_ROLE: 'Admin=own-credentials',
  };
  const logger = createLogger({ level: 'error', write: () => undefined });
  const app = await createApp(await loadConfig(environment), { clock: { now }, logger, store });
  await app.start();
  return {
    ...{ url, siteUrl: site.url, issuer: idp.issuer, environment },
    miraId: (dataset.rows['HumanUser'] ?? []).find((row) => row['login'] === 'mira')?.id ?? 0,
    versionIds: (dataset.rows['Version'] ?? []).slice(0, 2).map(({ id }) => id),
    async stop() {
      await app.stop();
      await Promise.all([site.close(), idp.close()]);
    },
  };
}

function datasetOf(bffUrl: string): Dataset {
  const dataset = demoDataset({ bffUrl });
  const items = (dataset.rows['ActionMenuItem'] ?? []).map((item) => ({
    ...item,
    secret_token: CANARIES.amiSecret,
  }));
  return { ...dataset, rows: { ...dataset.rows, ActionMenuItem: items } };
}

const clientOf = (url: string) => ({
  clientId: 'shotgraph',
  clientSecret: CANARIES.clientSecret,
  redirectUris: [`${url}/auth/callback`],
  postLogoutRedirectUris: [`${url}/`],
});

/** The tests of another checkout on this machine may have the port for some seconds. */
async function onceFree<T>(start: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (!String(error).includes('EADDRINUSE')) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
