import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './source-files.ts';

/** The linter holds these rules in `npm run check:lint`; here each is seen to fail on a planted breach. */
describe('the linter notices', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'shotgraph-planted-'));
    copyFileSync(join(ROOT, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const lint = (path: string, text: string): string => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    const binary = join(ROOT, 'node_modules', '.bin', 'oxlint');
    try {
      return execFileSync(binary, [path], { cwd: folder, encoding: 'utf8' });
    } catch (error) {
      return String((error as { stdout?: unknown }).stdout);
    }
  };

  const lines = (count: number, line: string): string => Array.from({ length: count }, () => line).join('\n');

  it.each([
    ['a file over 300 lines', 'src/query/long.ts', lines(301, 'void 0;'), 'max-lines'],
    [
      'a function over 60 lines',
      'src/query/long-function.ts',
      `export function long(): void {\n${lines(61, '  void 0;')}\n}\n`,
      'max-lines-per-function',
    ],
    [
      'more than four parameters',
      'src/query/many.ts',
      'export const many = (a: 1, b: 1, c: 1, d: 1, e: 1) => [a, b, c, d, e];\n',
      'max-params',
    ],
    [
      'process.env outside config',
      'src/query/env.ts',
      'export const home = process.env.HOME;\n',
      'no-process-env',
    ],
    [
      'a digest that is made by hand',
      'src/query/digest.ts',
      "import { createHash } from 'node:crypto';\nexport const md5 = createHash('md5');\n",
      'no-restricted-imports',
    ],
    [
      'a comparison of secrets that is made by hand',
      'src/query/same.ts',
      "import { timingSafeEqual } from 'node:crypto';\nexport const same = timingSafeEqual;\n",
      'no-restricted-imports',
    ],
    ['printing', 'src/query/print.ts', "console.log('x');\n", 'no-console'],
    ['any', 'src/query/any.ts', 'export const x: any = 1;\n', 'no-explicit-any'],
    ['a default export', 'src/query/default.ts', 'export default 1;\n', 'no-default-export'],
    [
      'work left for later',
      'src/query/later.ts',
      `// ${['TO', 'DO'].join('')} later\nexport const x = 1;\n`,
      'no-warning-comments',
    ],
  ])('%s', (_, path, text, rule) => {
    expect(lint(path, text)).toContain(rule);
  });

  it('nothing in a file that keeps the rules', () => {
    expect(lint('src/query/fine.ts', 'export const fine = 1;\n')).toContain('0 errors');
  });

  it('lets config read the environment', () => {
    expect(lint('src/config/env.ts', 'export const home = process.env.HOME;\n')).toContain('0 errors');
  });
});
