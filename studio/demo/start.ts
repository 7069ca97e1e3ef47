import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Running, Surroundings } from '../cli/surroundings.ts';
import { demoJobs } from '../farm/jobs.ts';
import { startFarm } from '../farm/start.ts';
import { startIdp } from '../idp/start.ts';
import { packageRoot } from '../package-root.ts';
import { shotgraphFolder } from '../shotgraph.ts';
import { demoDataset } from '../site/demo/dataset.ts';
import { startSite } from '../site/start.ts';
import { demoFiles } from '../storage/files.ts';
import { startStorage } from '../storage/start.ts';
import { demoEntries } from '../timesheets/entries.ts';
import { startTimesheets } from '../timesheets/start.ts';
import { APIS, clientAt, USUAL } from '../usual.ts';
import { writeSchema } from './schema-files.ts';
import { startServer } from './server.ts';
import { writeSettings } from './settings-file.ts';

export type DemoPorts = Readonly<
  Record<'server' | 'metrics' | 'site' | 'idp' | 'farm' | 'timesheets' | 'storage', number>
>;

type Closing = () => unknown;

/**
 * The studio in a box: the emulated site, an identity provider, a render farm, time sheets, a storage and Shotgraph itself, all on
 * loopback.
 *
 * @throws Error where Shotgraph is not installed, a port is taken or the server does not become ready; nothing runs then
 */
export async function startDemo(ports: DemoPorts, surroundings: Surroundings): Promise<Running> {
  // Before anything is started: it may not be installed.
  shotgraphFolder();
  const closings: Closing[] = [];
  const close = async (): Promise<void> => {
    for (const closing of closings.toReversed()) await closing();
  };
  try {
    return { ...(await startParts(ports, surroundings, closings)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startParts(
  ports: DemoPorts,
  { environment, folder, signal }: Surroundings,
  closings: Closing[],
): Promise<Omit<Running, 'close'>> {
  const serverUrl = `http://localhost:${ports.server}`;
  const systems = await startSystems(ports, serverUrl, closings);
  const made = mkdtempSync(join(tmpdir(), 'shotgrid-studio-'));
  closings.push(() => rmSync(made, { recursive: true, force: true }));
  const settings = {
    ...ownSettings(environment, writeSchema(made, systems.dataset)),
    ...systems.settings,
    SHOTGRAPH_PORT: String(ports.server),
    SHOTGRAPH_METRICS_PORT: String(ports.metrics),
    SHOTGRAPH_PUBLIC_URL: serverUrl,
  };
  closings.push(writeSettings(folder, settings));
  const server = await startServer({ ...environment, ...settings }, { url: serverUrl, signal });
  closings.push(() => server.stop());
  return { ended: server.ended, told: toldOf(serverUrl, systems.settings) };
}

/** Settings that a variable of the process may replace, such as an acting policy. */
function ownSettings(environment: NodeJS.ProcessEnv, schema: string): Record<string, string> {
  const ofProcess = Object.entries(environment).filter(([name]) => name.startsWith('SHOTGRAPH_'));
  return {
    SHOTGRAPH_ENCRYPTION_KEYS: randomBytes(32).toString('base64'),
    SHOTGRAPH_LOG_LEVEL: 'warn',
    SHOTGRAPH_CONFIG: join(packageRoot(), 'demo.yml'),
    SHOTGRAPH_SCHEMA_DIRECTORY: schema,
    ...Object.fromEntries(ofProcess.map(([name, value]) => [name, value ?? ''])),
  };
}

/** Starts all but the server, and says how it reaches them. */
async function startSystems(ports: DemoPorts, serverUrl: string, closings: Closing[]) {
  const dataset = demoDataset({ bffUrl: serverUrl });
  const site = await startSite({ port: ports.site, dataset });
  closings.push(() => site.close());
  const idp = await startIdp({
    port: ports.idp,
    clients: [clientAt(serverUrl)],
    apis: Object.values(APIS),
  });
  closings.push(() => idp.close());
  const behind = (part: keyof typeof APIS) => ({
    ...{ port: ports[part], issuer: idp.issuer, audience: APIS[part].audience },
  });
  const farm = await startFarm({ ...behind('farm'), jobs: demoJobs(dataset) });
  closings.push(() => farm.close());
  const timesheets = await startTimesheets({ ...behind('timesheets'), entries: demoEntries(dataset) });
  closings.push(() => timesheets.close());
  const storage = await startStorage({ ...behind('storage'), files: demoFiles(dataset) });
  closings.push(() => storage.close());
  const settings = {
    SHOTGRAPH_ENVIRONMENT: 'development',
    SHOTGRAPH_SITE_URL: site.url,
    SHOTGRAPH_SITE_HOSTS: `localhost:${site.port}`,
    SHOTGRAPH_SITE_STORAGE_ORIGINS: site.storageUrl,
    SHOTGRAPH_SITE_SCRIPT_NAME: USUAL.scriptName,
    SHOTGRAPH_SITE_SCRIPT_KEY: USUAL.scriptKey,
    SHOTGRAPH_OIDC_ISSUER: idp.issuer,
    SHOTGRAPH_OIDC_CLIENT_ID: USUAL.clientId,
    SHOTGRAPH_OIDC_CLIENT_SECRET: USUAL.clientSecret,
    SHOTGRAPH_AMI_SECRET_REVIEW: USUAL.amiSecret,
    SHOTGRAPH_SYSTEM_FARM_URL: farm.url,
    SHOTGRAPH_SYSTEM_TIMESHEETS_URL: timesheets.url,
    SHOTGRAPH_SYSTEM_STORAGE_URL: storage.url,
  };
  return { dataset, settings };
}

type Settings = Awaited<ReturnType<typeof startSystems>>['settings'];

const toldOf = (serverUrl: string, settings: Settings): string => {
  const site = settings.SHOTGRAPH_SITE_URL;
  return [
    '',
    `  ShotGrid-like site   ${site}   (be signed in as mira, select Versions, right-click)`,
    `  Shotgraph            ${serverUrl}`,
    `  identity provider    ${settings.SHOTGRAPH_OIDC_ISSUER}`,
    `  render farm          ${settings.SHOTGRAPH_SYSTEM_FARM_URL}`,
    `  time sheets          ${settings.SHOTGRAPH_SYSTEM_TIMESHEETS_URL}`,
    `  storage              ${settings.SHOTGRAPH_SYSTEM_STORAGE_URL}`,
    '',
    `Shotgraph demo ready: open ${site} (Ctrl+C stops it)`,
  ].join('\n');
};
