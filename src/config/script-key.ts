import { z } from 'zod';
import type { Logger } from '../base/logger.ts';
import type { Config } from './config.ts';
import { readSecretFile } from './environment.ts';
import { stowawayIn } from './setting-types.ts';

const LEAST_LENGTH = 8;

/** The key of the API script. */
export const scriptKey = z.string().min(LEAST_LENGTH, `must have at least ${LEAST_LENGTH} characters`);

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
      const read = readKey(path);
      if ('trouble' in read) {
        const setting = 'SHOTGRAPH_SITE_SCRIPT_KEY_FILE';
        const { trouble: reason } = read;
        logger.error('site.script_key_unusable', { code: 'UPSTREAM_AUTH', setting, reason });
        return;
      }
      const isNew = read.text !== current;
      current = read.text;
      logger.info('site.script_key_read', { reason: isNew ? 'another key' : 'the same key' });
    },
  };
}

function readKey(path: string): ReturnType<typeof readSecretFile> {
  const read = readSecretFile(path);
  if ('trouble' in read) return read;
  const { error } = scriptKey.safeParse(read.text);
  const trouble = stowawayIn(read.text) ?? error?.issues[0]?.message;
  return trouble === undefined ? read : { trouble };
}
