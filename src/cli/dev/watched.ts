import { dirname, join, relative, sep } from 'node:path';
import { watch } from 'chokidar';
import type { Config } from '../../config/config.ts';
import { settingsFileOf } from '../../config/environment.ts';
import { CLASSES, hasClasses } from './compile.ts';

/** Files that belong together are often saved together: they are one change. */
const QUIET_MS = 200;

export interface Change {
  /** Relative to the folder. */
  readonly paths: readonly string[];
  /** A source of the studio's own classes is among them. */
  readonly isOfClasses: boolean;
}

interface Places {
  readonly folder: string;
  readonly env: string | undefined;
  readonly configPath: string;
  readonly config: Config | undefined;
}

/** What the server reads at its start: a change of any of it needs another start. */
export function watchedPlaces({ folder, env, configPath, config }: Places): readonly string[] {
  const named = (config?.systems ?? []).flatMap(({ connector, graphql }) => [connector, graphql?.schema]);
  const files = named.filter((path) => path !== null && path !== undefined).map((path) => dirname(path));
  return [
    ...[settingsFileOf(env), 'connectors', CLASSES, 'schema'].map((place) => join(folder, place)),
    ...[configPath, ...files, ...(config === undefined ? [] : [dirname(config.schemaDirectory)])],
    // What is compiled here is started again for its source; modules of another compiler are watched themselves.
    ...(hasClasses(folder) ? [] : (config?.extensions ?? [])),
  ];
}

export interface Watcher {
  /** Places that a change has named. Those that are watched already stay. */
  add(places: readonly string[]): void;
  close(): Promise<void>;
}

/** Calls back after files of these places were changed, once for what is saved together. */
export async function watchPlaces(
  folder: string,
  places: readonly string[],
  onChange: (change: Change) => void,
): Promise<Watcher> {
  const watcher = watch([...new Set(places)], {
    ignoreInitial: true,
    ignored: (path) =>
      /(?:^|[\\/])(?:node_modules|\.git)(?:[\\/]|$)|\.new$|pull-under-way/u.test(relative(folder, path)),
  });
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    const paths = [...changed].sort();
    changed.clear();
    onChange({ paths, isOfClasses: paths.some((path) => path.startsWith(`${CLASSES}${sep}`)) });
  };
  watcher.on('all', (_event, path) => {
    changed.add(relative(folder, path));
    clearTimeout(timer);
    timer = setTimeout(tell, QUIET_MS);
  });
  await new Promise<void>((resolve) => void watcher.once('ready', () => resolve()));
  return {
    add: (more) => void watcher.add([...more]),
    async close() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
