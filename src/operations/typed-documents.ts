import {
  type DocumentNode,
  getOperationAST,
  type GraphQLSchema,
  Kind,
  parse,
  print,
  printSchema,
} from 'graphql';
import type { OperationList } from './operation-list.ts';

/** The two packages that write the types, as a front end has installed them. */
export interface DocumentWriters {
  readonly codegen: (options: object) => Promise<string>;
  readonly preset: {
    readonly buildGeneratesSection: (options: object) => Promise<readonly { readonly filename: string }[]>;
  };
}

export interface WrittenFile {
  readonly path: string;
  readonly content: string;
}

/** What TypeScript makes of the scalars of the schema; those of a studio's own systems are unknown to it. */
const SCALARS = {
  Date: 'string',
  DateTime: 'string',
  JSON: 'unknown',
  JSONObject: 'Record<string, unknown>',
  SafeInt: 'number',
  UUID: 'string',
};

export interface TypedDocumentOptions {
  readonly schema: GraphQLSchema;
  readonly list: OperationList;
  /** The folder, with a slash at its end. */
  readonly out: string;
  /** Texts for `ask` of the client; otherwise what Apollo Client and urql take. */
  readonly isText: boolean;
}

/**
 * Typed documents of the operations of a tool. Each carries the id that the server gives it, so that a page sends no text.
 */
export async function typedDocuments(
  { codegen, preset }: DocumentWriters,
  { schema: schemaAst, list, out, isText }: TypedDocumentOptions,
): Promise<readonly WrittenFile[]> {
  const ids = new Map(list.operations.map(({ name, id }) => [name, id]));
  const definitions = new Set(list.operations.flatMap(({ document }) => document.definitions));
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [...definitions] };
  const schema = parse(printSchema(schemaAst));
  const config = {
    ...{ useTypeImports: true, enumsAsTypes: true, defaultScalarType: 'unknown', scalars: SCALARS },
    ...(isText && { documentMode: 'string' }),
  };
  const parts = await preset.buildGeneratesSection({
    ...{ baseOutputDir: out, schema, schemaAst, config },
    ...{
      documents: [{ location: 'operations', document, rawSDL: print(document) }],
      plugins: [],
      pluginMap: {},
    },
    presetConfig: {
      fragmentMasking: false,
      onExecutableDocumentNode: (whole: DocumentNode) => ({ hash: `sha256:${ids.get(nameOf(whole)) ?? ''}` }),
    },
  });
  return Promise.all(
    parts.map(async (part) => ({ path: part.filename, content: await codegen({ ...part, schemaAst }) })),
  );
}

const nameOf = (document: DocumentNode): string => getOperationAST(document)?.name?.value ?? '';
