import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Asker } from '../../src/cli/line/asker.ts';
import { runCommand } from '../../src/cli/run-command.ts';
import { startIdp } from '../../studio/idp/start.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import type { SiteOptions } from '../../studio/site/ports.ts';
import { startSite } from '../../studio/site/start.ts';
import { ROOT } from '../rules/source-files.ts';
import { freePort } from './free-port.ts';
import { CANARIES, environmentOf } from './studio.ts';

export interface CliAnswer {
  readonly code: number;
  readonly said: string;
}

/** A studio that commands are run against, in this process and with an environment of their own. */
export interface CliStudio {
  readonly siteUrl: string;
  readonly issuer: string;
  /** Runs `shotgraph <args>` with these settings besides the studio's. */
  run(
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
    ask?: Partial<Asker>,
  ): Promise<CliAnswer>;
  patchPerson(login: string, changes: object): Promise<void>;
  stop(): Promise<void>;
}

const YAML = `amis:
  review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], entityTypes: [Version], opens: /apps/review/ }
apps:
  review: { directory: . }
`;

const unexpected = (): Promise<never> => Promise.reject(new Error('a question that no test answers'));
const NOBODY: Asker = { text: unexpected, secret: unexpected, choice: unexpected, confirm: unexpected };

export async function startCliStudio(
  siteOptions: Pick<SiteOptions, 'now' | 'switches'> = {},
): Promise<CliStudio> {
  const folder = await mkdtemp(join(tmpdir(), 'shotgraph-cli-'));
  await writeFile(join(folder, 'shotgraph.yml'), YAML);
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  const bffPort = await freePort();
  const bffUrl = `http://localhost:${bffPort}`;
  const site = await startSite({ port: 0, dataset: demoDataset({ bffUrl }), ...siteOptions });
  const idp = await startIdp({
    port: 0,
    clients: [
      {
        clientId: 'shotgraph',
        clientSecret: CANARIES.clientSecret,
        redirectUris: [`${bffUrl}/auth/callback`],
        postLogoutRedirectUris: [`${bffUrl}/`],
      },
    ],
  });
  const places = { bffUrl, bffPort, siteUrl: site.url, storageUrl: site.storageUrl, issuer: idp.issuer };
  const base: Record<string, string> = {
    ...environmentOf(places),
    SHOTGRAPH_CONFIG: join(folder, 'shotgraph.yml'),
    SHOTGRAPH_SCHEMA_DIRECTORY: join(ROOT, 'schema', 'site'),
  };
  return {
    siteUrl: site.url,
    issuer: idp.issuer,
    async run(args, environment = {}, answers) {
      const said: string[] = [];
      const print = (text: string): void => void said.push(text);
      const ask = answers && { ...NOBODY, ...answers };
      const before = { ...process.env };
      Object.assign(process.env, base, environment);
      try {
        const code = await runCommand(args, { print, printError: print, ...(ask && { ask }) });
        return { code, said: said.join('\n') };
      } finally {
        for (const name of Object.keys({ ...base, ...environment })) {
          if (before[name] === undefined) delete process.env[name];
          else process.env[name] = before[name];
        }
      }
    },
    async patchPerson(login, changes) {
      await fetch(`${site.url}/__studio/people/${login}`, {
        method: 'PATCH',
        body: JSON.stringify(changes),
        headers: { 'content-type': 'application/json' },
      });
    },
    async stop() {
      await Promise.all([site.close(), idp.close()]);
      await rm(folder, { recursive: true });
    },
  };
}
