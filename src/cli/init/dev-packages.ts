import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { packageFolder } from '../../base/package-folder.ts';
import { variablesWithoutOurs } from '../../config/environment.ts';

const FOR_CLASSES = ['typescript'];
const FOR_VITE = ['vite', '@vitejs/plugin-react', 'react', 'react-dom'];

const MANIFEST = z.object({ devDependencies: z.record(z.string(), z.string()).default({}) });

/** The versions that the package is made with, of its manifest. A package without them leaves the version to npm. */
export const versionsIn = (manifest: string): Readonly<Record<string, string>> =>
  MANIFEST.parse(JSON.parse(manifest)).devDependencies;

/** Packages that `build` and `dev` of the repository need and that are not installed, with their versions. */
export function missingPackages(folder: string, hasVite: boolean): readonly string[] {
  const needed = [...FOR_CLASSES, ...(hasVite ? FOR_VITE : [])];
  return withVersions(needed.filter((name) => !isInstalled(folder, name)));
}

/** Packages as npm installs them: in the versions that this one is made and tried with. */
export function withVersions(names: readonly string[]): readonly string[] {
  const versions = versionsIn(readFileSync(join(packageFolder(), 'package.json'), 'utf8'));
  return names.map((name) => (versions[name] === undefined ? name : `${name}@${versions[name]}`));
}

/** True where a file of the folder could import the package. */
export function isInstalled(folder: string, name: string): boolean {
  if (existsSync(join(folder, 'node_modules', name, 'package.json'))) return true;
  return dirname(folder) !== folder && isInstalled(dirname(folder), name);
}

/** Installs them by npm, whose own lines are shown. False if npm fails, or is not there. */
export const installPackages = (folder: string, packages: readonly string[]): Promise<boolean> =>
  new Promise((resolve) => {
    const isWindows = process.platform === 'win32';
    const npm = spawn(
      isWindows ? 'npm.cmd' : 'npm',
      ['install', '--save-dev', '--no-audit', '--no-fund', ...packages],
      {
        cwd: folder,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: variablesWithoutOurs(),
        shell: isWindows,
      },
    );
    // Ctrl+C ends npm, and what follows is still told.
    const goOn = (): void => undefined;
    const end = (isInstalledNow: boolean): void => {
      process.off('SIGINT', goOn);
      resolve(isInstalledNow);
    };
    process.on('SIGINT', goOn);
    npm.once('error', () => end(false));
    npm.once('close', (code) => end(code === 0));
  });
