import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of settings has no escapes: the quotation mark is one that the value has not. */
function quoted(value: string): string {
  const mark = ["'", '"', '`'].find((known) => !value.includes(known)) ?? "'";
  return `${mark}${value}${mark}`;
}

/**
 * Writes the settings of the demo's server into `.env.demo`, where `shotgraph --env demo` reads them. They have its
 * secrets, so only their owner may read the file.
 *
 * @returns removes the file, unless another demo has written it meanwhile
 */
export function writeSettings(folder: string, settings: Readonly<Record<string, string>>): () => void {
  const path = join(folder, '.env.demo');
  const text = Object.entries(settings)
    .map(([name, value]) => `${name}=${quoted(value)}\n`)
    .join('');
  try {
    rmSync(path, { force: true });
    writeFileSync(path, text, { mode: 0o600 });
  } catch {
    // A folder that may not be written has a demo all the same, one that the commands do not know.
    return () => undefined;
  }
  return () => {
    try {
      if (readFileSync(path, 'utf8') === text) rmSync(path);
    } catch {
      // It is gone already.
    }
  };
}
