import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of settings has no escapes: the quotation mark is one that the value has not. */
function quoted(value: string): string {
  const mark = ["'", '"', '`'].find((known) => !value.includes(known)) ?? "'";
  return `${mark}${value}${mark}`;
}

/** The first line of a file that the demo has written, and may replace. */
const OURS = '# Written by the demo of Shotgraph, which deletes it when it ends.';

/**
 * Writes the settings of the demo's server into `.env.demo`, where `shotgraph --env demo` reads them. They have its
 * secrets, so only their owner may read the file.
 *
 * @throws Error if the file is a person's own, which would be lost
 * @returns removes the file, unless another demo has written it meanwhile
 */
export function writeSettings(folder: string, settings: Readonly<Record<string, string>>): () => void {
  const path = join(folder, '.env.demo');
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quoted(value)}`);
  const text = `${[OURS, ...lines].join('\n')}\n`;
  if (!isOurs(path))
    throw new Error(
      `${path} was not written by the demo, which would replace it. Give it another name, or start the demo in another folder.`,
    );
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

/** Also where there is no file. */
function isOurs(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').startsWith(`${OURS}\n`);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}
