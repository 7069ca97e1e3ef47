import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const MANIFEST = z.object({ bin: z.union([z.string(), z.record(z.string(), z.string())]) });

/** The script of a program that a package of the folder has; undefined where it has none. */
export function programOf(folder: string, name: string, program: string): string | undefined {
  const paths = createRequire(join(folder, 'package.json')).resolve.paths(name) ?? [];
  for (const path of paths) {
    const manifest = join(path, name, 'package.json');
    const { data } = MANIFEST.safeParse(readJson(manifest));
    const file = typeof data?.bin === 'string' ? data.bin : data?.bin[program];
    if (file !== undefined) return join(dirname(manifest), file);
  }
  return undefined;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
