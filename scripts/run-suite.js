/** Runs Vitest, and counts its tests. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Each test counts, and so does a file that could not be run, or an error outside of the tests. Skipped tests are named. The
 * command is followed by the options of the report.
 */
export function runSuite(command, args, env = process.env) {
  const results = mkdtempSync(join(tmpdir(), 'shotgraph-results-'));
  const output = join(results, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  const { status } = spawnSync(command, [...args, ...reporters], { cwd: ROOT, env, stdio: 'inherit' });
  try {
    const counts = countIn(JSON.parse(readFileSync(output, 'utf8')));
    return { ...counts, failed: status === 0 ? counts.failed : Math.max(counts.failed, 1) };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

function countIn({ testResults }) {
  const states = { passed: 0, failed: 0 };
  for (const { status: stateOfFile, assertionResults } of testResults) {
    const before = states.failed;
    for (const { status: state, fullName } of assertionResults) {
      if (state in states) states[state] += 1;
      else console.log(`skipped: ${fullName}`);
    }
    if (stateOfFile === 'failed' && states.failed === before) states.failed += 1;
  }
  return states;
}
