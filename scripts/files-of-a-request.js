import { filesOfRequests } from '../dist/bench/test/support/files-of-a-request.js';

/** Prints which files of `src` one request runs, as the table of ARCHITECTURE. Run it by `npm run measure:files`. */

const NAMES = {
  query: 'a query',
  post: 'the post of a menu item',
  refusedWrite: 'a write that ShotGrid refuses',
};
const roomOf = (path) => path.split('/').slice(1, -1).join('/') || 'app';

const files = await filesOfRequests();
const rooms = [...new Set(Object.values(files).flat().map(roomOf))].sort((a, b) => (a < b ? -1 : 1));
const rows = [
  ['room', ...Object.keys(files).map((kind) => NAMES[kind])],
  ['---', ...Object.keys(files).map(() => '--:')],
  ...rooms.map((room) => [
    `\`${room}\``,
    ...Object.values(files).map((paths) => paths.filter((path) => roomOf(path) === room).length || ''),
  ]),
  ['all', ...Object.values(files).map((paths) => paths.length)],
];
console.log(rows.map((row) => `| ${row.join(' | ')} |`).join('\n'));
if (process.argv.includes('--files')) console.log(JSON.stringify(files, null, 2));
