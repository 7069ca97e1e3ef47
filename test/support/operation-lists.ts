import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSchema, specifiedRules, validate } from 'graphql';
import { ROOT } from '../rules/source-files.ts';
import { sha256 } from '../../src/base/digest.ts';
import type { ToolConfig } from '../../src/config/tools/tool.ts';
import type { DocumentCheck } from '../../src/operations/operation-list.ts';

/** Settings of the demo's studio without lists: the log and the audit trail have the names that documents bring. */
export const WITHOUT_LISTS = { SHOTGRAPH_CONFIG: join(ROOT, 'test', 'fixtures', 'without-lists.yml') };

const SCHEMA = buildSchema(`
  type Query { versions(first: Int!): [Version!] version(id: Int!): Version }
  type Mutation { deleteVersion(id: Int!): Boolean }
  type Version { id: Int! code: String sgStatusList: String }
`);

export const CHECK: DocumentCheck = {
  maxTokens: 1000,
  mistakesOf: (document) => validate(SCHEMA, document, specifiedRules),
};

/** A folder of files that a test writes, and takes away. */
export interface Files {
  readonly folder: string;
  /** @returns the path */
  write(name: string, content: string | object): Promise<string>;
  remove(): Promise<void>;
}

export async function temporaryFiles(): Promise<Files> {
  const folder = await mkdtemp(join(tmpdir(), 'shotgraph-operations-'));
  return {
    folder,
    async write(name, content) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
      return path;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** As client-preset writes it, with `hashAlgorithm: 'sha256'`. */
export const mapOf = (...texts: readonly string[]): Record<string, string> =>
  Object.fromEntries(texts.map((text) => [`sha256:${sha256(text, 'hex')}`, text]));

export const toolOf = (
  name: string,
  operations: string | null,
  changes: Partial<ToolConfig> = {},
): ToolConfig => ({
  name,
  place: `apps.${name}`,
  by: { kind: 'served' },
  documents: 'only',
  operations,
  firsts: [],
  rules: new Map(),
  ...changes,
});
