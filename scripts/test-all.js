/** Runs every check and every suite, and ends with one line: `N passed, N failed`. */
import { spawnSync } from 'node:child_process';
import { ROOT, runSuite } from './run-suite.js';
import { testNodes } from './test-nodes.js';

let passed = 0;
let failed = 0;
/** What failed, told once more at the end: a log of CI is often read from its last lines only. */
const failures = [];

/** One check: passes or fails as a whole. */
function check(name, command, ...args) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (status === 0) passed += 1;
  else {
    failed += 1;
    failures.push(name);
  }
  return status === 0;
}

/** A run of tests: each of them counts. */
function suite(name, run) {
  console.log(`\n== ${name}`);
  const counted = run();
  passed += counted.passed;
  failed += counted.failed;
  for (const failure of counted.failures) failures.push(`${name}: ${failure}`);
}

if (check('system parts', 'bash', 'scripts/system-parts.sh')) {
  check('format', 'npm', 'run', '-s', 'check:format');
  check('build', 'npm', 'run', '-s', 'build');
  check('lint', 'npm', 'run', '-s', 'check:lint');
  check('types', 'npm', 'run', '-s', 'check:types');
  check('regular expressions', 'npm', 'run', '-s', 'check:regexes');
  suite('tests', () => runSuite('npm', ['run', '-s', 'test', '--']));
  suite('slow tests (browser, chaos)', () => runSuite('npm', ['run', '-s', 'test:slow', '--']));
  suite('a part of the tests on the other Nodes', testNodes);
}
if (failures.length > 0) console.log(`\n== what failed\n${failures.join('\n')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
