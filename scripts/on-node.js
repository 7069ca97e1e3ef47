/**
 * Runs a command on another line of Node, which is fetched like those of `npm run test:nodes`.
 * Usage: node scripts/on-node.js <line> <command> [<argument> ...]
 */
import { spawnSync } from 'node:child_process';
import { folderOf } from './test-nodes.js';

const [, , line = '', command, ...args] = process.argv;
// A line becomes the name of a folder that is deleted: ".." would be the whole checkout.
if (!/^\d+(?:\.\d+)*$/u.test(line) || command === undefined) {
  console.error('Usage: node scripts/on-node.js <line> <command> [<argument> ...], such as 24 npm run bench');
  process.exitCode = 2;
} else {
  const folder = folderOf(line);
  if (folder === undefined) {
    console.error(`Node ${line} could not be installed from the package "node" of the registry.`);
    process.exitCode = 1;
  } else {
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    process.exitCode = spawnSync(command, args, { stdio: 'inherit', env }).status ?? 1;
  }
}
