import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGES } from './doc-pages.ts';
import { PHRASES, phrasesIn } from './prose.ts';
import { ROOT, sourceFiles } from './source-files.ts';

describe('the language of the project', () => {
  it('has none of the phrases that readers had to read twice', () => {
    const pages = PAGES.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
    expect(phrasesIn([...sourceFiles('clients', 'src', 'studio', 'test'), ...pages])).toEqual([]);
  });

  it.each(PHRASES.map(({ pattern }) => pattern.source))('is found by the pattern %s', (source) => {
    const phrase = source
      .replaceAll(String.raw`\b`, '')
      .replaceAll(/\(\?:(\w+)[^)]*\)/gu, '$1')
      .replace('s?', '');
    expect(phrasesIn([{ path: 'src/x.ts', text: `// It is ${phrase} here.` }])).toHaveLength(1);
    expect(phrasesIn([{ path: 'test/x.test.ts', text: `// It is ${phrase} here.` }])).toEqual([]);
    expect(phrasesIn([{ path: 'test/x.test.ts', text: `it('is ${phrase}', () => {});` }])).toHaveLength(1);
  });
});
