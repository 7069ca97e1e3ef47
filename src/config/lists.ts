import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { ownValue } from '../base/bare.ts';
import { MS_PER_SECOND } from '../base/units.ts';
import type { AmiConfig, AppConfig, SystemConfig } from './config.ts';
import { type Environment, fileNameOf, findSecret } from './environment.ts';
import { EXTENSIONS, FILES, LISTS } from './lists-shape.ts';
import { ASKING, DOCUMENTS, FIRST, NAME, TOOL } from './tools/shape.ts';
import type { Asking, ToolConfig } from './tools/tool.ts';
import { askingOf } from './tools/asking.ts';
import { stowawayIn } from './setting-types.ts';

/** The parsed lists of `shotgraph.yml`. */
export interface Lists {
  readonly amis: readonly AmiConfig[];
  readonly apps: readonly AppConfig[];
  readonly frontEndOrigins: readonly string[];
  readonly asking: Asking;
  readonly systems: readonly SystemConfig[];
  readonly extensions: readonly string[];
}

/** A variable in a text of the file. */
const VARIABLE = /\$\{([^$}]*)\}/gu;

/** An empty `shotgraph.yml`. */
export const NO_LISTS: Lists = {
  ...{ amis: [], apps: [], frontEndOrigins: [], systems: [], extensions: [] },
  asking: { documents: 'any', tools: [] },
};

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
  const folder = dirname(resolve(path));
  const apps = Object.entries(result.data.apps);
  const originOf = originsOf(result.data.systems, (system, app) =>
    problems.push(`${path}: apps.${app}.connect: there is no system "${system}" in this file.`),
  );
  const served = apps.flatMap(([name, app]): AppConfig[] => {
    if ('origin' in app) return [];
    const { directory, connect, wasm, workers, framedBy } = app;
    const pages = {
      wasm,
      workers,
      framedBy,
      connect: [...new Set(connect.map((entry) => originOf(entry, name)))],
    };
    return [{ name, directory: resolve(folder, directory), pages }];
  });
  if (problems.length > before) return NO_LISTS;
  return {
    amis: Object.entries(result.data.amis).map(([name, ami]) => ({ name, ...ami })),
    apps: served,
    systems: Object.entries(result.data.systems).map(([name, { timeoutSeconds, ...system }]) => ({
      ...system,
      ...filesOf(name, system, folder),
      timeoutMs: timeoutSeconds * MS_PER_SECOND,
    })),
    extensions: result.data.extensions.map((file) => resolve(folder, file)),
    asking: askingOf(result.data, folder),
    frontEndOrigins: apps.flatMap(([, app]) => ('origin' in app ? [app.origin] : [])),
  };
}

/** From an entry of `connect` to its origin: it is an origin, or names a system. */
const originsOf =
  (
    systems: Readonly<Record<string, { readonly baseUrl: string }>>,
    onUnknown: (system: string, app: string) => void,
  ) =>
  (entry: string, app: string): string => {
    if (entry.includes(':')) return entry;
    const system = ownValue(systems, entry);
    if (system === undefined) onUnknown(entry, app);
    return system === undefined ? '' : new URL(system.baseUrl).origin;
  };

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
  for (const issue of issues) problems.push(`${path}: ${issue.path.join('.')}: ${reasonOf(issue)}`);
}

/** Of a name that is refused, zod itself says no more than that. */
const reasonOf = (issue: z.core.$ZodIssue): string =>
  (issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined) ?? issue.message;

/** What is wrong with a `shotgraph.yml` that is not written yet: place and reason of each. */
export function listProblems(content: unknown): readonly { place: string; reason: string }[] {
  const { error } = LISTS.safeParse(content);
  return (error?.issues ?? []).map((issue) => ({ place: issue.path.join('.'), reason: reasonOf(issue) }));
}

/** The parts of the graph that a system adds. */
export type SystemFiles = Pick<SystemConfig, 'name' | 'connector' | 'graphql'>;

/** The files whose content becomes a part of the graph. */
export interface GraphFiles {
  readonly systems: readonly SystemFiles[];
  /** Absolute paths of modules with a studio's own classes. */
  readonly extensions: readonly string[];
  /** What asks the graph. */
  readonly tools: readonly ToolConfig[];
}

export const NO_FILES: GraphFiles = { systems: [], extensions: [], tools: [] };

const FILE_NAMES = z.object(FILES);
const GRAPH_FILES = z.object({
  amis: z.record(NAME, z.looseObject({ opens: z.string().default(''), first: FIRST })).default({}),
  systems: z.record(NAME, FILE_NAMES).default({}),
  extensions: EXTENSIONS,
  apps: z.record(NAME, z.looseObject({ ...ASKING, origin: z.string().default('') })).default({}),
  tools: z.record(NAME, TOOL).default({}),
  documents: DOCUMENTS.default('any'),
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
  if (problems.length > 0 || !result.success) return NO_FILES;
  const folder = dirname(resolve(path));
  return {
    systems: Object.entries(result.data.systems).map(([name, files]) => filesOf(name, files, folder)),
    extensions: result.data.extensions.map((file) => resolve(folder, file)),
    tools: askingOf(result.data, folder).tools,
  };
}

function filesOf(
  name: string,
  { connector, graphql }: z.infer<typeof FILE_NAMES>,
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
    return value.replace(VARIABLE, (text, name: string) => {
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
const stowawaysIn = (written: unknown): readonly { place: string; trouble: string }[] =>
  leavesOf(written).flatMap(({ place, value }) => {
    const trouble = typeof value === 'string' ? stowawayIn(value) : undefined;
    return trouble === undefined ? [] : [{ place, trouble }];
  });

/** A text, number or truth value of the file, with its place, such as `amis.review.opens`. */
export interface Leaf {
  readonly place: string;
  readonly value: unknown;
}

function leavesOf(value: unknown, place: readonly string[] = []): readonly Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ place: place.join('.'), value }];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...place, key]));
}

/**
 * What `shotgraph.yml` holds, as it is written there: no variable is replaced, and nothing is checked.
 *
 * @param problems receives why the file cannot be read
 */
export async function writtenLeaves(path: string, problems: string[]): Promise<readonly Leaf[]> {
  const written = await readYaml(path, 'SHOTGRAPH_CONFIG', problems);
  return problems.length > 0 ? [] : leavesOf(written).filter(({ place }) => place !== '');
}

/** The names of variables that stand for a part of a text of the file. */
export const variablesIn = (text: string): readonly string[] =>
  [...text.matchAll(VARIABLE)].map(([, name = '']) => name);
