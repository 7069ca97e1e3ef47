import type { Answers } from './answers.ts';
import type { Written } from './write-files.ts';

const lines = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n');
};

/** What a person has to type into ShotGrid, where the item is not made here. */
export const menuItemByHand = ({ publicUrl, title, type, item }: Answers): string =>
  [
    'In ShotGrid (Admin, Action Menu Items), make an item:',
    lines([
      ['Title', title],
      ['URL', `${publicUrl}/ami/${item}`],
      ['Entity Type', type],
      ['Secret Token', `"npx --no-install shotgraph ami secret ${item}" shows it`],
      ['Selection Required', 'tick it'],
      ['Poll for Data Updates', 'tick it'],
    ]),
  ].join('\n');

/** What the provider has to know of the client. */
export const addressesForProvider = ({ publicUrl, client }: Answers): string =>
  [
    `At the identity provider, the client "${client}" has:`,
    lines([
      ['redirect address', `${publicUrl}/auth/callback`],
      ['address after the sign-out', `${publicUrl}/`],
      ['back-channel logout, where there is such', `${publicUrl}/auth/backchannel-logout`],
    ]),
  ].join('\n');

/** After Ctrl+C, or a file that cannot be written: nothing is lost, and nothing has to be removed. */
export const interrupted = ({ done, left, trouble }: Written): string =>
  [
    ...(trouble === undefined ? [] : [`${left[0]} could not be written: ${trouble}.`]),
    `Stopped. Written: ${done.join(', ') || 'nothing'}.`,
    `Not written: ${left.join(', ')}.`,
    'Run the same command again: it keeps what is there and writes the rest.',
  ].join('\n');
