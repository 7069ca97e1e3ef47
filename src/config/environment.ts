import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { unreadableFile } from './setting-types.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Read from the folder where a command runs: for development, and for trying out settings. */
export const SETTINGS_FILE = '.env';

/** The file of settings, or that of `--env`. */
export const settingsFileOf = (env: string | undefined): string =>
  env === undefined ? SETTINGS_FILE : `${SETTINGS_FILE}.${env}`;

/** The variables of this process with those of its folder's file: the only place that reads them. */
export const environmentOfProcess = (file?: string): Environment =>
  environmentIn(process.cwd(), process.env, file);

/** The variables of this process alone, to tell them from those of the file. */
export const variablesOfProcess = (): Environment => process.env;

/** The variables of this process without its settings and secrets: for programs that need none of them. */
export const variablesWithoutOurs = (): Environment =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SHOTGRAPH_')));

/** The variables, with those of the folder's file as defaults. */
export function environmentIn(folder: string, variables: Environment, file = SETTINGS_FILE): Environment {
  const path = join(folder, file);
  if (!existsSync(path)) return variables;
  const ofFile = settingsIn(readFileSync(path, 'utf8'));
  // A secret of the environment replaces that of the file, whichever of the two is a path.
  for (const name of Object.keys(variables).filter((each) => variables[each] !== '')) {
    delete ofFile[fileNameOf(name)];
    const owner = ownerOfFileName(name);
    if (owner !== undefined) delete ofFile[owner];
  }
  return { ...ofFile, ...variables };
}

/**
 * The settings in the text of such a file. Editors on Windows begin a file with a byte order mark, which would become part of
 * the first name.
 */
export const settingsIn = (text: string): Record<string, string | undefined> =>
  parseEnv(text.replace(/^\uFEFF/u, '').replaceAll('\r\n', '\n'));

/** False without any setting: the command probably runs in the wrong folder. */
export const hasSettings = (environment: Environment): boolean =>
  Object.keys(environment).some((name) => name.startsWith('SHOTGRAPH_'));

const FILE_SUFFIX = '_FILE';

/** The variable that names the file of a secret: `NAME_FILE`, as container engines mount secrets. */
export const fileNameOf = (name: string): string => `${name}${FILE_SUFFIX}`;

/** The secret that `NAME_FILE` belongs to: `NAME`. Undefined for other names. */
export const ownerOfFileName = (name: string): string | undefined =>
  name.endsWith(FILE_SUFFIX) ? name.slice(0, -FILE_SUFFIX.length) : undefined;

/** The text of a secret: of its variable, or of the file that `NAME_FILE` names. */
export interface FoundSecret {
  /** Undefined where neither is set, or the file cannot be used. */
  readonly text: string | undefined;
  /** Path of its file. */
  readonly file: string | null;
  /** Why it cannot be used: a sentence without the name, the path and the secret. */
  readonly trouble: string | undefined;
}

export function findSecret(environment: Environment, name: string): FoundSecret {
  const [text, path] = [environment[name] || undefined, environment[fileNameOf(name)] || undefined];
  if (path === undefined) return { text, file: null, trouble: undefined };
  if (text !== undefined) {
    return {
      text: undefined,
      file: null,
      trouble: `is set, and so is ${fileNameOf(name)}. Keep one of them.`,
    };
  }
  const read = readSecretFile(path);
  if ('text' in read) return { text: read.text, file: path, trouble: undefined };
  return { text: undefined, file: null, trouble: `cannot be read: ${fileNameOf(name)} ${read.trouble}` };
}

/** Editors and `echo` end a file with a line break, which is not part of the secret. */
export function readSecretFile(path: string): { readonly text: string } | { readonly trouble: string } {
  try {
    const text = readFileSync(path, 'utf8').replace(/\r?\n$/u, '');
    return text === '' ? { trouble: 'is the path of an empty file. Put the secret into it.' } : { text };
  } catch (error) {
    return { trouble: `${unreadableFile(error) ?? 'must be the path of a file that can be read'}.` };
  }
}
