import { createTerminal } from './cli/line/terminal.ts';
import { runCommand } from './cli/run-command.ts';

// A program that reads the output, such as `head`, may close it early. That is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** The only place that ends the process. */
process.exitCode = await runCommand(
  process.argv.slice(2),
  createTerminal(process.stdout, process.stderr, process.stdin),
);
