import { KEEP_ALIVE_MS } from '../keep-alive.ts';
import { authSwitches } from './auth/auth-switches.ts';
import { eventSwitches } from './events/event-switches.ts';
import { fileSwitches } from './files/files.ts';
import type { Switches } from './ports.ts';
import { webSwitches } from './web/web-switches.ts';
import { webhookSwitches } from './webhooks/webhooks.ts';

export interface SwitchRule {
  readonly byDefault: string | number | boolean;
  /** Null where any number does. */
  readonly choices: readonly (string | number | boolean)[] | null;
  /** Section of the API facts that leaves it open. */
  readonly section: string;
  readonly meaning: string;
}

const connectionSwitches = {
  'connection.callsAtOnce': {
    byDefault: 0,
    choices: null,
    section: '2.8',
    meaning: 'calls at once before the site answers 503; 0 is no limit',
  },
  'connection.keepAliveSeconds': {
    byDefault: KEEP_ALIVE_MS / 1000,
    choices: null,
    section: '2.11',
    meaning: 'seconds after which the site closes a connection that is not used',
  },
} as const;

const readSwitches = {
  'read.dottedLinkLeaf': {
    byDefault: 'absent',
    choices: ['absent', 'link'],
    section: '3.4',
    meaning: 'what a dotted path that ends in a link field reads: nothing, or the link under its path',
  },
  'read.dottedHiddenRow': {
    byDefault: 'null',
    choices: ['null', 'value'],
    section: '3.4',
    meaning: 'what a dotted path reads of a linked row that the caller may not see: nothing, or its value',
  },
  'read.dottedLinkFilter': {
    byDefault: 'evaluated',
    choices: ['evaluated', 'refused'],
    section: '3.4',
    meaning: 'what a filter does whose path ends in a link field behind another link',
  },
  'read.sortThroughMany': {
    byDefault: 'ignored',
    choices: ['ignored', 'sorted'],
    section: '3.4',
    meaning: 'whether a sort key may go through a list of links',
  },
  'read.searchFieldsOmitted': {
    byDefault: 'whole',
    choices: ['whole', 'none'],
    section: '3.1',
    meaning: 'what a search without fields gives: whole rows, or ids only',
  },
  'read.requestsPerMinute': {
    byDefault: 0,
    choices: null,
    section: '2.8',
    meaning:
      'calls of one token in a minute before the site answers 429; 0 is no limit, as on the sites measured',
  },
  'read.retryAfterSeconds': {
    byDefault: 60,
    choices: null,
    section: '2.8',
    meaning: 'what a 429 or 503 says in Retry-After; 0 leaves the header out',
  },
  'read.maxPageSize': {
    byDefault: 5000,
    choices: null,
    section: '2.11',
    meaning: 'the most rows of one page',
  },
  'read.maxIds': {
    byDefault: 0,
    choices: null,
    section: '3.9',
    meaning: 'the most values of an `in` on ids; 0 is no limit',
  },
  'read.maxLinks': {
    byDefault: 0,
    choices: null,
    section: '3.9',
    meaning: 'the most links of an `in`; 0 is no limit',
  },
  'read.nullCharacter': {
    byDefault: 'nothing',
    choices: ['nothing', 'refused', 'failed'],
    section: '3.3',
    meaning: 'what a filter on a text with U+0000 does: it finds nothing, is refused, or fails with a 500',
  },
  'read.linkOrder': {
    byDefault: 'name',
    choices: ['name', 'id'],
    section: '5.2',
    meaning: 'in which order a list of links comes: by name, or by id',
  },
  'read.includeArchivedByDefault': {
    byDefault: true,
    choices: [true, false],
    section: '3.7',
    meaning: 'whether reads have rows of archived projects where the option is not given',
  },
} as const;

const writeSwitches = {
  'write.createdByInCreate': {
    byDefault: 'accepted',
    choices: ['accepted', 'ignored'],
    section: '5.1',
    meaning: 'whether the body of a create may say who made the row',
  },
  'write.shotRevivesVersions': {
    byDefault: true,
    choices: [true, false],
    section: '5.1',
    meaning: 'whether the Versions that were retired with a Shot come back with it',
  },
  'batch.linkModes': {
    byDefault: 'honoured',
    choices: ['honoured', 'replaced'],
    section: '5.5',
    meaning: 'whether a batch takes the mode of a change of links, or replaces the list all the same',
  },
  'batch.msPerRequest': {
    byDefault: 0,
    choices: null,
    section: '5.5',
    meaning:
      'milliseconds that a batch takes longer with each of its requests; a real site gets slow with hundreds',
  },
} as const;

/** Every behaviour that the API facts leave unknown: a visible choice, never a silent one. */
export const SWITCHES: Readonly<Record<string, SwitchRule>> = {
  ...authSwitches,
  ...connectionSwitches,
  ...readSwitches,
  ...writeSwitches,
  ...eventSwitches,
  ...fileSwitches,
  ...webhookSwitches,
  ...webSwitches,
};

/** @throws Error that names an unknown switch or a value that is not among its choices */
export function checkSwitches(switches: Switches): Switches {
  for (const [name, value] of Object.entries(switches)) {
    const rule = SWITCHES[name];
    if (rule === undefined) {
      throw new Error(`There is no switch "${name}". Switches: ${Object.keys(SWITCHES).join(', ')}`);
    }
    const isChoice =
      rule.choices?.some((choice) => String(choice) === String(value)) ?? Number.isFinite(Number(value));
    if (!isChoice) {
      const choices = rule.choices?.join(', ') ?? 'a number';
      throw new Error(`The switch "${name}" cannot be "${String(value)}". Choices: ${choices}`);
    }
  }
  return switches;
}
