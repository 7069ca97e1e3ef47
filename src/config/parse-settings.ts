import { randomBytes } from 'node:crypto';
import type { SecretFiles } from './build-config.ts';
import {
  type Environment,
  fileNameOf,
  findSecret,
  type FoundSecret,
  ownerOfFileName,
} from './environment.ts';
import { type Setting, stowawayIn } from './setting-types.ts';
import { REMOVED_SETTINGS, SETTINGS, type ValuesOf } from './settings.ts';

/** The values of a table of settings, and what else is known of them. */
export interface ParsedSettings<T extends Readonly<Record<string, Setting>>> {
  readonly values: ValuesOf<T>;
  readonly files: SecretFiles;
  /** These have placeholder values, so that all other settings can still be checked together. */
  readonly refused: readonly string[];
}

/** The values of a table of settings. Adds a sentence to `problems` for each that cannot be used. */
export function parseSettings<T extends Readonly<Record<string, Setting>>>(
  environment: Environment,
  problems: string[],
  settings: T,
): ParsedSettings<T> {
  const values: Record<string, unknown> = {};
  const files = new Map<string, string>();
  const refused: string[] = [];
  for (const [name, setting] of Object.entries<Setting>(settings)) {
    const found = findText(environment, name, setting);
    const { text, file, trouble } = found;
    if (file !== null) files.set(name, file);
    const result = text === undefined ? undefined : setting.schema.safeParse(text);
    if (trouble === undefined && result?.success === true) {
      values[name] = result.data;
      continue;
    }
    const reasons = result?.error?.issues.map(({ message }) => message).join('; ');
    problems.push(problemOf(name, setting, { ...found, reasons }));
    refused.push(name);
    values[name] = setting.schema.parse(standInFor(setting));
  }
  for (const name of unknownNames(environment)) {
    problems.push(`${name} is not a setting of this server.${REMOVED_SETTINGS.get(name) ?? ''}`);
  }
  return { values: values as ValuesOf<T>, files, refused };
}

/** The text of a setting. `trouble` is why it cannot be used, whatever the setting is. */
export function findText(environment: Environment, name: string, setting: Setting): FoundSecret {
  const found =
    setting.secret === true
      ? findSecret(environment, name)
      : { text: environment[name] || undefined, file: null, trouble: undefined };
  if (found.trouble !== undefined) return found;
  const text = found.text ?? setting.fallback;
  const trouble = text === undefined || setting.hasLines === true ? undefined : stowawayIn(text);
  return { ...found, text, trouble };
}

const standInFor = ({ fallback, secret, example }: Setting): string =>
  fallback ?? (secret === true ? randomBytes(32).toString('base64') : example);

interface Refusal extends FoundSecret {
  /** What the setting's schema says of the text, where there is no trouble. */
  readonly reasons: string | undefined;
}

function problemOf(name: string, setting: Setting, { text, file, trouble, reasons }: Refusal): string {
  const { description, example, secret } = setting;
  const place = file === null ? name : `${name}, read from the file of ${fileNameOf(name)},`;
  if (trouble !== undefined) return `${place} ${trouble}`;
  if (text === undefined) {
    const other =
      secret === true ? `Set it, or set ${fileNameOf(name)} to the path of a file that holds it. ` : '';
    return `${name} is not set. ${other}${description} Example: ${example}`;
  }
  const shown = secret === true ? '' : ` (it is "${withoutPassword(text)}")`;
  return `${place} ${reasons ?? 'cannot be used'}${shown}. Example: ${example}`;
}

/** A URL can contain a password, in any setting. */
export const withoutPassword = (text: string): string => text.replaceAll(/\/\/[^/?#\s]*@/gu, '//***@');

/** Names of variables that `shotgraph.yml` uses, and answers for `shotgraph init`, which the server leaves alone. */
const OF_OTHERS = /^SHOTGRAPH_(?:AMI_SECRET|SYSTEM|INIT)_/u;

/**
 * A misspelt name would silently leave the default in force. Names used in `${...}` must not begin with SHOTGRAPH_
 * unless they contain a secret of a menu item.
 */
function unknownNames(environment: Environment): string[] {
  return Object.keys(environment).filter(
    (name) => name.startsWith('SHOTGRAPH_') && !isKnown(name) && !OF_OTHERS.test(name),
  );
}

function isKnown(name: string): boolean {
  const settings: Readonly<Record<string, Setting>> = SETTINGS;
  return name in settings || settings[ownerOfFileName(name) ?? '']?.secret === true;
}
