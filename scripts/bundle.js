/**
 * Makes an offline bundle: the package with its production dependencies in one file, which installs without a registry, and a
 * CycloneDX list of what is in it. The dependencies are those of the lock file. Usage: npm run bundle [-- <folder>]
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = resolve(process.argv[2] ?? '.');
const MEGABYTE = 1_000_000;

/** Runs a program, whose words of trouble are shown. */
function run(cwd, command, ...args) {
  const { status, stdout, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * MEGABYTE,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0)
    throw new Error(`"${command} ${args.join(' ')}" failed${error ? `: ${error.message}` : ''}`);
  return stdout;
}

function bundle(work) {
  for (const name of ['src/main.js', 'explorer/index.html', 'browser/overlay.js']) {
    if (!existsSync(join(root, 'dist', name)))
      throw new Error(`dist/${name} is not there: run "npm run build" first`);
  }
  run(root, 'npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', work);
  const [packed = ''] = readdirSync(work);
  run(work, 'tar', '-xzf', packed);
  // The list takes its name from the folder.
  const folder = join(work, 'shotgraph');
  renameSync(join(work, 'package'), folder);
  const file = join(folder, 'package.json');
  for (const name of ['package-lock.json', '.npmrc']) copyFileSync(join(root, name), join(folder, name));
  run(folder, 'npm', 'ci', '--omit=dev', '--workspaces=false', '--ignore-scripts', '--prefer-offline');
  const { devDependencies, scripts: _, workspaces: __, ...manifest } = JSON.parse(readFileSync(file, 'utf8'));
  const write = (value) => writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
  // With these dependencies alone: "npm sbom --omit=dev" also leaves out whatever they share with a tool of development.
  write(manifest);
  const list = run(folder, 'npm', 'sbom', '--sbom-format=cyclonedx', '--sbom-type=application');
  // "shotgraph init" installs the compiler in the version that is named here. Nobody installs these of a package.
  write({ ...manifest, devDependencies, bundleDependencies: Object.keys(manifest.dependencies) });
  for (const name of ['package-lock.json', '.npmrc']) rmSync(join(folder, name));
  rmSync(join(work, packed));
  run(folder, 'npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', work);
  const name = packed.replace(/\.tgz$/u, '-offline');
  mkdirSync(target, { recursive: true });
  copyFileSync(join(work, packed), join(target, `${name}.tgz`));
  writeFileSync(join(target, `${name}.cdx.json`), list);
  return name;
}

const work = mkdtempSync(join(tmpdir(), 'shotgraph-bundle-'));
try {
  const name = bundle(work);
  console.log(`${join(target, name)}.tgz\n${join(target, name)}.cdx.json`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
