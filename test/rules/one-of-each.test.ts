import { describe, expect, it } from 'vitest';
import { sourceFiles } from './source-files.ts';

/** Statuses of HTTP are named in `src/base/http-status.ts`; a status that is a bare number says nothing. */
const BARE_STATUS =
  /\b(?:status|statusCode)\s*(?:[!=]==|[<>]=?)\s*\d{3}\b|\b(?:redirect|writeHead|status)\(\d{3}\b/u;
/** Units are counted in `src/base/units.ts`. */
const BARE_UNIT = /[*/]\s*(?:1000|60|3600|1024)\b|\b(?:1000|60|3600|1024)\s*\*/u;
const NAMED_AT = new Set(['src/base/units.ts', 'src/base/units.ts']);

/** Comments speak of numbers. */
const codeOf = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gmu, '');
const isBare = (line: string): boolean => BARE_STATUS.test(line) || BARE_UNIT.test(line);

describe('what has a name is named once', () => {
  it('statuses of HTTP and units are no bare numbers in src', () => {
    const files = sourceFiles('src').filter(({ path }) => !NAMED_AT.has(path));
    expect(files.length).toBeGreaterThan(100);
    const bare = files.flatMap(({ path, text }) =>
      codeOf(text)
        .split('\n')
        .filter(isBare)
        .map((line) => `${path}: ${line.trim()}`),
    );
    expect(bare).toEqual([]);
  });

  it.each([
    'if (answer.status !== 200) fail();',
    'response.redirect(303, address);',
    'if (status >= 500) fail();',
    'const ms = seconds * 1000;',
    'const MIB = 1024 * 1024;',
  ])('notices %s', (line) => {
    expect(isBare(line)).toBe(true);
  });
});
