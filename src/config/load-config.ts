import { access } from 'node:fs/promises';
import type { Config } from './config.ts';
import { buildConfig, documentPart, planPart, siteParts } from './build-config.ts';
import type { Environment } from './environment.ts';
import { DOCUMENT_SETTINGS } from './graphql-settings.ts';
import { loadLists, NO_FILES, NO_LISTS, readGraphFiles, type GraphFiles } from './lists.ts';
import { type ParsedSettings, parseSettings } from './parse-settings.ts';
import { PLAN_SETTINGS } from './plan-settings.ts';
import { SITE_SETTINGS } from './server-settings.ts';
import type { Setting } from './setting-types.ts';
import { SETTINGS } from './settings.ts';
import { weaknessesOf } from './weaknesses.ts';

/** All problems of the configuration at once, each a sentence with the setting's name. Contains no secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['The configuration cannot be used:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

/** The path of `shotgraph.yml`, relative to the folder where the process runs. */
export const listsPathOf = (environment: Environment): string =>
  environment['SHOTGRAPH_CONFIG'] || SETTINGS.SHOTGRAPH_CONFIG.fallback;

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
  environment: Environment,
  checks: readonly ConfigCheck[] = [],
): Promise<Config> {
  const problems: string[] = [];
  const { values, files, refused } = parseSettings(environment, problems, SETTINGS);
  const lists = await loadLists(listsPathOf(environment), environment, problems);
  const config = buildConfig(values, lists, files);
  const found = await Promise.all(checks.map((check) => check(config)));
  // A setting that cannot be read has a placeholder here, so problems of its value are not reported.
  const isOfReadSettings = (problem: string): boolean => !refused.some((name) => problem.includes(name));
  problems.push(...[...weaknessesOf(config), ...found.flat()].filter(isOfReadSettings));
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(config);
}

/** Settings that are still being collected. */
export interface UnfinishedConfig {
  /** What is missing has a stand-in. There are no menu items, front ends and systems. */
  readonly config: Config;
  /** Each names its setting. Those of settings that are only missing are among them. */
  readonly problems: readonly string[];
}

/** The configuration of settings that are not complete yet, so that each can be tried as soon as it is known. */
export function unfinishedConfig(environment: Environment): UnfinishedConfig {
  const problems: string[] = [];
  const { values, files } = parseSettings(environment, problems, SETTINGS);
  const config = buildConfig(values, NO_LISTS, files);
  return { config, problems: [...problems, ...weaknessesOf(config)] };
}

/**
 * The files of a `shotgraph.yml` that add parts to the graph, for commands that need nothing else.
 *
 * @throws ConfigError with all problems, as at the start of the server
 */
export async function loadGraphFiles(path: string): Promise<GraphFiles> {
  const problems: string[] = [];
  const files = await readGraphFiles(path, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return files;
}

/**
 * Only the settings of the ShotGrid site, for commands that need nothing else.
 *
 * @throws ConfigError with all problems of these settings
 */
export function loadSiteConfig(environment: Environment): Pick<Config, 'site' | 'schemaDirectory'> {
  const { values, files } = readSettings(environment, SITE_SETTINGS);
  return deepFreeze(siteParts(values, files));
}

/**
 * Only the folder of the site's schema snapshot, for commands that do not call the site.
 *
 * @throws ConfigError where that setting cannot be used
 */
export function loadSchemaDirectory(environment: Environment): string {
  const { SHOTGRAPH_SCHEMA_DIRECTORY } = SITE_SETTINGS;
  const { values } = readSettings(environment, { SHOTGRAPH_SCHEMA_DIRECTORY });
  return values.SHOTGRAPH_SCHEMA_DIRECTORY;
}

/**
 * Only the settings of read plans and their limits, in any environment.
 *
 * @throws ConfigError with all problems of these settings
 */
export function loadPlanConfig(
  environment: Environment,
): Pick<Config['graphql'], 'plan' | keyof ReturnType<typeof documentPart>> {
  const { SHOTGRAPH_ENVIRONMENT } = SETTINGS;
  const settings = { ...PLAN_SETTINGS, ...DOCUMENT_SETTINGS, SHOTGRAPH_ENVIRONMENT };
  const { values } = readSettings(environment, settings);
  const isDevelopment = values.SHOTGRAPH_ENVIRONMENT === 'development';
  return deepFreeze({ plan: planPart(values, false), ...documentPart(values, isDevelopment) });
}

/**
 * The same, from the file that the server reads. Without such a file there are none: a
 * document can be explained before the studio has its settings.
 *
 * @param path in place of `SHOTGRAPH_CONFIG`
 * @throws ConfigError with all problems of that part of the file
 */
export async function loadGraphFilesOfServer(
  path: string | undefined,
  environment: Environment,
): Promise<GraphFiles> {
  const { SHOTGRAPH_CONFIG: usual } = SETTINGS;
  const named = path ?? (environment['SHOTGRAPH_CONFIG'] || undefined);
  if (named !== undefined) return loadGraphFiles(named);
  const isThere = await access(usual.fallback).then(
    () => true,
    () => false,
  );
  return isThere ? loadGraphFiles(usual.fallback) : NO_FILES;
}

/** @throws ConfigError with all problems of these settings */
function readSettings<T extends Readonly<Record<string, Setting>>>(
  environment: Environment,
  settings: T,
): Pick<ParsedSettings<T>, 'values' | 'files'> {
  const problems: string[] = [];
  const parsed = parseSettings(environment, problems, settings);
  if (problems.length > 0) throw new ConfigError(problems);
  return parsed;
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
