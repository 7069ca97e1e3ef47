import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startIdp } from '../../studio/idp/start.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { freePort } from './free-port.ts';
import { CANARIES, environmentOf, startStudioSite } from './studio.ts';
import { startServerProcess } from './studio-process.ts';
import { makeCertificate, startTlsProxy } from './tls-proxy.ts';

export interface Production {
  readonly bffUrl: string;
  readonly siteUrl: string;
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * As a studio runs it: the settings of production, and TLS in front of each of the three.
 *
 * @param settings that differ
 */
export async function startProduction(settings: Readonly<Record<string, string>> = {}): Promise<Production> {
  const certificate = await makeCertificate();
  const folder = await mkdtemp(join(tmpdir(), 'shotgraph-tls-'));
  const authority = join(folder, 'authority.pem');
  await writeFile(authority, certificate.cert);
  const [bffTls, siteTls, idpTls] = await Promise.all([1, 2, 3].map(() => startTlsProxy(certificate)));
  if (bffTls === undefined || siteTls === undefined || idpTls === undefined) throw new Error('no proxies');
  const bffUrl = `https://localhost:${bffTls.port}`;
  const siteUrl = `https://127.0.0.1:${siteTls.port}`;
  const site = await startStudioSite(demoDataset({ bffUrl }), {});
  siteTls.leadTo(site.port);
  const idp = await startIdp({
    port: 0,
    publicUrl: `https://localhost:${idpTls.port}`,
    clients: [
      {
        clientId: 'shotgraph',
        clientSecret: CANARIES.clientSecret,
        redirectUris: [`${bffUrl}/auth/callback`],
        postLogoutRedirectUris: [`${bffUrl}/`],
      },
    ],
  });
  idpTls.leadTo(idp.port);
  const bffPort = await freePort();
  bffTls.leadTo(bffPort);
  const { SHOTGRAPH_ENVIRONMENT: _, ...demo } = environmentOf({
    ...{ bffUrl, bffPort, siteUrl },
    storageUrl: '',
    issuer: idp.issuer,
  });
  // No environment is named: what nobody has set is as safe as production (G26).
  const environment = {
    ...demo,
    SHOTGRAPH_SYSTEM_FARM_URL: 'https://127.0.0.1:9',
    SHOTGRAPH_SYSTEM_TIMESHEETS_URL: 'https://127.0.0.1:9',
    SHOTGRAPH_TRUSTED_PROXIES: '127.0.0.1',
    SHOTGRAPH_AUDIT: join(folder, 'audit.jsonl'),
    NODE_EXTRA_CA_CERTS: authority,
    NODE_ENV: '',
    ...settings,
  };
  const bff = await startServerProcess(`http://127.0.0.1:${bffPort}`, environment);
  return {
    ...{ bffUrl, siteUrl, environment },
    async stop() {
      await bff.stop();
      await Promise.all([site, idp, bffTls, siteTls, idpTls].map((part) => part.close()));
      await rm(folder, { recursive: true });
    },
  };
}
