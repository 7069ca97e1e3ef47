import { runCommand } from './cli/run-command.ts';

/** The only place that ends the process. */
process.exitCode = await runCommand(process.argv.slice(2), {
  print: (text) => console.log(text),
  printError: (text) => console.error(text),
});
