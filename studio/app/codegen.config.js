import { createHash } from 'node:crypto';
import { print } from 'graphql';

/** The id that the server gives an operation of a folder: the SHA-256 of its text with its fragments. */
const idOf = (document) => `sha256:${createHash('sha256').update(print(document)).digest('hex')}`;

/** Typed documents of the review app from its folder of operations, each with its id. Run by `npm run codegen`. */
export default {
  schema: 'schema/schema.graphql',
  generates: {
    'studio/app/src/gql/': {
      documents: 'studio/app/operations/*.graphql',
      preset: 'client',
      presetConfig: {
        fragmentMasking: false,
        onExecutableDocumentNode: (document) => ({ hash: idOf(document) }),
      },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        importExtension: '.ts',
        defaultScalarType: 'unknown',
        scalars: {
          Date: 'string',
          DateTime: 'string',
          JSON: 'unknown',
          JSONObject: 'Record<string, unknown>',
          UUID: 'string',
          SafeInt: 'number',
        },
      },
    },
  },
};
