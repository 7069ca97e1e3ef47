import { z } from 'zod';
import { ASKING, DOCUMENTS, FIRST, NAME, TOOL } from './tools/shape.ts';
import { calledOrigin, hasNoPassword, httpOrigin } from './setting-types.ts';

/** What `shotgraph.yml` may hold. The descriptions are shown by editors that complete the file. */

const AMI = z.strictObject({
  secrets: z
    .array(z.string())
    .min(1, 'needs the secret token of the menu item')
    .describe('Secret tokens of the menu item in ShotGrid, newest first; two while one is being replaced.'),
  entityTypes: z
    .array(z.string().regex(/^[A-Z][A-Za-z0-9]*$/u, 'must be ShotGrid type names'))
    .default([])
    .describe('Types of rows that it accepts, such as Version; every type where this is left out.'),
  overlay: z
    .boolean()
    .default(false)
    .describe("It opens in ShotGrid's overlay. For browsers that do not say so themselves."),
  unsignedLightPayload: z
    .boolean()
    .default(false)
    .describe('Accepts light payloads without a signature: the event that they name is the proof.'),
  withoutRows: z
    .boolean()
    .default(false)
    .describe("It also opens without rows, as an item of ShotGrid's user menu does."),
  opens: z
    .string()
    .regex(
      /^(?:https?:\/\/[\w.:-]+)?\/(?![/\\])[\w/.-]*$/u,
      'must be a path on this server, such as /apps/review/, or an address of a front end elsewhere',
    )
    .describe(
      'What opens, with ?launch=<id>: a path such as /apps/review/, or an address of a front end elsewhere.',
    ),
  first: FIRST.describe(
    'The operation of the front end that its page asks first, or a list of those that it asks at once. They begin at the click, while the browser loads the page.',
  ),
});

/** Served by us from a folder, or elsewhere at its own origin. */
const APP = z.union(
  [
    z.strictObject({
      ...ASKING,
      directory: z.string().min(1).describe('Folder with the built files, relative to this file.'),
      connect: z
        .array(z.union([NAME, calledOrigin], { error: 'must be the name of a system, or an origin' }))
        .default([])
        .describe(
          'Systems by name, and origins (https or wss), that its pages may call; the same for every app with a directory.',
        ),
      wasm: z.boolean().default(false).describe('Its pages may compile WebAssembly.'),
      workers: z.boolean().default(false).describe('Its pages may start workers from blob: addresses.'),
      framedBy: z
        .array(httpOrigin)
        .default([])
        .describe('Origins of the same site that may show its pages in a frame.'),
    }),
    z.strictObject({
      ...ASKING,
      origin: httpOrigin.describe(
        "The origin that it is served at: exactly this one may ask with the person's cookie.",
      ),
    }),
  ],
  {
    error:
      'needs either directory, a folder with built files, or origin, an address such as https://tools.studio.example',
  },
);

const MIN_SECRET_LENGTH = 32;
const GRANT = {
  audience: z.string().default('').describe('Audience of the token.'),
  scope: z.string().default('').describe('Scopes of the token, separated by spaces.'),
};
const TOKEN = z.discriminatedUnion('way', [
  z.strictObject({
    way: z.literal('token-exchange').describe('RFC 8693: the provider exchanges the token of the person.'),
    ...GRANT,
    actor: z.string().default('').describe('act.sub that the new token must have.'),
    pairwiseSubject: z
      .boolean()
      .default(false)
      .describe('The provider gives each system a different sub for the same person.'),
  }),
  z.strictObject({
    way: z.literal('on-behalf-of').describe('The on-behalf-of flow of Microsoft Entra ID.'),
    scope: z.string().min(1).describe('Scope of the system.'),
  }),
  z.strictObject({
    way: z.literal('forward').describe("The system gets the person's own token."),
    audience: GRANT.audience.describe('What the token must have as aud; needed outside development.'),
  }),
  z.strictObject({
    way: z
      .literal('client-credentials')
      .describe("The server's own token, and a signed statement of who asks."),
    ...GRANT,
    personHeader: z
      .string()
      .regex(/^x-[a-z0-9-]+$/u, 'must be a header name in lower case that begins with x-')
      .default('x-shotgraph-person')
      .describe('Header of the signed statement.'),
    assertionSecret: z
      .string()
      .min(MIN_SECRET_LENGTH, `must have at least ${MIN_SECRET_LENGTH} characters`)
      .describe('Secret that signs the statement, such as ${SHOTGRAPH_SYSTEM_FARM_SECRET}.'),
  }),
]);

