import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ROOT } from '../rules/source-files.ts';

/** A registry of npm on loopback that has the packages which are installed here, and nothing else. */
export interface LocalRegistry {
  readonly url: string;
  /** Names of packages that were asked for. */
  readonly asked: ReadonlySet<string>;
  close(): Promise<void>;
}

interface Installed {
  readonly folder: string;
  readonly manifest: Readonly<Record<string, unknown>>;
}

const { overrides: OVERRIDES } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly overrides: Readonly<Record<string, string>>;
};

/** Every installed version of each package: name -> version -> where. */
function installedPackages(): ReadonlyMap<string, ReadonlyMap<string, Installed>> {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, { readonly link?: boolean }>>;
  };
  const found = new Map<string, Map<string, Installed>>();
  for (const [place, { link }] of Object.entries(lock.packages)) {
    if (!place.startsWith('node_modules/') || link === true) continue;
    const folder = join(ROOT, place);
    let manifest: Installed['manifest'];
    try {
      manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Installed['manifest'];
    } catch {
      // An optional package of another platform.
      continue;
    }
    const [name, version] = [String(manifest['name']), String(manifest['version'])];
    const versions = found.get(name) ?? new Map<string, Installed>();
    found.set(name, versions.set(version, { folder, manifest: overridden(manifest) }));
  }
  return found;
}

/** Other versions than those of the lock are not there, so nobody may ask for them: `overrides` hold for this registry. */
function overridden(manifest: Installed['manifest']): Installed['manifest'] {
  const asked = manifest['dependencies'];
  if (typeof asked !== 'object' || asked === null) return manifest;
  const known = Object.entries(OVERRIDES).filter(([name]) => name in asked);
  return { ...manifest, dependencies: { ...asked, ...Object.fromEntries(known) } };
}

export async function startLocalRegistry(): Promise<LocalRegistry> {
  const packages = installedPackages();
  const asked = new Set<string>();
  let url = '';
  const server = createServer((request, response) => {
    const [name = '', version] = decodeURIComponent(request.url ?? '')
      .slice(1)
      .split('/-/');
    asked.add(name);
    const versions = packages.get(name);
    const packed = version === undefined ? undefined : versions?.get(version);
    if (packed !== undefined) {
      const tar = spawn('tar', ['-cz', '--exclude=./node_modules', '--transform=s,^\\.,package,', '.'], {
        cwd: packed.folder,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      tar.stdout.pipe(response);
      return;
    }
    if (versions === undefined || version !== undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    const all = [...versions].map(([number, { manifest }]) => {
      const dist = { tarball: `${url}/${encodeURIComponent(name)}/-/${number}` };
      return [number, { ...manifest, dist }] as const;
    });
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ name, 'dist-tags': { latest: all.at(-1)?.[0] }, versions: Object.fromEntries(all) }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
