import { describe, expect, it } from 'vitest';
import { CASTS, castsByModule, castsOf, wideFolders } from './measures.ts';
import { sourceFiles } from './source-files.ts';

describe('the measures of the house', () => {
  it('have no folder of src with more than 18 files', () => {
    expect(wideFolders(sourceFiles('src').map(({ path }) => path))).toEqual([]);
  });

  it('notice a folder that has grown too wide', () => {
    const paths = Array.from({ length: 19 }, (_, index) => `src/query/read/file-${index}.ts`);
    expect(wideFolders(paths)).toEqual(['src/query/read: 19']);
  });

  it('have as many type assertions in each module as the table says', () => {
    expect(castsByModule(sourceFiles('src'))).toEqual(CASTS);
  });

  it.each([
    ['an assertion', 'const a = b as Row;', 1],
    ['two of them', 'const a = b as unknown as Row;', 2],
    ['an assertion of an inline type', 'const a = b as { id: number };', 1],
    ['as const', "const a = ['x'] as const;", 0],
    ['the word in a comment', '// as Row\n/* as Row */', 0],
    ['the word in a text', "const a = 'as Row';", 0],
    ['a renamed import', "import { a as b } from './a.ts';", 0],
  ])('count %s', (_, text, count) => {
    expect(castsOf({ path: 'src/query/x.ts', text })).toBe(count);
  });
});
