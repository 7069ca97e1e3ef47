/**
 * Holds every regular expression of the server against texts that would make it try every way of reading them: one such text
 * would stop the server for everybody (F25).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from '@swc/core';
import { check } from 'recheck';

/** Of this project, or of another one that is given. */
const root = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..');
const LIMIT_MS = 5000;

/** What an operator gives is theirs: a pattern in the settings. No other may be made of what is not known here. */
const GIVEN_BY_OPERATORS = new Set(['src/config/setting-types.ts']);

const isRegExp = ({ type, callee }) =>
  (type === 'NewExpression' || type === 'CallExpression') &&
  callee.type === 'Identifier' &&
  callee.value === 'RegExp';

/** The text of an expression as far as the file says it: literals, and constants that are made of such. */
function textOf(node, constants) {
  if (node?.type === 'StringLiteral') return node.value;
  if (node?.type === 'Identifier') return textOf(constants.get(node.value), constants);
  if (node?.type === 'TaggedTemplateExpression') {
    const parts = node.template.expressions.map((part) => textOf(part, constants));
    return parts.includes(undefined) ? undefined : joined(node.template.quasis, parts, 'raw');
  }
  if (node?.type === 'TemplateLiteral') {
    const parts = node.expressions.map((part) => textOf(part, constants));
    return parts.includes(undefined) ? undefined : joined(node.quasis, parts, 'cooked');
  }
  if (node?.type === 'MemberExpression' && node.property.value === 'source') {
    const of = node.object.type === 'Identifier' ? constants.get(node.object.value) : node.object;
    return of?.type === 'RegExpLiteral' ? of.pattern : undefined;
  }
  return undefined;
}

const joined = (quasis, parts, form) =>
  quasis.map((quasi, index) => `${quasi[form]}${parts[index] ?? ''}`).join('');

/** Regular expressions of a file: literals, and those that are made by a call. */
function regexesOf(file, text) {
  const found = [];
  const constants = new Map();
  const made = [];
  const walk = (node) => {
    if (typeof node !== 'object' || node === null) return;
    if (node.type === 'RegExpLiteral') found.push({ file, pattern: node.pattern, flags: node.flags });
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier')
      constants.set(node.id.value, node.init);
    if (isRegExp(node)) made.push(node.arguments?.map(({ expression }) => expression) ?? []);
    for (const child of Object.values(node)) walk(child);
  };
  walk(parseSync(text, { syntax: 'typescript', tsx: file.endsWith('x'), decorators: true }));
  for (const [pattern, flags] of made) {
    if (GIVEN_BY_OPERATORS.has(file)) continue;
    const known = textOf(pattern, constants);
    if (known === undefined) found.push({ file, pattern: null, flags: '' });
    else found.push({ file, pattern: known, flags: textOf(flags, constants) ?? '' });
  }
  return found;
}

const files = readdirSync(join(root, 'src'), { recursive: true }).filter((name) => /\.tsx?$/u.test(name));
const regexes = files.flatMap((name) => {
  const file = join('src', name).replaceAll('\\', '/');
  return regexesOf(file, readFileSync(join(root, file), 'utf8'));
});
const slow = [];
for (const { file, pattern, flags } of regexes) {
  if (pattern === null) {
    slow.push(`${file}: RegExp(...) of something that is not known here. Make it of constants of this file.`);
    continue;
  }
  const { status, complexity } = await check(pattern, flags, { timeout: LIMIT_MS });
  if (status === 'vulnerable') slow.push(`${file}: /${pattern}/${flags} is ${complexity.summary}`);
}
for (const line of slow) console.error(line);
console.log(`${regexes.length} regular expressions, ${slow.length} of them slow or unknown`);
process.exit(slow.length === 0 && regexes.length > 0 ? 0 : 1);
