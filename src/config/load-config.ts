import type { Config } from './config.ts';
import { buildConfig, planPart, siteParts } from './build-config.ts';
import { loadLists } from './lists.ts';
import { stowawayIn, type Setting } from './setting-types.ts';
import { PLAN_SETTINGS } from './plan-settings.ts';
import { SITE_SETTINGS } from './server-settings.ts';
import { REMOVED_SETTINGS, SETTINGS, type ValuesOf } from './settings.ts';
import { weaknessesOf } from './weaknesses.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of this process: the one place where they are read. */
export const environmentOfProcess = (): Environment => process.env;

/** Every problem of the configuration at once, each a sentence with the setting's name. Holds no secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['The configuration cannot be used:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

/**
 * The frozen configuration from environment variables and `shotgraph.yml`.
 *
 * @param environment usually `process.env`
 * @throws ConfigError with all problems, not only the first
 */
export async function loadConfig(environment: Environment = environmentOfProcess()): Promise<Config> {
  const problems: string[] = [];
  const values = readSettings(environment, problems, SETTINGS);
  const listsPath = environment['SHOTGRAPH_CONFIG'] || SETTINGS.SHOTGRAPH_CONFIG.fallback;
  const lists = await loadLists(listsPath, environment, problems);
  if (values === undefined || problems.length > 0) throw new ConfigError(problems);
  const config = buildConfig(values, lists);
  const weaknesses = weaknessesOf(config);
  if (weaknesses.length > 0) throw new ConfigError(weaknesses);
  return deepFreeze(config);
}

/**
 * Only what concerns the ShotGrid site, for commands that need nothing else.
 *
 * @throws ConfigError with all problems of these settings
 */
export function loadSiteConfig(
  environment: Environment = environmentOfProcess(),
): Pick<Config, 'site' | 'schemaDirectory'> {
  const problems: string[] = [];
  const values = readSettings(environment, problems, SITE_SETTINGS);
  if (values === undefined) throw new ConfigError(problems);
  return deepFreeze(siteParts(values));
}

/**
 * Only where the snapshot of the site's schema is, for commands that ask no site.
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
 * Only how reads are planned, in any environment.
 *
 * @throws ConfigError with all problems of these settings
 */
export function loadPlanConfig(environment: Environment = environmentOfProcess()): Config['graphql']['plan'] {
  const problems: string[] = [];
  const values = readSettings(environment, problems, PLAN_SETTINGS);
  if (values === undefined) throw new ConfigError(problems);
  return deepFreeze(planPart(values, false));
}

function readSettings<T extends Readonly<Record<string, Setting>>>(
  environment: Environment,
  problems: string[],
  settings: T,
): ValuesOf<T> | undefined {
  const values: Record<string, unknown> = {};
  const before = problems.length;
  for (const [name, setting] of Object.entries<Setting>(settings)) {
    const text = environment[name] || setting.fallback;
    if (text === undefined) {
      problems.push(`${name} is not set. ${setting.description} Example: ${setting.example}`);
      continue;
    }
    const stowaway = stowawayIn(text);
    if (stowaway !== undefined) {
      problems.push(`${name} ${stowaway}`);
      continue;
    }
    const result = setting.schema.safeParse(text);
    if (result.success) {
      values[name] = result.data;
    } else {
      const reason = result.error.issues.map((issue) => issue.message).join('; ');
      problems.push(
        `${name} ${reason}${setting.secret ? '' : ` (it is "${text}")`}. Example: ${setting.example}`,
      );
    }
  }
  for (const name of unknownNames(environment)) {
    problems.push(`${name} is not a setting of this server.${REMOVED_SETTINGS.get(name) ?? ''}`);
  }
  return problems.length > before ? undefined : (values as ValuesOf<T>);
}

/** Names for what `shotgraph.yml` takes from the environment. */
const OF_THE_FILE = /^SHOTGRAPH_(?:AMI_SECRET|SYSTEM)_/u;

/** A misspelt name would silently leave the default in force. Names used in `${...}` must not begin with SHOTGRAPH_ unless they hold a secret of a menu item. */
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
