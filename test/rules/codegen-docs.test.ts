import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesOfDoc } from '../support/doc-files.ts';
import { ROOT } from './source-files.ts';

const run = promisify(execFile);
const GENERATOR = join(ROOT, 'node_modules/@graphql-codegen/cli/esm/bin.js');
const DOCUMENT = `import { graphql } from './gql/index.js';
export const page = graphql(\`query Page { launch(id: "x") { createdAt } fieldInfo(type: "Shot", field: "code") { defaultValue } }\`);
`;

describe('the configuration of GraphQL Code Generator in docs/front-end.md', () => {
  let folder: string;
  beforeAll(async () => {
    await mkdir(join(ROOT, 'test', 'artefacts'), { recursive: true });
    folder = await mkdtemp(join(ROOT, 'test', 'artefacts', 'codegen-'));
    await cp(join(ROOT, 'schema/schema.graphql'), join(folder, 'schema.graphql'));
    await mkdir(join(folder, 'src'));
    await writeFile(join(folder, 'src', 'page.ts'), DOCUMENT);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const generate = async (change: (config: string) => string = (config) => config) => {
    const config = (await filesOfDoc('docs/front-end.md')).get('codegen.yml') ?? '';
    await writeFile(join(folder, 'codegen.yml'), change(config));
    return run(process.execPath, [GENERATOR, '--config', 'codegen.yml'], { cwd: folder });
  };

  it('names every scalar, so that no type of a page is any', async () => {
    await generate();
    const types = await readFile(join(folder, 'src/gql/graphql.ts'), 'utf8');
    expect(types).toContain('export type PageQuery');
    expect(types).not.toMatch(/: any\b/u);
  });

  it('is refused without one of them', async () => {
    await expect(generate((config) => config.replace(/^ +DateTime: .*\n/mu, ''))).rejects.toMatchObject({
      code: 1,
    });
  });
});
