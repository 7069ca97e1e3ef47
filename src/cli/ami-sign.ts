import { parseArgs } from 'node:util';
import { systemClock } from '../base/clock.ts';
import { loadLists } from '../config/lists.ts';
import { environmentOfProcess } from '../config/environment.ts';
import { signAmiFields, formatAmiTimestamp } from '../launch/ami-signature.ts';
import { type Command, UsageError } from './command.ts';

/** Prints the body of a signed menu item post, as ShotGrid would send it: to test a set-up without clicking. */
export const amiSign: Command = {
  name: 'ami sign',
  usage: 'ami sign (--secret SECRET | --ami NAME) field=value ...',
  summary: 'prints the signed form body of a launch',
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { secret: { type: 'string' }, ami: { type: 'string' } },
    });
    const secret = values.secret ?? (await secretOf(values.ami));
    const fields = new Map(positionals.map(parseField));
    if (!fields.has('timestamp')) fields.set('timestamp', formatAmiTimestamp(systemClock.now()));
    fields.set('signature', signAmiFields([...fields], secret));
    terminal.print(new URLSearchParams([...fields]).toString());
    return 0;
  },
};

function parseField(text: string): [string, string] {
  const end = text.indexOf('=');
  if (end <= 0) throw new UsageError(`"${text}" is not of the form field=value.`);
  return [text.slice(0, end), text.slice(end + 1)];
}

async function secretOf(name: string | undefined): Promise<string> {
  if (name === undefined)
    throw new UsageError('Give --secret, or --ami to take the secret from shotgraph.yml.');
  const environment = environmentOfProcess();
  const problems: string[] = [];
  const { amis } = await loadLists(environment['SHOTGRAPH_CONFIG'] || 'shotgraph.yml', environment, problems);
  const secret = amis.find((ami) => ami.name === name)?.secrets[0];
  if (secret === undefined) {
    throw new UsageError(problems[0] ?? `There is no menu item "${name}" in shotgraph.yml.`);
  }
  return secret;
}
