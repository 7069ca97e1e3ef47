import { type Clock, systemClock } from '../../src/base/clock.ts';
import { createLogger, type Logger } from '../../src/base/logger.ts';
import { type Login, parseLogin } from '../../src/base/ids.ts';
import type { Config } from '../../src/config/config.ts';
import { createDirectory, createPeople, type People } from '../../src/shotgun/script/directory.ts';
import { createShotgun } from '../../src/shotgun/create-shotgun.ts';
import type { Shotgun } from '../../src/shotgun/client/shotgun.ts';
import type { SearchRequest } from '../../src/shotgun/port/requests.ts';
import { siteSettings } from './bent-site.ts';

export interface TestShotgun {
  readonly shotgun: Shotgun;
  readonly people: People;
  /** Every line that was logged. */
  readonly log: readonly string[];
  readonly logger: Logger;
  close(): Promise<void>;
}

export interface TestShotgunOptions {
  readonly settings?: Partial<Config['site']>;
  readonly clock?: Clock;
  readonly onLog?: (line: string) => unknown;
  /** A read was answered by one that was under way. */
  readonly onJoined?: () => unknown;
}

/** The real client against any site, with its log kept. */
export function createTestShotgun(url: string, options: TestShotgunOptions = {}): TestShotgun {
  const log: string[] = [];
  const logger = createLogger({
    level: 'debug',
    write: (line) => {
      log.push(line);
      options.onLog?.(line);
    },
  });
  const settings = siteSettings(url, options.settings);
  const deps = { settings, clock: options.clock ?? systemClock, logger };
  const shotgun = createShotgun({ ...deps, onJoined: () => void options.onJoined?.() });
  const directory = createDirectory({ ...deps, onScriptRead: () => undefined });
  const people = createPeople({ directory, shotgun });
  return {
    shotgun,
    people,
    log,
    logger,
    close: async () => {
      await Promise.all([shotgun.close(), directory.close()]);
    },
  };
}

export function login(text: string): Login {
  const parsed = parseLogin(text);
  if (parsed === undefined) throw new Error(`not a login: ${JSON.stringify(text)}`);
  return parsed;
}

export function searchOf(type: string, ...conditions: SearchRequest['filter']['conditions']): SearchRequest {
  return {
    type,
    filter: { logical_operator: 'and', conditions },
    fields: ['code'],
    pageSize: 50,
  };
}
