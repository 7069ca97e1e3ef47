import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { writeSettings } from './demo-settings.ts';
import { demoJobs } from './farm/jobs.ts';
import { startFarm } from './farm/start.ts';
import { startIdp } from './idp/start.ts';
import { packageRoot } from './package-root.ts';
import { demoDataset } from './site/demo/dataset.ts';
import { startSite } from './site/start.ts';
import { demoFiles } from './storage/files.ts';
import { startStorage } from './storage/start.ts';
import { demoEntries } from './timesheets/entries.ts';
import { startTimesheets } from './timesheets/start.ts';

/** The studio in a box: the emulated site, an identity provider, a render farm, time sheets, a storage and Shotgraph itself, all on loopback. */

const READY_TIMEOUT_MS = 30_000;
const POLL_MS = 100;
const CLIENT_SECRET = 'demo-client-secret';

const environment = process.env;
const portOf = (name: string, fallback: number): number => Number(environment[name] || fallback);
const ports = {
  bff: portOf('SHOTGRAPH_PORT', 4000),
  metrics: portOf('SHOTGRAPH_METRICS_PORT', portOf('SHOTGRAPH_PORT', 4000) + 1),
  site: portOf('STUDIO_SITE_PORT', 4010),
  idp: portOf('STUDIO_IDP_PORT', 4020),
  farm: portOf('STUDIO_FARM_PORT', 4030),
  timesheets: portOf('STUDIO_TIMESHEETS_PORT', 4040),
  storage: portOf('STUDIO_STORAGE_PORT', 4050),
};
const bffUrl = `http://localhost:${ports.bff}`;

const FARM_AUDIENCE = 'https://farm.lantern.example';
const STORAGE_AUDIENCE = 'https://storage.lantern.example';
const TIMESHEETS_AUDIENCE = 'https://timesheets.lantern.example';

const dataset = demoDataset({ bffUrl });
const site = await startSite({ port: ports.site, dataset });
const idp = await startIdp({
  port: ports.idp,
  clients: [
    {
      clientId: 'shotgraph',
      clientSecret: CLIENT_SECRET,
      redirectUris: [`${bffUrl}/auth/callback`],
      postLogoutRedirectUris: [`${bffUrl}/`],
      backchannelLogoutUri: `${bffUrl}/auth/backchannel-logout`,
    },
  ],
  apis: [
    { audience: FARM_AUDIENCE, scope: 'jobs' },
    { audience: TIMESHEETS_AUDIENCE, scope: 'hours' },
    { audience: STORAGE_AUDIENCE, scope: 'files' },
  ],
});
const farm = await startFarm({
  port: ports.farm,
  issuer: idp.issuer,
  audience: FARM_AUDIENCE,
  jobs: demoJobs(dataset),
});
const storage = await startStorage({
  port: ports.storage,
  issuer: idp.issuer,
  audience: STORAGE_AUDIENCE,
  files: demoFiles(dataset),
});
const timesheets = await startTimesheets({
  port: ports.timesheets,
  issuer: idp.issuer,
  audience: TIMESHEETS_AUDIENCE,
  entries: demoEntries(dataset),
});
const settings = settingsOfBff();
const removeSettings = writeSettings(packageRoot(), settings);
const bff = startBff();

process.once('SIGINT', () => void stop(0));
process.once('SIGTERM', () => void stop(0));
bff.once('exit', (code) => void stop(code ?? 1));

await untilReady();
console.log(
  [
    '',
    `  ShotGrid-like site   http://127.0.0.1:${ports.site}   (be signed in as mira, select Versions, right-click)`,
    `  Shotgraph            ${bffUrl}`,
    `  identity provider    ${idp.issuer}`,
    `  render farm          ${farm.url}`,
    `  time sheets          ${timesheets.url}`,
    `  storage              ${storage.url}`,
    '',
    `Shotgraph demo ready: open http://127.0.0.1:${ports.site} (Ctrl+C stops it)`,
  ].join('\n'),
);

/** The real command with a real environment, so that the demo shows what an operator runs. */
function startBff(): ChildProcess {
  return spawn(
    process.execPath,
    ['--min-semi-space-size=16', join(packageRoot(), 'dist', 'src', 'main.js'), 'start'],
    {
      cwd: packageRoot(),
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...environment, ...settings },
    },
  );
}

/** The settings of the demo's server: variables of the process, such as an acting policy, with the demo's own places and secrets. */
function settingsOfBff(): Readonly<Record<string, string>> {
  const ofProcess = Object.entries(environment).filter(([name]) => name.startsWith('SHOTGRAPH_'));
  return {
    SHOTGRAPH_ENCRYPTION_KEYS: randomBytes(32).toString('base64'),
    SHOTGRAPH_LOG_LEVEL: 'warn',
    SHOTGRAPH_CONFIG: join(packageRoot(), 'studio', 'demo.yml'),
    ...Object.fromEntries(ofProcess.map(([name, value]) => [name, value ?? ''])),
    SHOTGRAPH_ENVIRONMENT: 'development',
    SHOTGRAPH_PORT: String(ports.bff),
    SHOTGRAPH_METRICS_PORT: String(ports.metrics),
    SHOTGRAPH_PUBLIC_URL: bffUrl,
    SHOTGRAPH_SITE_URL: `http://127.0.0.1:${ports.site}`,
    SHOTGRAPH_SITE_HOSTS: `localhost:${ports.site}`,
    SHOTGRAPH_SITE_STORAGE_ORIGINS: site.storageUrl,
    SHOTGRAPH_SITE_SCRIPT_NAME: 'shotgraph',
    SHOTGRAPH_SITE_SCRIPT_KEY: 'demo-script-key',
    SHOTGRAPH_OIDC_ISSUER: idp.issuer,
    SHOTGRAPH_OIDC_CLIENT_ID: 'shotgraph',
    SHOTGRAPH_OIDC_CLIENT_SECRET: CLIENT_SECRET,
    SHOTGRAPH_AMI_SECRET_REVIEW: 'demo-ami-secret',
    SHOTGRAPH_SYSTEM_FARM_URL: farm.url,
    SHOTGRAPH_SYSTEM_TIMESHEETS_URL: timesheets.url,
    SHOTGRAPH_SYSTEM_STORAGE_URL: storage.url,
  };
}

async function untilReady(): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const answer = await fetch(`http://127.0.0.1:${ports.bff}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  console.error(`Shotgraph did not become ready: see ${bffUrl}/readyz and the lines above.`);
  await stop(1);
}

async function stop(code: number): Promise<void> {
  bff.removeAllListeners('exit');
  if (bff.exitCode === null) {
    const ended = new Promise((resolve) => bff.once('exit', resolve));
    bff.kill('SIGTERM');
    await ended;
  }
  removeSettings();
  await Promise.all([site.close(), idp.close(), farm.close(), timesheets.close(), storage.close()]);
  process.exitCode = code;
}
