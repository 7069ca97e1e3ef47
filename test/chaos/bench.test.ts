import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { benchPages, designsOf } from '../../bench/pages.ts';
import { syntheticSchema } from '../../bench/synthetic-schema.ts';
import { exposeSchema } from '../../src/site/expose.ts';
import { parseSiteSchema } from '../../src/site/parse-site-schema.ts';
import { ROOT } from '../rules/source-files.ts';

/** That the measurements still measure; their times are looked at by people. */
describe('bench', () => {
  it('shows that Shotgraph makes no more calls than needed, and that other designs do', async () => {
    const { pages, designs } = designsOf({ isQuick: false });
    const { text, figures } = await benchPages({ designs, pages: pages.slice(0, 3) });
    const lines = text.split('\n').filter((line) => line.startsWith('| '));
    const cells = lines.slice(2).map((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells.length).toBe(3);
    for (const [, , least, ours] of cells) expect(ours?.split(' / ')[0]).toBe(least);
    expect(figures).toEqual({ pages: 3, 'pages at the least': 3, 'pages with a better bet': 0 });
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

  it('shows all golden pages, also where it has to be quick', () => {
    expect(designsOf({ isQuick: true }).pages).toHaveLength(50);
  });

  it('makes sites of the sizes that it names', () => {
    const { entityTypes, fields } = syntheticSchema(20, 16);
    const { types } = exposeSchema(parseSiteSchema(entityTypes, fields), { source: 'x', types: new Map() });
    expect(types.size).toBe(20);
  });
});
