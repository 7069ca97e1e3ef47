/** Runs every check and every suite, and ends with one line: `N passed, N failed`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const results = mkdtempSync(join(tmpdir(), 'shotgraph-results-'));
let passed = 0;
let failed = 0;

/** One check: passes or fails as a whole. */
function check(name, command, ...args) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status === 0) passed += 1;
  else failed += 1;
  return status === 0;
}

/** One test suite run: each test counts, and so does a file that could not be run, or an error outside of the tests. */
function suite(name, script) {
  console.log(`\n== ${name}`);
  const output = join(results, `${script.replaceAll(':', '-')}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  const { status } = spawnSync('npm', ['run', '-s', script, '--', ...reporters], {
    cwd: root,
    stdio: 'inherit',
  });
  try {
    const { testResults } = JSON.parse(readFileSync(output, 'utf8'));
    const states = { passed: 0, failed: 0 };
    for (const { status: stateOfFile, assertionResults } of testResults) {
      const before = states.failed;
      for (const { status: state, fullName } of assertionResults) {
        if (state in states) states[state] += 1;
        else console.log(`skipped: ${fullName}`);
      }
      if (stateOfFile === 'failed' && states.failed === before) states.failed += 1;
    }
    passed += states.passed;
    failed += states.failed;
    if (status !== 0 && states.failed === 0) failed += 1;
  } catch {
    failed += 1;
  }
}

if (check('system parts', 'bash', 'scripts/system-parts.sh')) {
  check('format', 'npm', 'run', '-s', 'check:format');
  check('build', 'npm', 'run', '-s', 'build');
  check('lint', 'npm', 'run', '-s', 'check:lint');
  check('types', 'npm', 'run', '-s', 'check:types');
  check('regular expressions', 'npm', 'run', '-s', 'check:regexes');
  suite('tests', 'check:tests');
  suite('slow tests (browser, chaos)', 'test:slow');
}
rmSync(results, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
