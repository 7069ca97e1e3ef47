import { existsSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchCrowd } from './crowd.ts';
import { benchEngines } from './engines.ts';
import { benchMesh } from './mesh.ts';
import { benchPages } from './pages.ts';
import { benchSite } from './site.ts';
import { benchStart } from './start.ts';

/** Of the project; this file runs from dist/bench/bench. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const SECTIONS: Readonly<Record<string, { readonly title: string; run(isQuick: boolean): Promise<string> }>> =
  {
    pages: { title: 'Calls and waves per page', run: (isQuick) => benchPages(isQuick) },
    mesh: { title: 'Beside GraphQL Mesh', run: (isQuick) => benchMesh(isQuick, ROOT) },
    engines: { title: 'CPU of a page of 50 rows', run: (isQuick) => benchEngines(isQuick, ROOT) },
    site: { title: 'The emulated site', run: (isQuick) => benchSite(isQuick) },
    start: { title: 'Start', run: (isQuick) => benchStart(isQuick, ROOT) },
    crowd: { title: 'Many people, many ids', run: (isQuick) => benchCrowd(isQuick, ROOT) },
  };

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});
/** The gateway takes half a gigabyte: it is installed only when it is asked for by name. */
const isWanted = (name: string): boolean =>
  values.only?.split(',').includes(name) ?? (name !== 'mesh' || existsSync(`${ROOT}bench/mesh/node_modules`));
const print = (text: string): void => void process.stdout.write(`${text}\n`);
print(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
);
for (const [name, { title, run }] of Object.entries(SECTIONS)) {
  if (!isWanted(name)) continue;
  print(`\n## ${title}\n\n${await run(values.quick)}`);
}
