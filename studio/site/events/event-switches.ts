import type { Switches } from '../ports.ts';

/** What the API facts leave unknown about events (API 9.1, 13). */
export const eventSwitches = {
  'events.idGaps': {
    byDefault: 'none',
    choices: ['none', 'never_filled', 'late_filled'],
    section: '9.1',
    meaning: 'whether ids of events are skipped, or some events are seen later than events after them',
  },
  'events.seenByPeople': {
    byDefault: 'rows',
    choices: ['rows', 'none', 'refused'],
    section: '9.1',
    meaning: 'what people read of the event log: rows of their projects, none, or a refusal',
  },
  'events.fieldsInCreate': {
    byDefault: 'accepted',
    choices: ['accepted', 'refused'],
    section: '9.1',
    meaning: 'whether the create of an event may say its type, its meta and whose it is, or its project only',
  },
  'events.sudoIsAlwaysLogged': {
    byDefault: true,
    choices: [true, false],
    section: '1.5',
    meaning: "whether writes under sudo are logged although the script's own logging is off (one site)",
  },
} as const;

/** The chosen value of a switch, else its default, as text. */
export function eventSwitch(switches: Switches, name: keyof typeof eventSwitches): string {
  return String(switches[name] ?? eventSwitches[name].byDefault);
}
