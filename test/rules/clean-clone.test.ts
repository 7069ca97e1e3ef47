import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceFiles } from './source-files.ts';

/** Tests that may be left out, each with its reason. The run names them. */
const MAY_BE_SKIPPED: Readonly<Record<string, string>> = {
  'test/chaos/first-morning.test.ts': 'one of its two stories needs the same packages as the next',
  'test/chaos/lemonldap.test.ts':
    'needs Debian packages, which scripts/system-parts.sh installs where it may',
  'test/chaos/saml.test.ts': 'needs more of them',
};

const SKIPS = /\b(?:it|test|describe)\.(?:skip|todo|failing)\b|\bx(?:it|describe)\(/u;
const UPWARDS = /'((?:\.\.\/)+[^']*)'/gu;

/** Relative paths in a text that lead out of the repository. */
const pathsOutside = (path: string, text: string): string[] =>
  [...text.matchAll(UPWARDS)]
    .map(([, relative = '']) => relative)
    .filter((relative) => normalize(join(dirname(path), relative)).startsWith('..'))
    // What a forged token names as its key.
    .filter((relative) => !relative.endsWith('dev/null'));

describe('a clean clone runs every test', () => {
  const tests = sourceFiles('test').filter(({ path }) => path !== 'test/rules/clean-clone.test.ts');

  it('skips none', () => {
    const skipping = tests.filter(({ text }) => SKIPS.test(text)).map(({ path }) => path);
    expect(skipping).toEqual(Object.keys(MAY_BE_SKIPPED));
  });

  it('reads nothing outside the repository', () => {
    const outside = tests.flatMap(({ path, text }) =>
      pathsOutside(path, text).map((relative) => `${path}: ${relative}`),
    );
    expect(outside).toEqual([]);
  });

  it('finds a test that is skipped, and a path that leads outside', () => {
    expect(SKIPS.test('const story = has() ? it : it.skip;')).toBe(true);
    expect(pathsOutside('test/unit/site/x.test.ts', "resolve(here, '../../../../elsewhere/x.json')")).toEqual(
      ['../../../../elsewhere/x.json'],
    );
    expect(pathsOutside('test/unit/site/x.test.ts', "from '../../../src/site/expose.ts'")).toEqual([]);
  });
});
