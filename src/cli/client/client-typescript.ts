import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { graphOf } from '../../graphql/graph-of.ts';
import { OperationListError } from '../../operations/list-error.ts';
import { readOperationList } from '../../operations/operation-list.ts';
import { type DocumentWriters, typedDocuments } from '../../operations/typed-documents.ts';
import { loadSystemParts } from '../../systems/load-system-parts.ts';
import { command, UsageError } from '../command.ts';
import { withVersions } from '../init/dev-packages.ts';
import { readSite } from '../read-site.ts';

const WRITERS = ['@graphql-codegen/core', '@graphql-codegen/client-preset'];

export const clientTypescript = command({
  name: 'client typescript',
  summary: "writes typed documents of a front end's operations, by the studio's own schema",
  options: {
    out: { takes: 'DIR', meaning: 'the folder that is written, such as src/gql' },
    operations: {
      takes: 'DIR',
      meaning: 'the folder of .graphql files, or the manifest, as apps.<name>.operations has it',
      byDefault: 'operations',
    },
    documents: {
      takes: 'KIND',
      meaning: 'node for Apollo Client and urql, text for ask of shotgraph-client',
      choices: ['node', 'text'],
      byDefault: 'node',
    },
    directory: { takes: 'DIR', meaning: "the folder of the site's schema" },
    config: { takes: 'FILE', meaning: 'the shotgraph.yml whose systems belong to the schema' },
  },
  examples: [
    {
      line: 'client typescript --out src/gql',
      does: 'Reads operations/*.graphql and writes a typed document for each, with its id.',
    },
  ],
  exitCodes: { 1: 'an operation does not fit the schema, or a package is missing, which is named' },
  async run({ options, environment }, terminal) {
    const { out, operations, documents } = options;
    if (out === undefined) throw new UsageError('Name the folder that is to be written: --out src/gql');
    const writers = await loadWriters();
    if (writers === null) {
      terminal.printError(
        `The types are written by two packages that are not installed beside shotgraph. Nothing was written. Run: npm install --save-dev ${withVersions(WRITERS).join(' ')}`,
      );
      return 1;
    }
    const { exposed, files, settings } = await readSite(options, environment());
    const graph = await graphOf(exposed, await loadSystemParts(files), settings);
    try {
      const list = await readOperationList(resolve(operations), '--operations', graph);
      const written = await typedDocuments(writers, {
        ...{
          schema: graph.schema,
          list,
          out: out.endsWith('/') ? out : `${out}/`,
          isText: documents === 'text',
        },
      });
      for (const { path, content } of written) {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content);
      }
      terminal.print(`${list.operations.length} operations in ${join(out, 'graphql.ts')}`);
      return 0;
    } catch (error) {
      if (!(error instanceof OperationListError)) throw error;
      for (const problem of error.problems) terminal.printError(problem);
      return 1;
    }
  },
});

/** Null where one is missing. They are no dependencies: a server never needs them. */
async function loadWriters(): Promise<DocumentWriters | null> {
  const [core, preset] = await Promise.all(WRITERS.map(load));
  const { codegen } = core ?? {};
  const { preset: given } = preset ?? {};
  return codegen === undefined || given === undefined ? null : { codegen, preset: given };
}

type Writers = Partial<DocumentWriters>;

async function load(name: string): Promise<Writers | null> {
  try {
    const loaded: Writers = await import(name);
    return loaded;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    if (isMissing) return null;
    throw error;
  }
}
