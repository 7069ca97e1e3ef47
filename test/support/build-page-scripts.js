import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Scripts of pages: where they are written, and the files that are built of them. */
const SCRIPTS = [
  { sources: 'src/browser', built: ['dist/browser/overlay.js', 'dist/browser/window.js'] },
  { sources: 'studio/site/web/browser', built: ['studio/dist/site-web/site.js'] },
];

const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Whether a file was written after the last change of what it is built of. */
function isBuilt({ sources, built }) {
  const folder = join(ROOT, sources);
  const lastChange = Math.max(...readdirSync(folder).map((name) => changedAt(join(folder, name))));
  return built.every((path) => changedAt(join(ROOT, path)) > lastChange);
}

/** Before the first test: neither server starts without the scripts of its pages, and they are tested as they are written. */
export default async function buildPageScripts() {
  const missing = SCRIPTS.filter((scripts) => !isBuilt(scripts));
  if (missing.length === 0) return;
  const { createBuilder } = await import('vite');
  for (const { sources } of missing) {
    const root = join(ROOT, sources);
    const builder = await createBuilder({
      configFile: join(root, 'vite.config.ts'),
      root,
      logLevel: 'warn',
    });
    await builder.buildApp();
  }
}
