/** Runs Vitest, and counts its tests. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Each test counts, and so does a file that could not be run, or an error outside of the tests. Skipped tests are named. The
 * command is followed by the options of the report. `failures` has a text for each test that failed: file, title, the first lines
 * of its error.
 */
export function runSuite(command, args, env = process.env) {
  const results = mkdtempSync(join(tmpdir(), 'shotgraph-results-'));
  const output = join(results, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  const { status } = spawnSync(command, [...args, ...reporters], { cwd: ROOT, env, stdio: 'inherit' });
  try {
    const counts = countIn(JSON.parse(readFileSync(output, 'utf8')));
    if (status === 0 || counts.failed > 0) return counts;
    return {
      ...counts,
      failed: 1,
      failures: [`${command} ended with ${status}, and no test failed: an error outside of the tests`],
    };
  } catch {
    return { passed: 0, failed: 1, failures: [`${command} ended with ${status} and without a report`] };
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

const LINES_OF_AN_ERROR = 4;

function failureOf(file, title, messages) {
  const lines = (messages?.[0] ?? '').split('\n').slice(0, LINES_OF_AN_ERROR);
  return [`${relative(ROOT, file)} > ${title}`, ...lines].join('\n    ');
}

function countIn({ testResults }) {
  const states = { passed: 0, failed: 0 };
  const failures = [];
  for (const { name: file, status: stateOfFile, message, assertionResults } of testResults) {
    const before = states.failed;
    for (const { status: state, fullName, failureMessages } of assertionResults) {
      if (state in states) states[state] += 1;
      else console.log(`skipped: ${fullName}`);
      if (state === 'failed') failures.push(failureOf(file, fullName, failureMessages));
    }
    if (stateOfFile === 'failed' && states.failed === before) {
      states.failed += 1;
      failures.push(failureOf(file, 'the file could not be run', [message]));
    }
  }
  return { ...states, failures };
}
