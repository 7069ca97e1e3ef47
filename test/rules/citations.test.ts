import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiSections, citationsOf, citingFiles, threatCases, threatSections, vectors } from './citations.ts';
import type { Citation } from './citations.ts';
import { ROOT } from './source-files.ts';

const cases = threatCases();
const known: Readonly<Record<Citation['kind'], ReadonlySet<string>>> = {
  api: apiSections(),
  threats: threatSections(),
  case: new Set([...cases.map(({ id }) => id), ...vectors()]),
};
const dead = (path: string, text: string): string[] =>
  citationsOf(path, text)
    .filter(({ kind, id }) => !known[kind].has(id))
    .map(({ kind, id }) => `${path}: ${kind} ${id}`);

describe('what code and tests cite', () => {
  it('is on the page that it names', () => {
    const files = citingFiles();
    const cited = files.flatMap(({ path, text }) => citationsOf(path, text));
    // The pages define what is cited hundreds of times: a rule that found nothing would hold nothing.
    expect(cited.filter(({ kind }) => kind === 'api').length).toBeGreaterThan(300);
    expect(cited.filter(({ kind }) => kind === 'case').length).toBeGreaterThan(300);
    expect(files.flatMap(({ path, text }) => dead(path, text))).toEqual([]);
  });

  it.each([
    ['a section', '/** The order of keys (API 3.33). */', 'api 3.33'],
    ['one of several sections', '// as API 5.1, 5.9 and 7 say', 'api 5.9'],
    ['a section over the end of a line', ' * the site does (API\n * 14.2).', 'api 14.2'],
    ['a case', '// so nothing opens (B1, B77)', 'case B77'],
    ['the end of a range', '// so that tabs do not disturb one another (B12 to B98)', 'case B98'],
    ['a case behind words', '// read by a browser (`//evil`, A97)', 'case A97'],
    ['a case behind a section', '/** refused (API 1.4, Z9). */', 'case Z9'],
    ['a case in a title', "it('F99: is refused', () => {", 'case F99'],
    ['a section of the threats', '// docs/threats.md 9.1', 'threats 9.1'],
  ])('is found where it is dead: %s', (_, text, found) => {
    expect(dead('test/x.test.ts', text)).toEqual([`test/x.test.ts: ${found}`]);
  });

  it('is a page of the repository, and no paper, row or issue that only its author has', () => {
    const elsewhere =
      /§|\b(?:security|design)\.md\b|(?<!docs\/)\bperformance\.md [A-G]|\bfound\/|\brow \d{1,3} of the\b|\bissue #?\d+|\.\.\/shared\b/gu;
    const found = citingFiles()
      .filter(({ path }) => !path.endsWith('real-hosts.test.ts') && path !== 'docs/shotgrid-api.md')
      .flatMap(({ path, text }) => (text.match(elsewhere) ?? []).map((name) => `${path}: ${name}`))
      // The file for people who report holes.
      .filter((line) => !line.endsWith('SECURITY.md'));
    expect(found).toEqual([]);
  });
});

describe('docs/threats.md', () => {
  it('has each case once', () => {
    const ids = cases.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(ids.length).toBeGreaterThan(150);
  });

  it('names a test for each case that it does not call unbuilt, and that test cites the case', () => {
    const wrong = cases
      .filter(({ isHeld }) => isHeld)
      .flatMap(({ id, tests }) => {
        if (tests.length === 0) return [`${id} has no test`];
        return tests.flatMap((path) => {
          if (!existsSync(join(ROOT, path))) return [`${id}: ${path} is not there`];
          const text = readFileSync(join(ROOT, path), 'utf8');
          return new RegExp(`\\b${id}\\b`, 'u').test(text) ? [] : [`${id}: ${path} does not cite it`];
        });
      });
    expect(wrong).toEqual([]);
  });
});
