import type { FactName } from '../../site/facts/fact-table.ts';
import { LIST_QUESTIONS } from './list-questions.ts';
import { LOAD_QUESTIONS } from './load-questions.ts';
import { PERSON_QUESTIONS } from './person-questions.ts';
import { PLAIN_QUESTIONS } from './plain-questions.ts';
import { WRITE_QUESTIONS } from './write-questions.ts';

/** Every question of the probe that is a call, by level and in the order in which they are asked. */
export const QUESTIONS = {
  plain: [...PLAIN_QUESTIONS, ...LIST_QUESTIONS],
  person: PERSON_QUESTIONS,
  write: WRITE_QUESTIONS,
  load: LOAD_QUESTIONS,
} as const;

/** The fact that the beginning of a probe as a person shows. */
export const SUDO_RIGHT = 'auth.sudoRight' satisfies FactName;

/** Facts that one click on a menu item shows. */
export const OF_A_CLICK = ['web.amiEncoding', 'web.signsBlankFields'] as const satisfies readonly FactName[];

/**
 * What no call can find out, or none that an administrator would want to be made. By the name of the emulated site's
 * switch, or by a short name where there is none.
 */
export const UNASKED = {
  'auth.staleToken': 'A person would have to be disabled, and a script cannot make them active again.',
  'auth.passwordAuthType': "It would need a person's password.",
  'write.options': 'Shotgraph never sends options[fields] with a write.',
  'write.purge': 'Nothing is known that could be tried, and it could not be undone.',
  'write.twoAtOnce': 'Chance decides who is last: one answer would prove nothing.',
  'events.fieldsInCreate': 'An event that is made stays for ever.',
  'files.transcodeMs': 'It would upload a picture and wait for a minute or more.',
  'files.pictures': 'It would upload a picture, and one good picture says nothing about the next one.',
  'webhooks.loopback': 'A hook would send what others do to this machine.',
  'webhooks.repeated': 'A hook would send what others do to an address that refuses it.',
  'read.pagesWhileOthersWrite': 'Many people would have to write at the same time.',
  'read.nullInGet': 'Shotgraph never filters with GET.',
  'read.nextOfSearch': 'Shotgraph never follows the links of a page.',
  'read.filterPresets': 'Shotgraph never sends additional_filter_presets.',
  'read.withoutBearer':
    'Shotgraph never calls without a token, but for the question whether the site is there.',
  'types.currency': 'Most sites have no field of this type, and a value would have to be written.',
  'types.createNeeds': 'Scripts, groups, departments, statuses and menu items cannot all be deleted again.',
  'types.scriptKey': 'The key of a script is never read, not even to see whether it is masked.',
  'web.menuPlace': 'No field tells it. Compare two menu items in the web page of the site.',
} as const satisfies Readonly<Record<string, string>>;
