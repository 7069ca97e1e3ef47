import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cyclesOf, layerBreaches, renderLayers, renderRooms, studioBreaches } from './layers.ts';
import { importsOf, ROOT, sourceFiles } from './source-files.ts';

const planted = (path: string, text: string) => importsOf({ path, text });

describe('the layers of the house', () => {
  it('hold in src', () => {
    const imports = sourceFiles('src')
      .filter((file) => !/^src\/(?:explorer|browser)\//u.test(file.path))
      .flatMap(importsOf);
    expect(imports.length).toBeGreaterThan(20);
    expect(layerBreaches(imports)).toEqual([]);
  });

  it('are drawn in ARCHITECTURE as the table has them', () => {
    const page = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
    expect(page).toContain(renderLayers());
    expect(page).toContain(renderRooms());
  });

  it('hold in the studio, whose package runs without Shotgraph and with its own libraries', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'studio/package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const libraries = new Set(Object.keys(dependencies));
    const imports = sourceFiles('studio')
      .filter(({ path }) => !/^studio\/(?:app|site\/web\/browser)\//u.test(path))
      .flatMap(importsOf);
    expect(imports.length).toBeGreaterThan(200);
    expect(studioBreaches(imports, libraries)).toEqual([]);
    const reaching = planted(
      'studio/site/x.ts',
      "import { y } from '../../src/base/y.ts';\nimport 'shotgraph/extension';",
    );
    expect(studioBreaches(reaching, libraries)).toHaveLength(2);
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
      "import type { Row } from '../shotgun/port/records.ts';",
    ],
    [
      'a resolver that searches by itself',
      'src/graphql/fields/x.ts',
      "import { searchRows } from '../../shotgun/calls/search.ts';",
    ],
    ['src importing the studio', 'src/http/x.ts', "import { startSite } from '../../studio/site/start.ts';"],
    ['a library in the wrong hands', 'src/query/x.ts', "import express from 'express';"],
    ['a library without an owner', 'src/http/x.ts', "import thing from 'left-pad';"],
    ['a re-export upward', 'src/site/x.ts', "export { y } from '../query/y.ts';"],
    ['a room that looks up at another', 'src/query/plan/x.ts', "import { y } from '../read/y.ts';"],
    ['a room without a rank', 'src/query/attic/x.ts', "import { y } from '../read/y.ts';"],
    [
      "the script's token outside its folder",
      'src/shotgun/acting/x.ts',
      "import { mintScriptToken } from '../script/script-token.ts';",
    ],
    [
      'a read as the script from outside the client',
      'src/launch/x.ts',
      "import { ScriptDoor } from '../shotgun/script/script-door.ts';",
    ],
    [
      'a call of ShotGrid around the client',
      'src/launch/x.ts',
      "import { createTransport } from '../shotgun/wire/transport.ts';",
    ],
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

  it('notice a cycle of types', () => {
    const imports = [
      ...planted('src/query/a.ts', "import type { b } from './b.ts';"),
      ...planted('src/query/b.ts', "import { a } from './a.ts';"),
    ];
    expect(cyclesOf(imports)).toHaveLength(1);
  });
});
