import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { benchClick } from './click/click.ts';
import { benchCrowd } from './crowd.ts';
import { benchEngines } from './engines.ts';
import { benchLaunches } from './launches.ts';
import { benchMesh } from './mesh.ts';
import { benchPages, designsOf } from './pages.ts';
import { benchSite } from './site.ts';
import { benchStall } from './stall.ts';
import { benchStart } from './start.ts';
import { type Figures, goalsTable } from './report/goals.ts';
import type { Effort, PartReport } from './report/report.ts';
import { blocksOf, writeBlocks } from './report/write-page.ts';

/** Of the project; this file runs from dist/bench/bench. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const NODE = Number(process.versions.node.split('.')[0]);

interface Part {
  readonly title: string;
  run(effort: Effort): Promise<PartReport>;
}

const PARTS: Readonly<Record<string, Part>> = {
  pages: { title: 'Calls and waves per page', run: (effort) => benchPages(designsOf(effort)) },
  click: { title: 'One click', run: benchClick },
  mesh: { title: 'Beside GraphQL Mesh', run: benchMesh },
  engines: { title: 'CPU of a page of 50 rows', run: benchEngines },
  stall: { title: 'A page of thousands of rows', run: benchStall },
  site: { title: 'The emulated site', run: benchSite },
  start: { title: 'Start', run: benchStart },
  launches: { title: 'What a launch takes', run: benchLaunches },
  crowd: { title: 'Many people, many ids', run: benchCrowd },
};

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    beside: { type: 'string' },
    write: { type: 'string' },
    json: { type: 'string' },
  },
});
/** The gateway takes half a gigabyte: it is installed only when it is asked for by name. */
const isWanted = (name: string): boolean =>
  values.only?.split(',').includes(name) ?? (name !== 'mesh' || existsSync(`${ROOT}bench/mesh/node_modules`));
const print = (text: string): void => void process.stdout.write(`${text}\n`);

if (values.write !== undefined && values.only !== undefined)
  throw new Error('--write puts one whole run into a page: leave out --only.');
const beside = values.beside === undefined ? undefined : join(resolve(values.beside), '/');
if (beside !== undefined && !existsSync(`${beside}dist/bench`))
  throw new Error(`Build the other checkout first: npm ci && npm run bench -- --only nothing, in ${beside}`);

const machine = `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB${values.quick ? ', --quick' : ''}`;
print(machine);
const reports: Record<string, PartReport> = {};
const startedAtMs = performance.now();
for (const [name, { title, run }] of Object.entries(PARTS)) {
  if (!isWanted(name)) continue;
  const partStartedAtMs = performance.now();
  const report = await run({ isQuick: values.quick, root: ROOT, beside }).catch((error: unknown) => {
    process.exitCode = 1;
    process.stderr.write(`${String((error as Error).stack)}\n`);
    return { text: `This part failed in this run: ${String(error)}` };
  });
  reports[name] = report;
  print(`\n## ${title}\n\n${report.text}\n\n(${secondsSince(partStartedAtMs)} s)`);
}
const figures: Figures = Object.assign({}, ...Object.values(reports).map((report) => report.figures ?? {}));
if (values.only === undefined) {
  print(`\n## Goals\n\n${goalsTable(figures, NODE)}`);
  print(`\n${secondsSince(startedAtMs)} s in all`);
}
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify({ machine, figures, reports }, null, 2)}\n`);
}
const pictures: Readonly<Record<string, string>> = Object.assign(
  {},
  ...Object.values(reports).map((report) => report.pictures ?? {}),
);
for (const [name, svg] of Object.entries(pictures)) await writePicture(join(ROOT, 'dist/bench', name), svg);
if (values.write !== undefined) await writePage(values.write);

function secondsSince(beforeMs: number): number {
  return Math.round((performance.now() - beforeMs) / 1000);
}

async function writePicture(file: string, svg: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, svg);
  print(`\n${file}`);
}

/** Each block is of one line of Node: a run on another one leaves it as it is. */
async function writePage(file: string): Promise<void> {
  const page = await readFile(file, 'utf8');
  const texts = Object.entries(reports).map(([name, { text }]) => [name, text] as const);
  const all = [['machine', machine] as const, ['goals', goalsTable(figures, NODE)] as const, ...texts];
  const blocks = Object.fromEntries(all.map(([name, text]) => [`${name}, Node ${NODE}`, text]));
  const config = await resolveConfig(resolve(file));
  const written = await format(writeBlocks(page, blocks), { ...config, parser: 'markdown' });
  await writeFile(file, written);
  for (const [name, svg] of Object.entries(pictures)) {
    if (written.includes(`images/${name}`)) await writePicture(join(dirname(file), 'images', name), svg);
  }
  const known = new Set(blocksOf(page));
  const without = Object.keys(blocks).filter((name) => !known.has(name));
  print(`\nWritten to ${file}.`);
  if (without.length > 0) print(`It has no block for: ${without.join('; ')}`);
}
