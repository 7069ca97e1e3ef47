import { systemClock } from '../base/clock.ts';
import type { Environment } from '../config/environment.ts';
import { loadLists } from '../config/lists.ts';
import { listsPathOf } from '../config/load-config.ts';
import { signAmiFields, formatAmiTimestamp } from '../launch/ami-signature.ts';
import { command, UsageError } from './command.ts';

/** Prints the body of a signed menu item post, as ShotGrid would send it: to test a set-up without clicking. */
export const amiSign = command({
  name: 'ami sign',
  words: 'field=value ...',
  summary: 'prints the signed form body of a launch',
  options: {
    ami: { takes: 'NAME', meaning: 'the menu item of shotgraph.yml whose secret signs' },
    secret: { takes: 'SECRET', meaning: 'the secret itself; it is then in the history of your shell' },
  },
  examples: [
    {
      line: 'ami sign --ami review entity_type=Version selected_ids=1201 user_login=mira',
      does: 'A click on one version, with the time of now.',
    },
  ],
  async run({ options, words, environment }, terminal) {
    const secret = options.secret ?? (await secretOf(named(options.ami), environment()));
    const fields = new Map(words.map(parseField));
    if (!fields.has('timestamp')) fields.set('timestamp', formatAmiTimestamp(systemClock.now()));
    fields.set('signature', signAmiFields([...fields], secret));
    terminal.print(new URLSearchParams([...fields]).toString());
    return 0;
  },
});

function named(ami: string | undefined): string {
  if (ami === undefined)
    throw new UsageError('Give --secret, or --ami to take the secret from shotgraph.yml.');
  return ami;
}

function parseField(text: string): [string, string] {
  const end = text.indexOf('=');
  if (end <= 0) throw new UsageError(`"${text}" is not of the form field=value.`);
  return [text.slice(0, end), text.slice(end + 1)];
}

/**
 * The secret that a menu item of `shotgraph.yml` signs with: the newest where it has two.
 *
 * @throws UsageError if there is no such item, or its secret is not set
 */
export async function secretOf(name: string, environment: Environment): Promise<string> {
  const problems: string[] = [];
  const { amis } = await loadLists(listsPathOf(environment), environment, problems);
  const secret = amis.find((ami) => ami.name === name)?.secrets[0];
  if (secret === undefined) {
    throw new UsageError(problems[0] ?? `There is no menu item "${name}" in shotgraph.yml.`);
  }
  return secret;
}
