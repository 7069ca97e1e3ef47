import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Logger } from '../base/logger.ts';
import type { Config } from './config.ts';
import { stowawayIn, unreadableFile } from './setting-types.ts';

const LEAST_LENGTH = 8;
const TOO_SHORT = `must have at least ${LEAST_LENGTH} characters`;

export interface ScriptKeyFile {
  readonly path: string;
  readonly key: string;
}

/** The key of the script itself; empty where it is in a file. */
export const scriptKey = z.string().refine((text) => text === '' || text.length >= LEAST_LENGTH, TOO_SHORT);

export const scriptKeyFile = z.string().transform((path, context): ScriptKeyFile | null => {
  if (path === '') return null;
  try {
    return { path, key: readKey(path) };
  } catch (error) {
    context.addIssue(reasonOf(error));
    return z.NEVER;
  }
});

/** Problems of the two settings together, one sentence each. */
export function scriptKeyProblems(key: string, file: ScriptKeyFile | null): readonly string[] {
  if ((key === '') !== (file === null)) return [];
  const problem = file === null ? 'is not set. Set it, or' : 'is set, and so is';
  const advice = file === null ? '' : ' Keep one of them';
  return [`SHOTGRAPH_SITE_SCRIPT_KEY ${problem} SHOTGRAPH_SITE_SCRIPT_KEY_FILE.${advice && `${advice}.`}`];
}

/** The settings of the site, with the latest key of its file. */
export interface SiteKey {
  readonly settings: Config['site'];
  /** Reads the file again. A file that cannot be used is logged, and the previous key stays in use. */
  reload(): void;
}

export function openSiteKey(site: Config['site'], logger: Pick<Logger, 'info' | 'error'>): SiteKey {
  let current = site.scriptKey;
  // Read at each use: a spread would keep the key of that moment.
  const settings = Object.defineProperty({ ...site }, 'scriptKey', { enumerable: true, get: () => current });
  return {
    settings,
    reload() {
      const { scriptKeyFile: path } = site;
      if (path === null) return;
      try {
        const read = readKey(path);
        const isNew = read !== current;
        current = read;
        logger.info('site.script_key_read', { reason: isNew ? 'another key' : 'the same key' });
      } catch (error) {
        const setting = 'SHOTGRAPH_SITE_SCRIPT_KEY_FILE';
        logger.error('site.script_key_unusable', { code: 'UPSTREAM_AUTH', setting, reason: reasonOf(error) });
      }
    },
  };
}

class KeyFileError extends Error {}

const reasonOf = (error: unknown): string =>
  error instanceof KeyFileError
    ? error.message
    : (unreadableFile(error) ?? 'must be a file that can be read');

/** Editors and `echo` end a file with a line break, which is not part of the key. */
function readKey(path: string): string {
  const key = readFileSync(path, 'utf8').replace(/\r?\n$/u, '');
  const stowaway = stowawayIn(key);
  if (stowaway !== undefined) throw new KeyFileError(stowaway);
  if (key.length < LEAST_LENGTH) throw new KeyFileError(TOO_SHORT);
  return key;
}