const PLACE = z
  .string()
  .regex(
    /^[\w-]{1,64}(?:\.[\w-]{1,64}){0,9}$/u,
    'must be names of keys with dots between, such as error.message',
  );

const REFUSAL = z.strictObject({
  message: PLACE.describe('Place of the sentence for the person, such as error.message.'),
  path: PLACE.nullable().default(null).describe('Place of the field of the input that it is about.'),
  code: PLACE.nullable().default(null).describe("Place of the system's own code."),
});

const REMOTE = z.strictObject({
  schema: z.string().min(1).describe('File with the SDL of the system, relative to this file.'),
  path: z
    .string()
    .startsWith('/', 'must begin with /')
    .default('/graphql')
    .describe('Its endpoint, below baseUrl.'),
  prefix: z
    .string()
    .regex(/^[A-Z][A-Za-z0-9]*$/u, 'must be letters and digits, and begin with a capital')
    .optional()
    .describe('Prefix of the names of its types; made from the name of the system where this is left out.'),
  refusal: REFUSAL.optional().describe(
    'Where each of its errors has its sentence for the person, such as { message: message, code: extensions.code }.',
  ),
});

/** The parts of the graph that a system adds. */
export const FILES = {
  connector: z.string().min(1).optional().describe('File of the connector, relative to this file.'),
  graphql: REMOTE.optional().describe('The GraphQL schema of the system, which is merged in.'),
};

const SYSTEM = z.strictObject({
  ...FILES,
  baseUrl: z
    .url({ protocol: /^https?$/u, error: 'must be an http or https address' })
    .refine(hasNoPassword, 'must not hold a user or a password')
    .refine((text) => !/[?#]/u.test(text), 'must have no ? and no #: the paths of calls are added to it')
    .describe('The only address that tokens for the system are sent to; paths are below it.'),
  timeoutSeconds: z.number().min(0.1).max(60).default(5).describe('Time that one call may take.'),
  token: TOKEN.describe('How to get a token for the system, as the person.'),
  refusal: REFUSAL.optional().describe('Where a refusal of the system has its sentence for the person.'),
});

const hasPart = ({ connector, graphql }: z.infer<typeof SYSTEM>): boolean =>
  connector !== undefined || graphql !== undefined;

/** Modules with a studio's own classes. */
export const EXTENSIONS = z
  .array(z.string().min(1))
  .default([])
  .describe("Modules with the studio's own classes, relative to this file.");

export const LISTS = z
  .strictObject({
    amis: z
      .record(NAME, AMI)
      .default({})
      .describe('Action Menu Items by name: each may post to /ami/<name>.'),
    apps: z
      .record(NAME, APP)
      .default({})
      .describe('Front ends by name: each is at /apps/<name>/, or at its own origin.'),
    tools: z
      .record(NAME, TOOL)
      .default({})
      .describe('Scripts and services by name: each is known by the client that its tokens are for.'),
    documents: DOCUMENTS.default('any').describe(
      'any, log or only: what is done with documents that are on no list; the default of every tool, and for requests of none.',
    ),
    systems: z.record(NAME, SYSTEM).default({}).describe('Other systems of the studio, by name.'),
    extensions: EXTENSIONS,
  })
  .superRefine(({ systems, extensions }, context) => {
    // Classes, and the connector of another system, may call a system that adds nothing to the graph by itself.
    if (extensions.length > 0 || Object.values(systems).some(({ connector }) => connector !== undefined))
      return;
    for (const [name, system] of Object.entries(systems)) {
      if (hasPart(system)) continue;
      const message =
        'needs a connector, or graphql with the schema to merge in, or extensions or another connector that call it';
      context.addIssue({ code: 'custom', message, path: ['systems', name] });
    }
  });
