import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { benchPages } from '../../bench/pages.ts';
import { syntheticSchema } from '../../bench/synthetic-schema.ts';
import { exposeSchema } from '../../src/site/expose.ts';
import { parseSiteSchema } from '../../src/site/parse-site-schema.ts';
import { ROOT } from '../rules/source-files.ts';

/** That the measurements still measure; their times are looked at by people. */
describe('bench', () => {
  it('shows that Shotgraph makes no more calls than needed, and that other designs do', async () => {
    const lines = (await benchPages(true)).split('\n').filter((line) => line.startsWith('| '));
    const cells = lines.slice(2).map((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells.length).toBe(3);
    for (const [, , least, ours] of cells) expect(ours).toBe(least);
    const [, , , , , loader, , naive] = cells[2] ?? [];
    expect(loader).toBe('2 / 3');
    expect(Number(naive?.split(' / ')[1])).toBeGreaterThan(10);
  });

  it('runs as `npm run bench` builds it', () => {
    const run = (file: string, ...args: string[]) =>
      execFileSync(process.execPath, [join(ROOT, file), ...args], { cwd: ROOT, encoding: 'utf8' });
    run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.bench.json');
    expect(run('dist/bench/bench/run.js', '--only', 'nothing')).toMatch(/^\d{4}-\d\d-\d\d, Node v/u);
  });

  it('makes sites of the sizes that it names', () => {
    const { entityTypes, fields } = syntheticSchema(20, 16);
    const { types } = exposeSchema(parseSiteSchema(entityTypes, fields), { source: 'x', types: new Map() });
    expect(types.size).toBe(20);
  });
});
