/**
 * Packs, installs and starts the package on the other lines of Node, and runs a part of the tests on each. They come from npm's
 * package `node`, each into a folder of its own in `.nodes`, where they stay for the next run. `npm run build` has to have run.
 * Usage: npm run test:nodes [-- <line> ...]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PART } from '../vitest.nodes.config.js';
import { ROOT, runSuite } from './run-suite.js';

/** Every line that the package supports, the oldest one at its oldest version. */
const LINES = ['20.19', '22', '24', '26'];

const isOfLine = (version, line) => `${version.replace(/^v/u, '')}.`.startsWith(`${line}.`);
const isMachines = (line) => process.versions.node.split('.')[0] === line.split('.')[0];

function versionOf(binary) {
  const { status, stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}

/** The folder with the program of a line, which is fetched where it is not there yet; nothing where that fails. */
export function folderOf(line) {
  const home = join(ROOT, '.nodes', line);
  const folder = join(home, 'node_modules', 'node', 'bin');
  if (isOfLine(versionOf(join(folder, 'node')), line)) return folder;
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  // The script of this package puts the program there: npm runs scripts only where they are allowed by name.
  const manifest = { private: true, allowScripts: { node: true } };
  writeFileSync(join(home, 'package.json'), JSON.stringify(manifest));
  const options = ['--prefix', home, '--no-save', '--no-audit', '--no-fund', '--loglevel', 'error'];
  spawnSync('npm', ['install', ...options, `node@${line}`], { cwd: home, stdio: 'inherit' });
  return isOfLine(versionOf(join(folder, 'node')), line) ? folder : undefined;
}

function testLine(line) {
  const folder = folderOf(line);
  if (folder === undefined) {
    const failure = `Node ${line} could not be installed from the package "node" of the registry: not tested.`;
    console.error(failure);
    return { passed: 0, failed: 1, failures: [failure] };
  }
  const node = join(folder, 'node');
  const started = Date.now();
  const vitest = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'vitest.nodes.config.js'];
  // Also npm, npx and the command itself run on it.
  const counted = runSuite(node, vitest, { ...process.env, PATH: `${folder}:${process.env.PATH}` });
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`Node ${versionOf(node)}: ${counted.passed} passed, ${counted.failed} failed in ${seconds} s`);
  return { ...counted, failures: counted.failures.map((failure) => `Node ${line}: ${failure}`) };
}

/** Tests every line but the one of the machine, on which all tests run. */
export function testNodes(lines = LINES.filter((line) => !isMachines(line))) {
  // Vitest leaves out a file that is not there without a word.
  const missing = PART.filter((path) => !existsSync(join(ROOT, path)));
  if (missing.length > 0) {
    const failure = `vitest.nodes.config.js names tests that are not there: ${missing.join(', ')}`;
    console.error(failure);
    return { passed: 0, failed: missing.length, failures: [failure] };
  }
  const counts = lines.map(testLine);
  const sum = (name) => counts.reduce((total, counted) => total + counted[name], 0);
  return {
    passed: sum('passed'),
    failed: sum('failed'),
    failures: counts.flatMap(({ failures }) => failures),
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , ...named] = process.argv;
  // A line becomes the name of a folder that is deleted: ".." would be the whole checkout.
  const wrong = named.filter((word) => !/^\d+(?:\.\d+)*$/u.test(word));
  if (wrong.length > 0) {
    console.error(`Name lines of Node by their numbers, such as ${LINES.join(' or ')}: ${wrong.join(', ')}`);
    process.exitCode = 2;
  } else {
    const { passed, failed } = named.length > 0 ? testNodes(named) : testNodes();
    console.log(`\n${passed} passed, ${failed} failed`);
    process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
  }
}
