import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoJobs, type Job } from '../../studio/farm/jobs.ts';
import { type Farm, startFarm } from '../../studio/farm/start.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { ROOT } from '../rules/source-files.ts';
import { BrowserClient } from './browser-client.ts';
import { type FaultyLine, startFaultyLine } from './faulty-line.ts';
import { type Library, LIBRARY_SDL, startLibrary } from './library.ts';
import { FARM_AUDIENCE, LIBRARY_AUDIENCE, startStudio, type Studio } from './studio.ts';

/** A connector whose change has several steps: each job is retried, one after the other. */
const STEPS = `export const connector = {
  typeDefs: 'extend type Mutation { retryTwo(ids: [Int!]!): Boolean }',
  mutations: {
    async retryTwo({ ids }, { system }) {
      for (const id of ids) await system.send('POST', '/jobs/' + id + '/retry');
      return true;
    },
  },
};`;

const config = (farm: number, library: number): string => `amis:
  review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], opens: /apps/review/ }
apps:
  review: { directory: . }
systems:
  farm:
    connector: ${join(ROOT, 'studio/farm/connector.js')}
    baseUrl: http://127.0.0.1:${farm}
    token: { way: token-exchange, audience: '${FARM_AUDIENCE}' }
  steps:
    connector: steps.mjs
    baseUrl: http://127.0.0.1:${farm}
    token: { way: token-exchange, audience: '${FARM_AUDIENCE}' }
  library:
    graphql: { schema: library.graphql, path: /graphql }
    baseUrl: http://127.0.0.1:${library}/api
    token: { way: token-exchange, audience: '${LIBRARY_AUDIENCE}' }
`;

/** What becomes of one change. */
export interface Changed {
  /** Code and outcome of the error that the person gets; null without one. */
  readonly told: readonly [string, unknown] | null;
  /** From the audit trail. */
  readonly trail: { readonly outcome: string; readonly code?: string };
}

/** A studio with a render farm and a library, each behind a line that may fail. Mira is signed in. */
export interface SystemsWorld {
  readonly jobs: readonly Job[];
  readonly farmLine: FaultyLine;
  readonly libraryLine: FaultyLine;
  /** Ids of Versions that Mira may see. */
  readonly versionIds: readonly number[];
  ask(query: string): ReturnType<Studio['ask']>;
  /** Makes one change by a field of Mutation. */
  change(field: string): Promise<Changed>;
  /** Resolves once kept connections have ended as well: a call that meets the end of one may have been sent. */
  untilUnheard(query: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startSystemsWorld(): Promise<SystemsWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'shotgraph-systems-'));
  const trail = join(folder, 'audit.jsonl');
  const jobs = demoJobs(demoDataset());
  const systems: { farm?: Farm; library?: Library } = {};
  const farmLine = await startFaultyLine(() => systems.farm?.url ?? '');
  const libraryLine = await startFaultyLine(() => systems.library?.url ?? '');
  await writeFile(join(folder, 'library.graphql'), LIBRARY_SDL);
  await writeFile(join(folder, 'steps.mjs'), STEPS);
  await writeFile(join(folder, 'shotgraph.yml'), config(farmLine.port, libraryLine.port));
  const studio = await startStudio({
    SHOTGRAPH_CONFIG: join(folder, 'shotgraph.yml'),
    SHOTGRAPH_AUDIT: trail,
  });
  const { issuer } = studio;
  systems.farm = await startFarm({ port: 0, issuer, audience: FARM_AUDIENCE, jobs });
  systems.library = await startLibrary({ port: 0, issuer, audience: LIBRARY_AUDIENCE });
  const mira = new BrowserClient();
  const page = await mira.get(`${studio.bffUrl}/auth/login`);
  await mira.post(page.url, { form: { login: 'mira' } });
  const ask = (query: string) => studio.ask(mira, query);
  let names = 0;
  return {
    ...{ jobs, farmLine, libraryLine, versionIds: studio.mirasVersionIds, ask },
    async change(field) {
      names += 1;
      const operation = `Change${names}`;
      const { errors: [error] = [] } = await ask(`mutation ${operation} { ${field} }`);
      const { outcome, code } = await recordOf(trail, operation);
      return {
        told:
          error === undefined ? null : [error.extensions.code, error.extensions.details?.['outcome'] ?? null],
        trail: { outcome, ...(code !== undefined && { code }) },
      };
    },
    async untilUnheard(query) {
      for (;;) {
        const { errors: [error] = [] } = await ask(query);
        if (error?.extensions.code === 'SYSTEM_UNAVAILABLE') return;
      }
    },
    async stop() {
      await studio.stop();
      await Promise.all([farmLine.cut(), libraryLine.cut(), systems.farm?.close(), systems.library?.close()]);
      await rm(folder, { recursive: true });
    },
  };
}

/** The record of the only change of an operation. It follows the answer. */
async function recordOf(path: string, operation: string): Promise<Changed['trail']> {
  for (;;) {
    const lines = (await readFile(path, 'utf8')).split('\n');
    const line = lines.find(
      (each) => each.includes(`"operation":"${operation}"`) && each.includes('"action":"change"'),
    );
    if (line?.endsWith('}') === true) return JSON.parse(line) as Changed['trail'];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
