import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { MS_PER_SECOND } from '../base/units.ts';
import type { AmiConfig, AppConfig, SystemConfig } from './config.ts';
import { type Environment, fileNameOf, findSecret } from './environment.ts';
import { hasNoPassword, httpOrigin, stowawayIn } from './setting-types.ts';

const NAME = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/u, 'must be lower-case letters, digits and dashes');

/** Served by us from a folder, or elsewhere at its own origin. */
const APP = z.union([
  z.strictObject({ directory: z.string().min(1) }),
  z.strictObject({ origin: httpOrigin }),
]);

const MIN_SECRET_LENGTH = 32;
const GRANT = { audience: z.string().default(''), scope: z.string().default('') };
const TOKEN = z.discriminatedUnion('way', [
  z.strictObject({
    way: z.literal('token-exchange'),
    ...GRANT,
    actor: z.string().default(''),
    pairwiseSubject: z.boolean().default(false),
  }),
  z.strictObject({ way: z.literal('on-behalf-of'), scope: z.string().min(1) }),
  z.strictObject({ way: z.literal('forward'), audience: GRANT.audience }),
  z.strictObject({
    way: z.literal('client-credentials'),
    ...GRANT,
    personHeader: z
      .string()
      .regex(/^x-[a-z0-9-]+$/u, 'must be a header name in lower case that begins with x-')
      .default('x-shotgraph-person'),
    assertionSecret: z.string().min(MIN_SECRET_LENGTH, `must have at least ${MIN_SECRET_LENGTH} characters`),
  }),
]);

const REMOTE = z.strictObject({
  schema: z.string().min(1),
  path: z.string().startsWith('/', 'must begin with /').default('/graphql'),
  prefix: z
    .string()
    .regex(/^[A-Z][A-Za-z0-9]*$/u, 'must be letters and digits, and begin with a capital')
    .optional(),
});

const FILES = {
  connector: z.string().min(1).optional(),
  graphql: REMOTE.optional(),
};

const PLACE = z
  .string()
  .regex(
    /^[\w-]{1,64}(?:\.[\w-]{1,64}){0,9}$/u,
    'must be names of keys with dots between, such as error.message',
  );

/** Where a refusal has its sentence. */
const REFUSAL = z.strictObject({
  message: PLACE,
  path: PLACE.nullable().default(null),
  code: PLACE.nullable().default(null),
});

const SYSTEM = z.strictObject({
  ...FILES,
  baseUrl: z
    .url({ protocol: /^https?$/u, error: 'must be an http or https address' })
    .refine(hasNoPassword, 'must not hold a user or a password'),
  timeoutSeconds: z.number().min(0.1).max(60).default(5),
  token: TOKEN,
  refusal: REFUSAL.optional(),
});

/** Modules with a studio's own classes. */
const EXTENSIONS = z.array(z.string().min(1)).default([]);

const hasPart = ({ connector, graphql }: z.infer<typeof SYSTEM>): boolean =>
  connector !== undefined || graphql !== undefined;

const LISTS = z
  .strictObject({
    amis: z
      .record(
        NAME,
        z.strictObject({
          secrets: z.array(z.string()).min(1, 'needs the secret token of the menu item'),
          entityTypes: z
            .array(z.string().regex(/^[A-Z][A-Za-z0-9]*$/u, 'must be ShotGrid type names'))
            .default([]),
          overlay: z.boolean().default(false),
          unsignedLightPayload: z.boolean().default(false),
          withoutRows: z.boolean().default(false),
          opens: z
            .string()
            .regex(
              /^(?:https?:\/\/[\w.:-]+)?\/(?![/\\])[\w/.-]*$/u,
              'must be a path on this server, such as /apps/review/, or an address of a front end elsewhere',
            ),
        }),
      )
      .default({}),
    apps: z.record(NAME, APP).default({}),
    systems: z.record(NAME, SYSTEM).default({}),
    extensions: EXTENSIONS,
  })
  .superRefine(({ systems, extensions }, context) => {
    // The classes of an extension may call a system that adds nothing to the graph by itself.
    if (extensions.length > 0) return;
    for (const [name, system] of Object.entries(systems)) {
      if (hasPart(system)) continue;
      const message =
        'needs a connector, or graphql with the schema to merge in, or extensions whose classes call it';
      context.addIssue({ code: 'custom', path: ['systems', name], message });
    }
  });

/** The parsed lists of `shotgraph.yml`. */
export interface Lists {
  readonly amis: readonly AmiConfig[];
  readonly apps: readonly AppConfig[];
  readonly frontEndOrigins: readonly string[];
  readonly systems: readonly SystemConfig[];
  readonly extensions: readonly string[];
}

const NO_LISTS: Lists = { amis: [], apps: [], frontEndOrigins: [], systems: [], extensions: [] };

/**
 * Reads the menu items and front ends of `shotgraph.yml`. `${NAME}` in a text is replaced by that environment
 * variable, or by the content of the file that `NAME_FILE` names, so that no secret has to be written into the file.
 * Folders are relative to the file.
 *
 * @param problems receives every problem, with its place in the file
 */
