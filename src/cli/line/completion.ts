import { command, type Command, UsageError } from '../command.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';

const SHELLS = ['bash', 'zsh'] as const;

/** The command that prints the completion of all commands, itself among them. */
export const completionOf = (commands: () => readonly Command[]): Command =>
  command({
    name: 'completion',
    words: 'bash|zsh',
    summary: 'prints the script that lets a shell complete commands and options',
    options: {},
    examples: [
      { line: 'completion bash', does: 'Save it as ~/.local/share/bash-completion/completions/shotgraph.' },
      { line: 'completion zsh', does: 'Save it as _shotgraph in a folder of $fpath.' },
    ],
    run({ words: [word, ...others] }, terminal) {
      const shell = SHELLS.find((known) => known === word);
      if (shell === undefined || others.length > 0) throw new UsageError('Name the shell: bash or zsh.');
      terminal.print(SCRIPTS[shell](commands()));
      return Promise.resolve(0);
    },
  });

/** What may follow each beginning of a line: groups, commands, and a command's options. */
function choicesOf(commands: readonly Command[]): ReadonlyMap<string, readonly string[]> {
  const choices = new Map<string, Set<string>>([['', new Set(GLOBAL_OPTIONS)]]);
  for (const { name, words, options } of commands) {
    const parts = name.split(' ');
    for (const [index, part] of parts.entries()) addTo(choices, parts.slice(0, index).join(' '), [part]);
    const named = words !== undefined && /^[\w|]+$/u.test(words) ? words.split('|').filter(isLowerCase) : [];
    const typed = Object.keys(options).map((option) => `--${option}`);
    addTo(choices, name, [...named, ...typed, ...GLOBAL_OPTIONS]);
  }
  return new Map([...choices].map(([beginning, found]) => [beginning, [...found]]));
}

const isLowerCase = (word: string): boolean => word === word.toLowerCase();

function addTo(choices: Map<string, Set<string>>, beginning: string, added: readonly string[]): void {
  const found = choices.get(beginning) ?? new Set();
  for (const choice of added) found.add(choice);
  choices.set(beginning, found);
}

/** The longest beginning that is known decides what is offered. Files are offered where nothing else fits. */
const casesOf = (commands: readonly Command[], offer: (words: readonly string[]) => string): string =>
  [...choicesOf(commands)].map(([beginning, words]) => `    '${beginning}') ${offer(words)} ;;`).join('\n');

const bashScript = (commands: readonly Command[]): string => `# Completion of shotgraph for bash.
_shotgraph() {
  local word=\${COMP_WORDS[COMP_CWORD]} typed=() words= index
  for ((index = 1; index < COMP_CWORD; index++)); do
    [[ \${COMP_WORDS[index]} == -* ]] || typed+=("\${COMP_WORDS[index]}")
  done
  local count=\${#typed[@]}
  while :; do
    local beginning="\${typed[*]:0:count}"
    case "$beginning" in
${casesOf(commands, (words) => `words='${words.join(' ')}'; break`)}
    esac
    ((count-- > 0)) || break
  done
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _shotgraph shotgraph`;

const zshScript = (commands: readonly Command[]): string => `#compdef shotgraph
# Completion of shotgraph for zsh.
_shotgraph() {
  local -a typed choices
  typed=(\${\${words[2,CURRENT-1]}:#-*})
  local count=\${#typed}
  while true; do
    local beginning="\${(j: :)typed[1,count]}"
    case "$beginning" in
${casesOf(commands, (words) => `choices=(${words.join(' ')}); break`)}
    esac
    ((count-- > 0)) || break
  done
  compadd -- $choices
  _files
}
if [[ "\${funcstack[1]}" == _shotgraph ]]; then _shotgraph "$@"; else compdef _shotgraph shotgraph; fi`;

const SCRIPTS = { bash: bashScript, zsh: zshScript } as const;
