import { table } from '../../config/render-settings.ts';
import { type Command, EXIT_CODES, type Flag, optionUsage, type TextOption, usageOf } from '../command.ts';

const HEAD = `# The command

\`npx --no-install shotgraph\` is short for \`node_modules/.bin/shotgraph\`. With \`--no-install\`, npx never takes a package of that name from a
registry. Option \`--help\` lists the commands, or says what one of them takes; \`--version\` prints the version.

Each command reads its settings from variables of the process and from the file \`.env\` of the folder where it runs;
[configuration.md](configuration.md) has them. With \`--env NAME\` it reads \`.env.NAME\` in place of \`.env\`. The demo writes \`.env.demo\` while it
runs, so \`shotgraph doctor --env demo\` looks at the demo. A variable of the process wins over both files.

Results go to the standard output, mistakes and problems to the standard error. Colours and progress are shown at a terminal only; \`NO_COLOR=1\`
turns colours off.

## Completion

\`\`\`
npx --no-install shotgraph completion bash > ~/.local/share/bash-completion/completions/shotgraph
npx --no-install shotgraph completion zsh > ~/.zfunc/_shotgraph    # a folder of $fpath
\`\`\`

A shell completes the word \`shotgraph\`. Where the package is installed in a folder, an alias makes it one:
\`alias shotgraph='npx --no-install shotgraph'\`.

## Exit codes

`;

const codeRows = (codes: Command['exitCodes']): string[][] =>
  Object.entries(codes ?? {}).map(([code, means]) => [code, means]);

/** The page of the docs that has every command with its options, examples and exit codes. */
export const renderCommands = (commands: readonly Command[]): string =>
  [HEAD + table(['code', 'means'], codeRows(EXIT_CODES)), ...commands.map(sectionOf)].join('\n\n') + '\n';

function sectionOf(row: Command): string {
  const { name, summary, options, examples, exitCodes } = row;
  const optionRows = Object.entries(options).map(([option, shape]) => [
    `\`${optionUsage(option, shape)}\``,
    meaningOf(shape),
  ]);
  const shown = examples.map(({ line, does }) => `# ${does}\nshotgraph ${line}`);
  const parts = [
    `## ${name}`,
    `\`shotgraph ${usageOf(row)}\`: ${summary}.`,
    ...(optionRows.length > 0 ? [table(['option', 'meaning'], optionRows)] : []),
    ['```', shown.join('\n\n'), '```'].join('\n'),
    ...codeRows(exitCodes).map(([code, means]) => `Exit code ${code}: ${means}.`),
  ];
  return parts.join('\n\n');
}

function meaningOf(shape: TextOption | Flag): string {
  if (!('takes' in shape)) return shape.meaning;
  const choices = shape.choices === undefined ? '' : `: ${shape.choices.join(', ')}`;
  const byDefault = shape.byDefault === undefined ? '' : ` (by default ${shape.byDefault})`;
  return `${shape.meaning}${choices}${byDefault}`;
}
