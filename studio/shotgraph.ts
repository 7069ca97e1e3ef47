import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { folderOfPackage, packageRoot } from './package-root.ts';

/**
 * Folder of the package shotgraph: of the checkout that this package is a part of, or of what is installed beside it.
 *
 * @throws Error saying what to install
 */
export function shotgraphFolder(): string {
  const folder = checkout() ?? folderOfPackage(addressOfContract());
  const [found, wanted] = [manifestIn(folder)?.version, manifestIn(packageRoot())?.version];
  if (found === wanted) return folder;
  throw new Error(
    `This is shotgrid-studio ${wanted}, and shotgraph ${found} is installed. Install the files of one version: ${installing(wanted)}`,
  );
}

/**
 * Address of a module of Shotgraph, which runs as this one does: as written or as built. The `exports` of Shotgraph name what
 * everybody may import; what only this package uses lies beside that.
 *
 * @throws Error saying what to install
 */
export function shotgraphModule(name: string): string {
  const isWritten = import.meta.url.endsWith('.ts');
  const path = isWritten ? join('src', `${name}.ts`) : join('dist', 'src', `${name}.js`);
  return pathToFileURL(join(shotgraphFolder(), path)).href;
}

function checkout(): string | undefined {
  const above = dirname(packageRoot());
  return manifestIn(above)?.name === 'shotgraph' ? above : undefined;
}

function addressOfContract(): string {
  try {
    return import.meta.resolve('shotgraph/connector');
  } catch (cause) {
    const line = installing(manifestIn(packageRoot())?.version);
    throw new Error(
      `This needs the package shotgraph, which is not installed. No registry has it; install it from its file: ${line}`,
      { cause },
    );
  }
}

const installing = (version = '<version>'): string =>
  `npm i ./shotgraph-${version}.tgz ./shotgrid-studio-${version}.tgz`;

function manifestIn(folder: string): { readonly name: string; readonly version: string } | undefined {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, 'utf8')) as { name: string; version: string };
}
