/**
 * Holds every regular expression of the server against texts that would make it try every way of reading them: one such text
 * would stop the server for everybody (security.md F25).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from '@swc/core';
import { check } from 'recheck';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const LIMIT_MS = 5000;

function regexesOf(file) {
  const found = [];
  const walk = (node) => {
    if (typeof node !== 'object' || node === null) return;
    if (node.type === 'RegExpLiteral') found.push({ file, pattern: node.pattern, flags: node.flags });
    for (const child of Object.values(node)) walk(child);
  };
  const text = readFileSync(join(root, file), 'utf8');
  walk(parseSync(text, { syntax: 'typescript', tsx: file.endsWith('x'), decorators: true }));
  return found;
}

const files = execFileSync('git', ['ls-files', 'src/*.ts', 'src/*.tsx'], { cwd: root, encoding: 'utf8' });
const regexes = files.trim().split('\n').flatMap(regexesOf);
const slow = [];
for (const { file, pattern, flags } of regexes) {
  const { status, complexity } = await check(pattern, flags, { timeout: LIMIT_MS });
  if (status === 'vulnerable') slow.push(`${file}: /${pattern}/${flags} is ${complexity.summary}`);
}
for (const line of slow) console.error(line);
console.log(`${regexes.length} regular expressions, ${slow.length} of them slow`);
process.exit(slow.length === 0 && regexes.length > 0 ? 0 : 1);
