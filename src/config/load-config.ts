import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Config } from './config.ts';
import { buildConfig, documentPart, planPart, siteParts } from './build-config.ts';
import { DOCUMENT_SETTINGS } from './graphql-settings.ts';
import { loadLists, readSystemFiles, type SystemFiles } from './lists.ts';
import { stowawayIn, type Setting } from './setting-types.ts';
import { PLAN_SETTINGS } from './plan-settings.ts';
import { scriptKeyProblems } from './script-key.ts';
import { SITE_SETTINGS } from './server-settings.ts';
import { REMOVED_SETTINGS, SETTINGS, type ValuesOf } from './settings.ts';
import { weaknessesOf } from './weaknesses.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Read from the folder where a command runs: for trying out settings. */
export const SETTINGS_FILE = '.env';

/** The environment variables of this process: the only place that reads them. */
export const environmentOfProcess = (): Environment => environmentIn(process.cwd(), process.env);

/** The variables, with those of the folder's file as defaults. */
export function environmentIn(folder: string, variables: Environment): Environment {
  const path = join(folder, SETTINGS_FILE);
  return existsSync(path) ? { ...parseEnv(readFileSync(path, 'utf8')), ...variables } : variables;
}

/** False without any setting: the command probably runs in the wrong folder. */
export const hasSettings = (environment: Environment = environmentOfProcess()): boolean =>
  Object.keys(environment).some((name) => name.startsWith('SHOTGRAPH_'));

/** All problems of the configuration at once, each a sentence with the setting's name. Contains no secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['The configuration cannot be used:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

/** A further check of a configuration: returns one sentence per problem, with the name of its setting. */
export type ConfigCheck = (config: Config) => Promise<readonly string[]>;

/**
 * The frozen configuration from environment variables and `shotgraph.yml`.
 *
 * @param environment usually `process.env`
 * @param checks of resources that the configuration refers to, such as files; they run in parallel with our own
 * @throws ConfigError with all problems, not only the first
 */
export async function loadConfig(
  environment: Environment = environmentOfProcess(),
  checks: readonly ConfigCheck[] = [],
): Promise<Config> {
  const problems: string[] = [];
  const { values, refused } = parseSettings(environment, problems, SETTINGS);
  const listsPath = environment['SHOTGRAPH_CONFIG'] || SETTINGS.SHOTGRAPH_CONFIG.fallback;
  const lists = await loadLists(listsPath, environment, problems);
  const config = buildConfig(values, lists);
  const found = await Promise.all(checks.map((check) => check(config)));
  // A setting that cannot be read has a placeholder here, so problems of its value are not reported.
  const isOfReadSettings = (problem: string): boolean => !refused.some((name) => problem.includes(name));
  const ofPairs = scriptKeyProblems(values.SHOTGRAPH_SITE_SCRIPT_KEY, values.SHOTGRAPH_SITE_SCRIPT_KEY_FILE);
  problems.push(...[...ofPairs, ...weaknessesOf(config), ...found.flat()].filter(isOfReadSettings));
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(config);
}

/**
 * The parts of the graph that the systems of a `shotgraph.yml` add, for commands that need nothing else.
 *
 * @throws ConfigError with all problems, as at the start of the server
 */
