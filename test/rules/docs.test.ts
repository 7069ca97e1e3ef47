import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scriptsFor } from '../../src/cli/init/package-file.ts';
import { PROBED } from '../../src/cli/probe/render-questions.ts';
import { SWITCHES } from '../../studio/site/switches.ts';
import { PAGES } from './doc-pages.ts';
import { OWNERS } from './layers.ts';
import { ROOT } from './source-files.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Anchors of the headings of a page, as GitHub makes them. */
const sectionsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/^#{1,6} (.+)$/gmu)].map(([, heading = '']) =>
      heading
        .trim()
        .toLowerCase()
        .replaceAll(/[^\w\- ]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

/** The cells of the rows of tables whose first cell is a name. */
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );

describe('the docs', () => {
  it.each(PAGES)('%s: every file that it links to exists', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#]+)\)/gu)].map(([, link = '']) => link);
    const missing = links.filter(
      (link) => !/^https?:/u.test(link) && !existsSync(join(ROOT, dirname(page), link)),
    );
    expect(missing).toEqual([]);
  });

  it.each(PAGES)('%s: every section that it links to exists', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#:]*)#([^)]+)\)/gu)];
    const missing = links.filter(([, path = '', section = '']) => {
      const target = path === '' ? page : join(dirname(page), path);
      return target.endsWith('.md') && !sectionsOf(read(target)).has(section);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });

  it('docs/README.md leads to every page, and so does the README to it', () => {
    const linked = [...read('docs/README.md').matchAll(/\]\(([^)#]+)\)/gu)].map(([, link = '']) =>
      normalize(join('docs', link)),
    );
    const pages = PAGES.filter((page) => page !== 'README.md' && page !== 'docs/README.md');
    expect(pages.filter((page) => !linked.includes(page))).toEqual([]);
    expect(read('README.md')).toContain('](docs/README.md)');
  });

  it.each(PAGES)('%s: every file of ours that it names exists', (page) => {
    const named = [...read(page).matchAll(/`((?:src|test|studio|bench|scripts|schema)\/[\w./-]+)`/gu)];
    expect(named.map(([, path = '']) => path).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it.each(PAGES)('%s: every npm script that it names exists', (page) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    // A studio's own repository has scripts of its own.
    const known = { ...scripts, ...scriptsFor(null) };
    const named = [...read(page).matchAll(/npm run (?:-s )?([\w:]+)/gu)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in known))).toEqual([]);
  });

  it.each(PAGES)('%s: every setting that it names exists', (page) => {
    const known = new Set(read('docs/settings.md').match(/SHOTGRAPH_[A-Z_]+/gu));
    // Secrets of menu items, addresses of systems, and what a script of one's own reads, have names of one's own.
    const own = /^SHOTGRAPH_(?:AMI_SECRET_|SYSTEM_|INIT_|URL$|TOKEN$)/u;
    const named = read(page).match(/SHOTGRAPH_[A-Z_]+/gu) ?? [];
    expect(named.filter((name) => !known.has(name) && !own.test(name))).toEqual([]);
  });

  it('ARCHITECTURE.md names every folder of src', () => {
    const tree = /```\nsrc\/[\s\S]+?```/u.exec(read('ARCHITECTURE.md'))?.[0] ?? '';
    const named = [...tree.matchAll(/^ {2}(\w+)\//gmu)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !existsSync(join(ROOT, 'src', name)))).toEqual([]);
  });

  it('docs/dependencies.md has a row for each dependency, with the module that owns it', () => {
    const parts = read('docs/dependencies.md').split(/^## (?:For|Versions) /mu);
    const [shipped = '', forTests = '', forStudio = '', heldBack = ''] = parts;
    const owners = rowsOf(shipped).map(([name = '', , , owner = '']) => [name, owner.split(', ')]);
    const { dependencies, devDependencies, overrides } = JSON.parse(read('package.json')) as Record<
      'dependencies' | 'devDependencies' | 'overrides',
      Record<string, string>
    >;
    const known = Object.keys(dependencies).map((name) => [name, OWNERS[name]]);
    expect(Object.fromEntries(owners)).toEqual(Object.fromEntries(known));
    expect(rowsOf(forTests).map(([name]) => name)).toEqual(Object.keys(devDependencies));
    const studio = JSON.parse(read('studio/package.json')) as Record<'dependencies', Record<string, string>>;
    expect(rowsOf(forStudio).map(([name]) => name)).toEqual(Object.keys(studio.dependencies));
    expect(Object.keys(overrides).filter((name) => !heldBack.includes(`\`${name}\``))).toEqual([]);
  });

  it('docs/shotgrid-api.md names a switch of the emulated site beside an unknown only if there is one', () => {
    const unknown = read('docs/shotgrid-api.md').split('### 13.2 Unknown')[1] ?? '';
    const named = [...unknown.matchAll(/`([a-z]+\.[a-zA-Z]+)`/gu)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !(name in SWITCHES))).toEqual([]);
  });

  it('docs/shotgrid-api.md lists each section with something unknown', () => {
    const [facts = '', unknown = ''] = read('docs/shotgrid-api.md').split('### 13.2 Unknown');
    const open = facts
      .split(/^#{2,3} (?=\d)/mu)
      .slice(1)
      // The checklists of section 12 repeat what the sections say.
      .filter((section) => section.includes('**U**') && !section.startsWith('12'))
      .map((section) => /^\d+(?:\.\d+)?/u.exec(section)?.[0]);
    const listed = [...unknown.matchAll(/^\| \[([\d.]+)\]/gmu)].map(([, section]) => section);
    expect(open.length).toBeGreaterThan(15);
    expect(open.filter((section) => !listed.includes(section))).toEqual([]);
  });

  it('docs/shotgrid-api.md says of each unknown by which option of the probe it is asked', () => {
    const unknown = read('docs/shotgrid-api.md').split('### 13.2 Unknown')[1] ?? '';
    const rows = unknown.split('\n').filter((line) => line.startsWith('| ['));
    const shown = rows.map((row) => {
      const cells = row.split('|').map((cell) => cell.trim());
      return {
        facts: [...row.matchAll(/`([a-z]+\.[a-zA-Z]+)`/gu)].map(([, name]) => name),
        by: cells.at(-2),
      };
    });
    const wrong = shown.filter(({ facts, by }) =>
      facts.length === 0
        ? by !== 'no'
        : facts.some((name) => (PROBED.find(({ fact }) => fact === name)?.askedBy ?? 'no') !== by),
    );
    expect(shown.length).toBeGreaterThan(30);
    expect(wrong).toEqual([]);
  });

  it('docs/site.md has every switch of the emulated site with its default', () => {
    const page = read('docs/site.md');
    for (const [name, { byDefault }] of Object.entries(SWITCHES)) {
      expect(page).toMatch(
        new RegExp(`\`${name.replaceAll('.', '\\.')}\`\\s+\\| \`${String(byDefault)}\``, 'u'),
      );
    }
  });

  it('docs/planning.md shows the plan of a golden page as it is', () => {
    const diagram = /```mermaid\n[\s\S]+?```/u;
    const [shown = ''] = diagram.exec(read('docs/planning.md')) ?? [];
    expect(shown).toContain('flowchart');
    expect(read('test/golden/season.md')).toContain(shown);
  });

  it('the gate runs exactly the test command of the README', () => {
    const command = /## Test it\n+```\n(.+)\n```/u.exec(read('README.md'))?.[1];
    expect(read('.ci/run').trim().split('\n').at(-1)).toBe(command);
  });
});
