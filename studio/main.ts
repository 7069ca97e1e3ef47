import { runStudio } from './cli/run.ts';

/** The only place that ends the process. The second Ctrl+C ends it at once. */
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

process.exitCode = await runStudio(process.argv.slice(2), {
  print: (text) => void process.stdout.write(`${text}\n`),
  printError: (text) => void process.stderr.write(`${text}\n`),
  columns: process.stdout.columns ?? 100,
  environment: process.env,
  folder: process.cwd(),
  signal: stopping.signal,
});
