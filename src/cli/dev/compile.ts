import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { variablesWithoutOurs } from '../../config/environment.ts';
import type { Terminal } from '../command.ts';
import { isInstalled } from '../init/dev-packages.ts';
import { startNode } from './child.ts';
import { programOf } from './program-of.ts';

/** The folder of a studio's own classes, and what says how they are compiled. */
export const CLASSES = 'extensions';

export const hasClasses = (folder: string): boolean => existsSync(join(folder, CLASSES, 'tsconfig.json'));

/** Compiles the classes, where there are any. False if they cannot be compiled: the compiler has said why. */
export async function compileClasses(
  folder: string,
  terminal: Terminal,
  atOnce: AbortSignal,
): Promise<boolean> {
  if (!hasClasses(folder)) return true;
  const program = isInstalled(folder, 'typescript') ? programOf(folder, 'typescript', 'tsc') : undefined;
  if (program === undefined) {
    terminal.printError(
      'The classes of extensions/ are not compiled: install the compiler with "npm install --save-dev typescript". What was compiled before is used.',
    );
    return true;
  }
  const options = { folder, atOnce, environment: variablesWithoutOurs() };
  return (await startNode([program, '-p', CLASSES], options).ended) === 0;
}
