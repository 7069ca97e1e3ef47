import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../rules/source-files.ts';
import { fencesOf } from '../support/doc-code.ts';

const run = promisify(execFile);

/** A package of a studio, as docs/extensions.md says: its TypeScript, its settings, and Shotgraph among its dependencies. */
describe('The classes of docs/extensions.md', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-classes-'));
    const page = fencesOf(await readFile(join(ROOT, 'docs/extensions.md'), 'utf8'));
    const codeOf = (info: string): string => page.find((fence) => fence.info === info)?.code ?? '';
    const settings = `${codeOf('yaml')}\n`;
    const files: Record<string, string> = {
      'src/storage.ts': codeOf('ts file=storage.ts'),
      'tsconfig.json': codeOf('json file=tsconfig.json'),
      'package.json': '{ "type": "module" }',
      'shotgraph.yml': settings,
      'typescript.yml': settings.replace('dist/storage.js', 'src/storage.ts'),
    };
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    await mkdir(join(folder, 'node_modules'));
    await symlink(ROOT, join(folder, 'node_modules', 'shotgraph'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const tsc = (...options: string[]) =>
    run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder, ...options]).catch(
      (error: unknown) => error as { stdout: string },
    );
  const print = (settings: string) =>
    run(
      process.execPath,
      [
        join(ROOT, 'dist/src/main.js'),
        ...['schema', 'print', '--config', join(folder, settings), '--directory', join(ROOT, 'schema/site')],
      ],
      { cwd: folder, env: { PATH: process.env['PATH'] ?? '' }, maxBuffer: 64 * 1024 * 1024 },
    ).catch((error: unknown) => error as { stdout: string; stderr: string });

  it('are those of the demo, compile with the settings of the page, and are in the graph', async () => {
    expect(await readFile(join(folder, 'src/storage.ts'), 'utf8')).toBe(
      await readFile(join(ROOT, 'studio/storage/extension.ts'), 'utf8'),
    );
    expect((await tsc()).stdout).toBe('');
    const { stdout, stderr } = await print('shotgraph.yml');
    expect(stderr).toBe('');
    expect(stdout).toContain('type StoredFile {');
    expect(stdout).toContain('  storedFiles: [StoredFile!]\n');
    expect(stdout).toContain('  archiveFile(path: String!): Boolean\n');
  });

  it('are refused with what to do, as TypeScript and as decorators of the standard', async () => {
    expect((await print('typescript.yml')).stderr).toMatch(
      /src\/storage\.ts: it cannot be loaded: Node removes types and runs no decorators\. Compile it with tsc/u,
    );
    await tsc('--experimentalDecorators', 'false', '--noCheck');
    expect((await print('shotgraph.yml')).stderr).toMatch(
      /The extension "storage" cannot be used: \S+storage\.js: .*"experimentalDecorators": true/u,
    );
  });
});
