import { secretOf } from './ami-sign.ts';
import { command, UsageError } from './command.ts';

/** The one command that shows a secret, and only this one that was asked for. */
export const amiSecret = command({
  name: 'ami secret',
  words: 'NAME',
  summary: 'shows the secret token of a menu item, to be typed into ShotGrid',
  options: {},
  examples: [
    { line: 'ami secret review', does: 'For the field Secret Token of the item. It is then on your screen.' },
    { line: 'ami secret review | wl-copy', does: 'Into the clipboard, without showing it.' },
  ],
  async run({ words: [name, ...others], environment }, terminal) {
    if (name === undefined || others.length > 0) throw new UsageError('Name one menu item of shotgraph.yml.');
    terminal.print(await secretOf(name, environment()));
    return 0;
  },
});
