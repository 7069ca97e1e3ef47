import { Command as Parser, CommanderError, InvalidArgumentError, Option } from 'commander';
import { nearestName } from '../../site/nearest-name.ts';
import { type Command, type Flag, optionUsage, type TextOption, UsageError, usageOf } from '../command.ts';
import { exitCodesText, helpBelow } from './help.ts';

/** The meaning of the arguments: a command to run, or a text to show. */
export type Line =
  | {
      readonly command: Command;
      readonly options: Readonly<Record<string, string | boolean | undefined>>;
      readonly words: readonly string[];
      /** Which file of settings, from `--env`. */
      readonly env: string | undefined;
    }
  | { readonly shown: string };

export interface LineDeps {
  readonly commands: readonly Command[];
  readonly version: string;
  /** Width of help texts. */
  readonly columns: number;
}

/** What one parse leaves: the texts of the parser, and the command with its values. */
interface Parsed {
  readonly texts: string[];
  line?: Line;
}

/**
 * Parses the arguments without running anything: `start --help` must not start.
 *
 * @throws UsageError with the mistake and the usage
 */
export function parseLine(args: readonly string[], deps: LineDeps): Line {
  // `help doctor` is `doctor --help`, for commands of two words, too.
  const [first, ...others] = args;
  if (first === undefined || first === 'help') return parseLine([...others, '--help'], deps);
  const parsed: Parsed = { texts: [] };
  try {
    parserOf(deps, parsed).parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const text = parsed.texts.join('').trimEnd();
    if (error.exitCode === 0) return { shown: text };
    throw new UsageError(text.replace(/^error: /u, ''), { cause: error });
  }
  if (parsed.line === undefined) throw new UsageError(`There is no command "${first}".`);
  return parsed.line;
}

function parserOf({ commands, version, columns }: LineDeps, parsed: Parsed): Parser {
  const write = (text: string): void => void parsed.texts.push(text);
  const root = new Parser('shotgraph')
    .description('Shotgraph: ShotGrid as GraphQL, as the person who is signed in.')
    .exitOverride()
    .configureOutput({
      writeOut: write,
      writeErr: write,
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({
      showGlobalOptions: true,
      visibleArguments: () => [],
      visibleCommands: (parser) => leavesOf(parser),
      subcommandTerm: termOf,
    })
    .version(version, '-v, --version', 'prints the version')
    .helpOption('-h, --help', 'prints this help')
    .helpCommand(false)
    .showHelpAfterError('See shotgraph --help.')
    .addOption(envOption())
    .addHelpText('after', `\n${exitCodesText()}`);
  refuseUnknown(root, '', commands);
  const groups = new Map<string, Parser>([['', root]]);
  for (const row of commands) {
    const [last = '', group = ''] = row.name.split(' ').reverse();
    const parent = groups.get(group) ?? groupOf(root, group, commands);
    groups.set(group, parent);
    addCommand(parent, last, row, parsed);
  }
  return root;
}

/** Help lists every command with its whole name, not groups. */
const leavesOf = ({ commands }: Parser): Parser[] =>
  commands.flatMap((parser) => (parser.commands.length > 0 ? leavesOf(parser) : [parser]));

const termOf = (parser: Parser): string => {
  const group = parser.parent?.parent ? `${parser.parent.name()} ` : '';
  return `${group}${parser.name()}`;
};

const NAME_IN_A_FILE = /^[\w-]+$/u;

const envOption = (): Option =>
  new Option('--env <NAME>', 'reads settings from the file .env.NAME in place of .env').argParser(
    (name: string) => {
      if (NAME_IN_A_FILE.test(name)) return name;
      throw new InvalidArgumentError('It takes letters, digits, - and _: demo stands for .env.demo.');
    },
  );

/** The parser of commands that begin with the same word. */
function groupOf(root: Parser, name: string, commands: readonly Command[]): Parser {
  const group = root.command(name).helpCommand(false).showHelpAfterError(`See shotgraph ${name} --help.`);
  refuseUnknown(group, name, commands);
  return group;
}

/** Names the typed command and the closest known one. */
function refuseUnknown(group: Parser, groupName: string, commands: readonly Command[]): void {
  group.on('command:*', (words: readonly string[]) => {
    const typed = groupName === '' ? words.slice(0, 2).join(' ') : `${groupName} ${words[0]}`;
    const names = commands.map(({ name }) => name);
    const nearest = nearestName(typed, names) ?? nearestName(words[0] ?? '', names);
    const advice = nearest === undefined ? '' : ` Did you mean "shotgraph ${nearest}"?`;
    group.error(`There is no command "${typed}".${advice}`);
  });
}

function addCommand(group: Parser, name: string, row: Command, parsed: Parsed): void {
  const options = Object.entries(row.options).map(
    ([typed, shape]) => [typed, optionOf(typed, shape)] as const,
  );
  const parser = group
    .command(name)
    .description(row.summary)
    .usage(usageOf(row).slice(row.name.length + 1))
    .argument('[words...]')
    .showHelpAfterError(`Usage: shotgraph ${usageOf(row)}`)
    .addHelpText('after', `\n${helpBelow(row)}`);
  for (const [, option] of options) parser.addOption(option);
  parser.action((words: readonly string[]) => {
    if (row.words === undefined && words.length > 0)
      parser.error(`${row.name} takes no argument, and there is '${words[0]}'.`);
    const values: Readonly<Record<string, unknown>> = parser.optsWithGlobals();
    parsed.line = {
      command: row,
      words,
      env: textOf(values['env']),
      options: Object.fromEntries(
        options.map(([typed, option]) => {
          const value = values[option.attributeName()];
          return [typed, option.isBoolean() ? value === true : textOf(value)];
        }),
      ),
    };
  });
}

function optionOf(name: string, shape: TextOption | Flag): Option {
  if (!('takes' in shape)) return new Option(`--${name}`, shape.meaning);
  const option = new Option(optionUsage(name, { ...shape, takes: `<${shape.takes}>` }), shape.meaning);
  if (shape.choices !== undefined) option.choices(shape.choices);
  return shape.byDefault === undefined ? option : option.default(shape.byDefault);
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
