import type { Switches } from '../ports.ts';

/** What the API facts leave unknown about menu items (API 11). */
export const webSwitches = {
  'web.signsBlankFields': {
    byDefault: true,
    choices: [true, false],
    section: '11.3',
    meaning: "whether fields without a value are among what a menu item's signature covers",
  },
  'web.amiEncoding': {
    byDefault: 'urlencoded',
    choices: ['urlencoded', 'multipart'],
    section: '11.2',
    meaning: 'how the page of a menu item encodes its form',
  },
  'web.lightPayloadIds': {
    byDefault: 'text',
    choices: ['text', 'list'],
    section: '11.2',
    meaning: 'whether ids in the event of a light payload are a text of ids and commas, or a list of numbers',
  },
} as const;

/** The chosen value of a switch, else its default, as text. */
export function webSwitch(switches: Switches, name: keyof typeof webSwitches): string {
  return String(switches[name] ?? webSwitches[name].byDefault);
}
