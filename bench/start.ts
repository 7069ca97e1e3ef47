import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printSchema } from 'graphql';
import { buildGraphqlSchema } from '../src/graphql/build-schema.ts';
import { exposeSchema } from '../src/site/expose.ts';
import { parseSiteSchema } from '../src/site/parse-site-schema.ts';
import type { Effort, PartReport } from './report/report.ts';
import { Stage } from './stage.ts';
import { syntheticSchema } from './synthetic-schema.ts';
import { median, round, table } from './table.ts';

const SIZES = [
  [105, 16],
  [100, 70],
  [200, 100],
] as const;
/** The site of the goal. */
const GOAL_TYPES = 100;
const ENTRY = fileURLToPath(new URL('start-child.js', import.meta.url));

/** These sites have no menu items and no other systems. */
const ENVIRONMENT = {
  SHOTGRAPH_SCHEMA_DIRECTORY: 'schema/site',
  SHOTGRAPH_AMI_SECRET_REVIEW: undefined,
  SHOTGRAPH_SYSTEM_FARM_URL: undefined,
  SHOTGRAPH_SYSTEM_TIMESHEETS_URL: undefined,
};

interface MadeUpSite {
  readonly folder: string;
  readonly fields: number;
  close(): Promise<void>;
}

/**
 * The real command: from the start of its process to the first `GET /readyz` that says yes, and its memory then, for
 * made-up sites. Beside it a process that reads the same graph as SDL and builds a schema of it, and does nothing else.
 */
export async function benchStart({ isQuick, root }: Effort): Promise<PartReport> {
  const rows = [];
  const rounds = isQuick ? 3 : 5;
  let goal = Number.NaN;
  for (const [types, fields] of SIZES) {
    const site = await makeUp(types, fields);
    const [ready, plain, memory]: [number[], number[], number[]] = [[], [], []];
    for (let time = 0; time < rounds; time += 1) {
      const stage = await Stage.open(root, { delayMs: 0, environment: ENVIRONMENT, folder: site.folder });
      ready.push(stage.server.readyMs);
      memory.push(await stage.server.megabytes());
      await stage.close();
      plain.push(await plainMs(join(site.folder, 'schema.graphql')));
    }
    await site.close();
    const [readyMs, sdlMs] = [median(ready), median(plain)];
    if (types === GOAL_TYPES) goal = round(readyMs / sdlMs);
    rows.push([
      `${types} types, ${site.fields} fields`,
      round(readyMs / 1000),
      round(sdlMs / 1000),
      round(readyMs / sdlMs),
      median(memory),
    ]);
  }
  const head = ['site', 'ready after s', 'plain SDL build s', 'ready / SDL', 'RSS MB'];
  return {
    text: `Medians of ${rounds} rounds in turns.\n\n${table(head, rows)}`,
    figures: { 'start / SDL': goal },
  };
}

/** The files of a site of this size, and its graph as SDL. */
async function makeUp(types: number, fieldsPerType: number): Promise<MadeUpSite> {
  const folder = await mkdtemp(join(tmpdir(), 'shotgraph-bench-'));
  const { entityTypes, fields } = syntheticSchema(types, fieldsPerType);
  await mkdir(join(folder, 'schema', 'site'), { recursive: true });
  await writeFile(join(folder, 'schema', 'site', 'entity-types.json'), JSON.stringify(entityTypes));
  await writeFile(join(folder, 'schema', 'site', 'fields.json'), JSON.stringify(fields));
  await writeFile(join(folder, 'shotgraph.yml'), '{}\n');
  const exposed = exposeSchema(parseSiteSchema(entityTypes, fields), {
    source: 'expose.yml',
    types: new Map(),
  });
  const schema = buildGraphqlSchema({
    exposed,
    ...{ maxFirst: 1000, maxBatch: 200, siteUrl: 'https://studio.example' },
  });
  await writeFile(join(folder, 'schema.graphql'), printSchema(schema));
  return {
    folder,
    fields: [...exposed.types.values()].reduce((sum, type) => sum + type.fields.size, 0),
    close: () => rm(folder, { recursive: true }),
  };
}

async function plainMs(file: string): Promise<number> {
  const child = fork(ENTRY, [file], { execArgv: ['--min-semi-space-size=16'] });
  const [startMs] = (await once(child, 'message')) as [number];
  child.disconnect();
  await once(child, 'exit');
  return startMs;
}
