import { moduleOf } from './layers.ts';
import type { SourceFile } from './source-files.ts';

/** Widest folder of `src`: a room whose plan can be seen at once. */
export const MAX_FILES_IN_FOLDER = 18;

/**
 * Type assertions of each module of `src`, `as const` aside. Each is a place where the compiler has to believe us. A number
 * is lowered in the commit that removes an assertion; it is never raised without a reason in that commit.
 */
export const CASTS: Readonly<Record<string, number>> = {
  base: 4,
  browser: 1,
  cli: 8,
  config: 1,
  explorer: 7,
  graphql: 27,
  http: 21,
  identity: 29,
  launch: 8,
  observe: 2,
  query: 25,
  shotgun: 18,
  site: 2,
  systems: 3,
  upload: 3,
};

const CAST = /\bas (?!const\b)(?:\{|\(|readonly\b|typeof\b|keyof\b|[A-Za-z_]\w*)/gu;
const NOT_CODE = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|`(?:\\.|[^`\\])*`|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/gu;
const MODULE_NAMES = /^(?:import|export)\b[^;]*?\bfrom\b[^;]*;/gmu;

/** Assertions of a file, without comments, texts and renamed imports. */
export const castsOf = ({ text }: SourceFile): number =>
  [...text.replace(NOT_CODE, "''").replace(MODULE_NAMES, '').matchAll(CAST)].length;

/** Assertions by module. */
export function castsByModule(files: readonly SourceFile[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const file of files) {
    const module = moduleOf(file.path) ?? '';
    found[module] = (found[module] ?? 0) + castsOf(file);
  }
  return Object.fromEntries(Object.entries(found).filter(([, count]) => count > 0));
}

/** Folders with more files than a reader can see at once, each with its number. */
export function wideFolders(paths: readonly string[]): string[] {
  const widths = new Map<string, number>();
  for (const path of paths) {
    const folder = path.slice(0, path.lastIndexOf('/'));
    widths.set(folder, (widths.get(folder) ?? 0) + 1);
  }
  return [...widths]
    .filter(([, width]) => width > MAX_FILES_IN_FOLDER)
    .map(([folder, width]) => `${folder}: ${width}`);
}
