import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const SOURCES = join(ROOT, 'src', 'browser');
const BUILT = join(ROOT, 'dist', 'browser');
const SCRIPTS = ['overlay.js', 'window.js'];

const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs;

/** Before the first test: the server does not start without the scripts of its pages, and needs those of the sources as they are. */
export default async function buildPageScripts() {
  const lastChange = Math.max(...readdirSync(SOURCES).map((name) => changedAt(join(SOURCES, name)) ?? 0));
  if (SCRIPTS.every((name) => (changedAt(join(BUILT, name)) ?? 0) > lastChange)) return;
  const { createBuilder } = await import('vite');
  const builder = await createBuilder({
    configFile: join(SOURCES, 'vite.config.ts'),
    root: SOURCES,
    logLevel: 'warn',
  });
  await builder.buildApp();
}
