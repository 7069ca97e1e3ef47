import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** The bench runs its copy of what it needs of the tests from a folder of its own. */
function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}

export interface SourceFile {
  /** Relative to the root of the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** What is installed or made, and kept out of the repository. */
const MADE = /^(?:node_modules|dist|gql|artefacts)$/u;

/** TypeScript of the project below the folders. A copy of the project without its repository has them too. */
export function sourceFiles(...folders: string[]): SourceFile[] {
  return folders
    .flatMap((folder) => filesBelow(folder))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

const filesBelow = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return MADE.test(entry.name) ? [] : filesBelow(path);
    return /\.(?:ts|tsx)$/u.test(entry.name) ? [path] : [];
  });

export interface Import {
  readonly from: string;
  /** Path of our file, or the name of a package. */
  readonly to: string;
  readonly isTypeOnly: boolean;
}

const IMPORT = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gmu;
const DYNAMIC_IMPORT = /\bimport\(\s*'([^']+)'\s*\)/gu;

/** Imports of a file, own files as paths from the root, packages by name. */
export function importsOf(file: SourceFile): Import[] {
  const found = [...file.text.matchAll(IMPORT)].map((match) => ({
    specifier: match[2] ?? '',
    isTypeOnly: match[1] !== undefined,
  }));
  for (const match of file.text.matchAll(DYNAMIC_IMPORT)) {
    found.push({ specifier: match[1] ?? '', isTypeOnly: false });
  }
  return found.map(({ specifier, isTypeOnly }) => ({
    from: file.path,
    to: resolveSpecifier(file.path, specifier),
    isTypeOnly,
  }));
}

function resolveSpecifier(from: string, specifier: string): string {
  if (specifier.startsWith('.')) {
    return relative('.', normalize(join(dirname(from), specifier))).replaceAll('\\', '/');
  }
  const parts = specifier.replace(/^node:/u, 'node:').split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}
