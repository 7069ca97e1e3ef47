import { readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/**
 * Names that a bundler derives from the content: `index-B7s0kQzA.js`. Ordinary names can look alike:
 * `app-icon-512.png`.
 */
const HASHED = /-[A-Za-z0-9_-]{8}\.[a-z0-9]{1,8}$/u;
/** Where Vite writes its manifest (`build.manifest`). */
const MANIFEST = join('.vite', 'manifest.json');

/**
 * The files of a front end that never change: those that the bundler's manifest lists under names with a content
 * hash.
 * A folder without a manifest has none. A new build is picked up without a restart.
 */
export function bundledFiles(directory: string): (path: string) => boolean {
  const manifest = join(directory, MANIFEST);
  let known: ReadonlySet<string> = new Set();
  let knownAtMs: number | undefined;
  return (path) => {
    const changedAtMs = statSync(manifest, { throwIfNoEntry: false })?.mtimeMs;
    if (changedAtMs !== knownAtMs) {
      known = changedAtMs === undefined ? new Set() : filesIn(manifest);
      knownAtMs = changedAtMs;
    }
    return HASHED.test(path) && known.has(relative(directory, path).split(sep).join('/'));
  };
}

function filesIn(manifest: string): ReadonlySet<string> {
  try {
    const chunks: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
    if (typeof chunks !== 'object' || chunks === null) return new Set();
    return new Set(Object.values(chunks).flatMap(filesOfChunk));
  } catch {
    // A manifest that is being written is read again at its next change.
    return new Set();
  }
}

function filesOfChunk(chunk: unknown): string[] {
  if (typeof chunk !== 'object' || chunk === null) return [];
  const { file, css, assets } = chunk as Readonly<Record<string, unknown>>;
  return [file, css, assets].flat().filter((name): name is string => typeof name === 'string');
}