export async function loadSystemFiles(path: string): Promise<readonly SystemFiles[]> {
  const problems: string[] = [];
  const files = await readSystemFiles(path, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return files;
}

/**
 * Only the settings of the ShotGrid site, for commands that need nothing else.
 *
 * @throws ConfigError with all problems of these settings
 */
export function loadSiteConfig(
  environment: Environment = environmentOfProcess(),
): Pick<Config, 'site' | 'schemaDirectory'> {
  const problems: string[] = [];
  const values = readSettings(environment, problems, SITE_SETTINGS);
  if (values === undefined) throw new ConfigError(problems);
  const { SHOTGRAPH_SITE_SCRIPT_KEY: key, SHOTGRAPH_SITE_SCRIPT_KEY_FILE: file } = values;
  problems.push(...scriptKeyProblems(key, file));
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(siteParts(values));
}

/**
 * Only the folder of the site's schema snapshot, for commands that do not call the site.
 *
 * @throws ConfigError where that setting cannot be used
 */
export function loadSchemaDirectory(environment: Environment = environmentOfProcess()): string {
  const problems: string[] = [];
  const { SHOTGRAPH_SCHEMA_DIRECTORY } = SITE_SETTINGS;
  const values = readSettings(environment, problems, { SHOTGRAPH_SCHEMA_DIRECTORY });
  if (values === undefined) throw new ConfigError(problems);
  return values.SHOTGRAPH_SCHEMA_DIRECTORY;
}

/**
 * Only the settings of read plans and their limits, in any environment.
 *
 * @throws ConfigError with all problems of these settings
 */
export function loadPlanConfig(
  environment: Environment = environmentOfProcess(),
): Pick<Config['graphql'], 'plan' | keyof ReturnType<typeof documentPart>> {
  const problems: string[] = [];
  const values = readSettings(environment, problems, { ...PLAN_SETTINGS, ...DOCUMENT_SETTINGS });
  if (values === undefined) throw new ConfigError(problems);
  return deepFreeze({ plan: planPart(values, false), ...documentPart(values) });
}

/**
 * The systems' parts of the graph, from the file that the server reads. Without such a file there are none: a
 * document can be explained before the studio has its settings.
 *
 * @param path in place of `SHOTGRAPH_CONFIG`
 * @throws ConfigError with all problems of that part of the file
 */
export async function loadSystemFilesOfServer(
  path: string | undefined,
  environment: Environment = environmentOfProcess(),
): Promise<readonly SystemFiles[]> {
  const { SHOTGRAPH_CONFIG: usual } = SETTINGS;
  const named = path ?? (environment['SHOTGRAPH_CONFIG'] || undefined);
  if (named !== undefined) return loadSystemFiles(named);
  const isThere = await access(usual.fallback).then(
    () => true,
    () => false,
  );
  return isThere ? loadSystemFiles(usual.fallback) : [];
}

function readSettings<T extends Readonly<Record<string, Setting>>>(
  environment: Environment,
  problems: string[],
  settings: T,
): ValuesOf<T> | undefined {
  const before = problems.length;
  const { values } = parseSettings(environment, problems, settings);
  return problems.length > before ? undefined : values;
}

/** Settings in `refused` get placeholder values, so that all other settings can still be checked together. */
function parseSettings<T extends Readonly<Record<string, Setting>>>(
  environment: Environment,
  problems: string[],
  settings: T,
): { values: ValuesOf<T>; refused: readonly string[] } {
  const values: Record<string, unknown> = {};
  const refused: string[] = [];
  for (const [name, setting] of Object.entries<Setting>(settings)) {
    const text = environment[name] || setting.fallback;
    const stowaway = text === undefined ? undefined : stowawayIn(text);
    const result = text === undefined ? undefined : setting.schema.safeParse(text);
    if (text === undefined || stowaway !== undefined || result?.success !== true) {
      const reasons = result?.error?.issues.map(({ message }) => message).join('; ');
      problems.push(stowaway === undefined ? problemOf(name, setting, text, reasons) : `${name} ${stowaway}`);
      refused.push(name);
    }
    values[name] = result?.success === true ? result.data : setting.schema.parse(standInFor(setting));
  }
  for (const name of unknownNames(environment)) {
    problems.push(`${name} is not a setting of this server.${REMOVED_SETTINGS.get(name) ?? ''}`);
  }
  return { values: values as ValuesOf<T>, refused };
}

const standInFor = ({ fallback, secret, example }: Setting): string =>
  fallback ?? (secret === true ? randomBytes(32).toString('base64') : example);

// oxlint-disable-next-line max-params
function problemOf(
  name: string,
  { description, example, secret }: Setting,
  text: string | undefined,
  reasons: string | undefined,
): string {
  if (text === undefined) return `${name} is not set. ${description} Example: ${example}`;
  const shown = secret === true ? '' : ` (it is "${withoutPassword(text)}")`;
  return `${name} ${reasons ?? 'cannot be used'}${shown}. Example: ${example}`;
}

/** A URL can contain a password, in any setting. */
const withoutPassword = (text: string): string => text.replaceAll(/\/\/[^/?#\s]*@/gu, '//***@');

/** Names of variables that `shotgraph.yml` uses. */
const OF_THE_FILE = /^SHOTGRAPH_(?:AMI_SECRET|SYSTEM)_/u;

/**
 * A misspelt name would silently leave the default in force. Names used in `${...}` must not begin with SHOTGRAPH_
 * unless they contain a secret of a menu item.
 */
function unknownNames(environment: Environment): string[] {
  return Object.keys(environment).filter(
    (name) => name.startsWith('SHOTGRAPH_') && !(name in SETTINGS) && !OF_THE_FILE.test(name),
  );
}

function deepFreeze<T>(value: T): T {
  if (
    typeof value === 'object' &&
    value !== null &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof RegExp)
  ) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
