import { describe, expect, it } from '@jest/globals';
import { cyclesOf, layerBreaches } from './layers.ts';
import { importsOf, sourceFiles } from './source-files.ts';

const planted = (path: string, text: string) => importsOf({ path, text });

describe('the layers of the house', () => {
  it('hold in src', () => {
    const imports = sourceFiles('src')
      .filter((file) => !file.path.startsWith('src/explorer/'))
      .flatMap(importsOf);
    expect(imports.length).toBeGreaterThan(20);
    expect(layerBreaches(imports)).toEqual([]);
  });

  it('have no import cycle in src and studio', () => {
    expect(cyclesOf(sourceFiles('src', 'studio').flatMap(importsOf))).toEqual([]);
  });

  it.each([
    ['an upward import', 'src/base/x.ts', "import { y } from '../http/y.ts';"],
    ['a sideways import', 'src/identity/x.ts', "import { y } from '../shotgun/y.ts';"],
    [
      'graphql reaching for the client',
      'src/graphql/x.ts',
      "import type { Row } from '../shotgun/shotgun.ts';",
    ],
    ['src importing the studio', 'src/http/x.ts', "import { startSite } from '../../studio/site/start.ts';"],
    ['a library in the wrong hands', 'src/query/x.ts', "import express from 'express';"],
    ['a library without an owner', 'src/http/x.ts', "import thing from 'left-pad';"],
    ['a re-export upward', 'src/site/x.ts', "export { y } from '../query/y.ts';"],
    ['a late import upward', 'src/site/x.ts', "const y = await import('../query/y.ts');"],
  ])('notice %s', (_, path, text) => {
    expect(layerBreaches(planted(path, text))).toHaveLength(1);
  });

  it('notice a cycle', () => {
    const imports = [
      ...planted('src/query/a.ts', "import { b } from './b.ts';"),
      ...planted('src/query/b.ts', "import { a } from './a.ts';"),
    ];
    expect(cyclesOf(imports)).toEqual([['src/query/a.ts', 'src/query/b.ts', 'src/query/a.ts']]);
  });

  it('let types look at each other', () => {
    const imports = [
      ...planted('src/query/a.ts', "import type { b } from './b.ts';"),
      ...planted('src/query/b.ts', "import { a } from './a.ts';"),
    ];
    expect(cyclesOf(imports)).toEqual([]);
  });
});
