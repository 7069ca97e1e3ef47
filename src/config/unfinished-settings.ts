import { buildConfig } from './build-config.ts';
import type { Config } from './config.ts';
import type { Environment } from './environment.ts';
import { NO_LISTS } from './lists.ts';
import { parseSettings } from './parse-settings.ts';
import { SETTINGS } from './settings.ts';
import { weaknessesOf } from './weaknesses.ts';

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
