import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { describe, expect, it } from 'vitest';
import { buildSchema, parse, validate } from 'graphql';
import { UPLOAD_OPERATIONS } from '../../clients/typescript/src/upload-steps.ts';
import { importsOf, ROOT, sourceFiles } from '../rules/source-files.ts';

const PACKAGE = join(ROOT, 'clients', 'typescript');
const MAX_BYTES = 6000;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: object;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
}
const manifest = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as Manifest;

/** Bytes of all that these entries export, as a page sends them over the wire. */
async function bytesOf(...entries: readonly string[]): Promise<number> {
  const name = 'all-of-the-client.js';
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    root: PACKAGE,
    plugins: [
      {
        name: 'all entries',
        resolveId: (id) => (id.endsWith(name) ? `\0${name}` : undefined),
        load: (id) =>
          id === `\0${name}`
            ? entries.map((each) => `export * from '${join(PACKAGE, 'src', each)}';`).join('\n')
            : undefined,
      },
    ],
    build: {
      write: false,
      minify: true,
      lib: { entry: name, formats: ['es'] },
      rolldownOptions: { external: [/^@apollo\//u, /^@urql\//u] },
    },
  });
  const [{ output }] = [built].flat() as Rolldown.RolldownOutput[] as [Rolldown.RolldownOutput];
  const code = output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('');
  return gzipSync(code, { level: 9 }).length;
}

describe('the package shotgraph-client', () => {
  it.each(['apollo.ts', 'urql.ts'])('takes less than 6 kB of a page, with all of %s', async (library) => {
    const bytes = await bytesOf('index.ts', library);
    expect(bytes).toBeGreaterThan(2000);
    expect(bytes).toBeLessThan(MAX_BYTES);
  });

  it('has no dependencies, and imports none but the libraries that it wires, each in a file of its own', () => {
    expect(manifest.dependencies).toBeUndefined();
    const optional = Object.entries(manifest.peerDependenciesMeta).flatMap(([name, meta]) =>
      meta.optional ? [name] : [],
    );
    const imported = sourceFiles('clients/typescript/src')
      .flatMap(importsOf)
      .filter(({ to }) => !to.startsWith('clients/'));
    expect(imported.map(({ from, to }) => `${from.split('/').at(-1)} ${to}`)).toEqual([
      ...['apollo.ts @apollo/client', 'apollo.ts @apollo/client', 'urql.ts @urql/core'],
    ]);
    expect(optional).toEqual(['@apollo/client', '@urql/core']);
  });

  it('exports files that the build writes', () => {
    const sources = sourceFiles('clients/typescript/src').map(({ path }) => path.split('/').at(-1));
    for (const { types, default: code } of Object.values(manifest.exports)) {
      expect([types, code].map((path) => path.replace('./dist/', ''))).toEqual([
        code.replace('./dist/', '').replace('.js', '.d.ts'),
        code.replace('./dist/', ''),
      ]);
      expect(sources).toContain(code.replace('./dist/', '').replace('.js', '.ts'));
    }
  });

  it('is packed and installed as the page of installation says', () => {
    const page = readFileSync(join(ROOT, 'docs/installation.md'), 'utf8');
    expect(page).toContain('npm pack -w clients/typescript ');
    expect(page).toContain(`npm i ./${manifest.name}-${manifest.version}.tgz`);
  });

  it('brings the operations of uploads as files for the list of a tool, and they fit the schema', () => {
    const folder = join(PACKAGE, 'operations');
    const schema = buildSchema(readFileSync(join(ROOT, 'schema/schema.graphql'), 'utf8'));
    const files = Object.fromEntries(
      readdirSync(folder).map((name) => [
        name.replace('.graphql', ''),
        readFileSync(join(folder, name), 'utf8'),
      ]),
    );
    expect(files).toEqual(UPLOAD_OPERATIONS);
    expect(Object.values(files).flatMap((text) => validate(schema, parse(text)))).toEqual([]);
  });
});