export async function loadLists(path: string, environment: Environment, problems: string[]): Promise<Lists> {
  const before = problems.length;
  const written = await readYaml(path, 'SHOTGRAPH_CONFIG', problems);
  if (problems.length > before) return NO_LISTS;
  for (const { place, trouble } of stowawaysIn(written)) problems.push(`${path}: ${place} ${trouble}`);
  const content = substitute(written, environment, (name, trouble) =>
    problems.push(`${path}: the environment variable ${name} ${trouble}`),
  );
  const result = LISTS.safeParse(content);
  if (!result.success) {
    addIssues(path, result.error, problems);
    return NO_LISTS;
  }
  if (problems.length > before) return NO_LISTS;
  const apps = Object.entries(result.data.apps);
  const folder = dirname(resolve(path));
  return {
    amis: Object.entries(result.data.amis).map(([name, ami]) => ({ name, ...ami })),
    apps: apps.flatMap(([name, app]) =>
      'directory' in app ? [{ name, directory: resolve(folder, app.directory) }] : [],
    ),
    systems: Object.entries(result.data.systems).map(([name, { timeoutSeconds, ...system }]) => ({
      ...system,
      ...filesOf(name, system, folder),
      timeoutMs: timeoutSeconds * MS_PER_SECOND,
    })),
    extensions: result.data.extensions.map((file) => resolve(folder, file)),
    frontEndOrigins: apps.flatMap(([, app]) => ('origin' in app ? [app.origin] : [])),
  };
}

/** The content of the file. Reports a file that cannot be read, is not YAML, or has a key twice. */
async function readYaml(path: string, whose: string, problems: string[]): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) {
    problems.push(`${whose}: the file ${path} cannot be read. Example: shotgraph.yml`);
    return {};
  }
  const document = parseDocument(text);
  for (const error of document.errors) problems.push(`${path}: ${error.message.split('\n')[0]}`);
  return document.errors.length > 0 ? {} : (document.toJS() ?? {});
}

function addIssues(path: string, { issues }: z.ZodError, problems: string[]): void {
  for (const issue of issues) problems.push(`${path}: ${issue.path.join('.')}: ${issue.message}`);
}

/** The parts of the graph that a system adds. */
export type SystemFiles = Pick<SystemConfig, 'name' | 'connector' | 'graphql'>;

/** The files whose content becomes a part of the graph. */
export interface GraphFiles {
  readonly systems: readonly SystemFiles[];
  /** Absolute paths of modules with a studio's own classes. */
  readonly extensions: readonly string[];
}

const GRAPH_FILES = z.object({
  systems: z.record(NAME, z.object(FILES)).default({}),
  extensions: EXTENSIONS,
});

/**
 * The parts of `shotgraph.yml` that the graph is made of, for commands that need no other part and have no
 * environment.
 *
 * @param problems receives every problem, as at the start of the server
 */
export async function readGraphFiles(path: string, problems: string[]): Promise<GraphFiles> {
  const written = await readYaml(path, 'The configuration', problems);
  const result = GRAPH_FILES.safeParse(written ?? {});
  if (!result.success) addIssues(path, result.error, problems);
  if (problems.length > 0 || !result.success) return { systems: [], extensions: [] };
  const folder = dirname(resolve(path));
  return {
    systems: Object.entries(result.data.systems).map(([name, files]) => filesOf(name, files, folder)),
    extensions: result.data.extensions.map((file) => resolve(folder, file)),
  };
}

function filesOf(
  name: string,
  { connector, graphql }: Pick<z.infer<typeof SYSTEM>, 'connector' | 'graphql'>,
  folder: string,
): SystemFiles {
  return {
    name,
    connector: connector === undefined ? null : resolve(folder, connector),
    graphql:
      graphql === undefined
        ? null
        : { ...graphql, schema: resolve(folder, graphql.schema), prefix: graphql.prefix ?? pascalCase(name) },
  };
}

const pascalCase = (name: string): string =>
  name.replace(/(?:^|-)([a-z0-9])/gu, (_, letter: string) => letter.toUpperCase());

const NOT_SET = (name: string): string =>
  `is used but not set. Set it, or set ${fileNameOf(name)} to the path of a file that holds it.`;

function substitute(
  value: unknown,
  environment: Environment,
  onTrouble: (name: string, trouble: string) => void,
): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([^$}]*)\}/gu, (text, name: string) => {
      // An unreplaced `${...}` would become a secret that anyone can guess.
      if (!/^[A-Z][A-Z0-9_]*$/u.test(name)) {
        onTrouble(name, 'is no name of a variable: capitals, digits and _ alone.');
        return text;
      }
      const { text: found = '', trouble } = findSecret(environment, name);
      const problem = trouble ?? (found === '' ? NOT_SET(name) : stowawayIn(found));
      if (problem !== undefined) onTrouble(name, problem);
      return found;
    });
  }
  if (Array.isArray(value)) return value.map((item) => substitute(item, environment, onTrouble));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, substitute(item, environment, onTrouble)]),
    );
  }
  return value;
}

/** Texts of the file with unintended characters, and their places. Quotes in YAML are YAML's own. */
function stowawaysIn(value: unknown, place: readonly string[] = []): { place: string; trouble: string }[] {
  if (typeof value === 'string') {
    const trouble = stowawayIn(value);
    return trouble === undefined ? [] : [{ place: place.join('.'), trouble }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => stowawaysIn(item, [...place, key]));
}
