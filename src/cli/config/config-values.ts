import { type Environment, fileNameOf, findSecret } from '../../config/environment.ts';
import { variablesIn, writtenLeaves } from '../../config/lists.ts';
import { findText, withoutPassword } from '../../config/parse-settings.ts';
import type { Setting } from '../../config/setting-types.ts';
import { SETTINGS } from '../../config/settings.ts';

/** One value of the configuration, as it may be shown. */
export interface ShownValue {
  /** A setting, or a place in `shotgraph.yml`. */
  readonly name: string;
  /** Secrets are masked; null where there is no value. */
  readonly value: string | null;
  /** Where it comes from. */
  readonly from: string;
}

/** The variables that a command runs with, and those of the process alone: the others are of a file. */
export interface Variables {
  readonly environment: Environment;
  readonly ofProcess: Environment;
}

const MASK = '********';
/** Fields of `shotgraph.yml` that hold secrets, where a studio writes them into the file. */
const SECRET_FIELDS = /(?:^|\.)(?:secrets(?:\.\d+)?|assertionSecret)$/u;

/** Every setting with its value and where that comes from. Nothing is checked but what is in the way of showing it. */
export function settingValues({ environment, ofProcess }: Variables): readonly ShownValue[] {
  return Object.entries<Setting>(SETTINGS).map(([name, setting]) => {
    const { text, file, trouble } = findText(environment, name, setting);
    if (trouble !== undefined && text === undefined) return { name, value: null, from: `${name} ${trouble}` };
    if (text === undefined) return { name, value: null, from: 'not set, and needed' };
    const value = setting.secret === true && text !== setting.fallback ? MASK : withoutPassword(text);
    return { name, value, from: placeOf(name, file, { environment, ofProcess }) };
  });
}

function placeOf(name: string, file: string | null, { environment, ofProcess }: Variables): string {
  const variable = file === null ? name : fileNameOf(name);
  if (!environment[variable]) return 'default';
  const place = ofProcess[variable] === environment[variable] ? 'environment' : 'settings file';
  return file === null ? place : `file ${file} (${variable}, ${place})`;
}

/**
 * What is written in `shotgraph.yml`, with the place of each variable that it uses.
 *
 * @param problems receives why the file cannot be read
 */
export async function listValues(
  path: string,
  { environment, ofProcess }: Variables,
  problems: string[],
): Promise<readonly ShownValue[]> {
  const leaves = await writtenLeaves(path, problems);
  return leaves.map(({ place, value }) => {
    const text = String(value);
    const variables = variablesIn(text).map((name) => {
      const { text: found, file, trouble } = findSecret(environment, name);
      if (trouble !== undefined) return `${name} ${trouble}`;
      return `${name}: ${found === undefined ? 'not set' : placeOf(name, file, { environment, ofProcess })}`;
    });
    const isWritten = SECRET_FIELDS.test(place) && !/^\$\{[^$}]*\}$/u.test(text);
    return {
      name: place,
      value: isWritten ? MASK : withoutPassword(text),
      from: [path, ...variables].join('; '),
    };
  });
}
