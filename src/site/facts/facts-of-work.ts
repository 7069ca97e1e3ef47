import { z } from 'zod';
import { count, type Facts, NOTHING_CHANGES, yesOrNo } from './fact.ts';

/** Facts of identities, writes, events, files and menu items. */
export const FACTS_OF_WORK = {
  'auth.userMethod': {
    section: '1.2',
    form: z.enum(['default', 'oxygen']),
    assumed: 'default',
    meaning: 'how people sign in at the site: passwords of the site, or Autodesk Identity',
    readBy: 'people',
    follows:
      'People who link their own account need a personal access token in place of a password (docs/configuration.md).',
  },
  'auth.refreshLifetimeSeconds': {
    section: '1.2',
    form: count,
    assumed: 86_400,
    meaning: 'seconds until an unused refresh token expires',
    readBy: 'people',
    follows: 'A linked account has to be linked again after this time without use.',
  },
  'auth.refreshKeepsSudo': {
    section: '1.2',
    form: yesOrNo,
    assumed: true,
    meaning: 'whether the refreshed token of a sudo token still acts as the person',
    readBy: 'people',
    follows: 'Nothing changes: Shotgraph never refreshes a token of sudo, it asks for another one.',
  },
  'auth.loginCase': {
    section: '1.4',
    form: z.enum(['sensitive', 'insensitive']),
    assumed: 'sensitive',
    meaning: 'whether upper and lower case differ in the login of a sudo scope',
    readBy: 'people',
    follows:
      'Nothing changes: a person is who has exactly this login, and of two people whose logins differ in case alone neither is acted for.',
  },
  'auth.sudoRefusalOrder': {
    section: '1.4',
    form: z.enum(['inactive_first', 'flag_first']),
    assumed: 'inactive_first',
    meaning: 'which refusal is told of a person who is both disabled and exempt from sudo',
    readBy: 'people',
    follows: NOTHING_CHANGES,
  },
  'auth.sudoRight': {
    section: '1.4',
    form: z.enum(['api_admin', 'every_role', 'no_role']),
    assumed: 'api_admin',
    meaning: "whether the script's permission role holds the right to sudo",
    readBy: 'people',
    follows:
      'Give the permission role of the script the advanced permission "sudo" (Admin, Permissions): without it nobody can work.',
  },
  'write.createdByInCreate': {
    section: '5.1',
    form: z.enum(['accepted', 'ignored']),
    assumed: 'accepted',
    meaning: 'whether the body of a create may say who made the row',
    readBy: 'people',
    follows: 'Nothing changes: Shotgraph never says who made a row.',
  },
  'write.shotRevivesVersions': {
    section: '5.1',
    form: yesOrNo,
    assumed: true,
    meaning: 'whether the Versions that were retired with a Shot come back with it',
    readBy: 'people',
    follows: 'After a Shot was revived, revive its Versions as well.',
  },
  'batch.linkModes': {
    section: '5.5',
    form: z.enum(['honoured', 'replaced']),
    assumed: 'honoured',
    meaning: 'whether a batch takes the mode of a change of links, or replaces the list all the same',
    readBy: 'plan',
    follows:
      'A batch refuses "add" and "remove" of links before anything is written: the site would replace the whole list.',
  },
  'batch.msPerRequest': {
    section: '5.5',
    form: count,
    assumed: 0,
    meaning: 'milliseconds that a batch takes longer with each of its requests',
    readBy: 'people',
    follows:
      'Lower SHOTGRAPH_GRAPHQL_MAX_BATCH until so many times the operations is well below SHOTGRAPH_SITE_TIMEOUT_SECONDS.',
  },
  'events.idGaps': {
    section: '9.1',
    form: z.enum(['none', 'never_filled', 'late_filled']),
    assumed: 'none',
    meaning: 'whether ids of events are skipped, or some events are seen later than events after them',
    readBy: 'people',
    follows: 'Programs that follow the event log by id have to read its last stretch again.',
  },
  'events.seenByPeople': {
    section: '9.1',
    form: z.enum(['rows', 'none', 'refused']),
    assumed: 'rows',
    meaning: 'what a person reads of the event log: rows, none, or a refusal',
    readBy: 'people',
    follows:
      'Queries for events are empty or an error for people of this role: hide EventLogEntry in expose.yml.',
  },
  'events.sudoIsAlwaysLogged': {
    section: '1.5',
    form: yesOrNo,
    assumed: true,
    meaning: "whether writes under sudo are logged although the script's own logging is off",
    readBy: 'people',
    follows:
      'Turn generate_event_log_entries of the script on: else what people do through Shotgraph is not in the event log.',
  },
  'files.storageCors': {
    section: '2.10',
    form: yesOrNo,
    assumed: true,
    meaning: 'whether browsers of other origins may use the presigned links of the storage',
    readBy: 'people',
    follows:
      'Front ends upload through this server (docs/files.md), and draw no picture of the site on a canvas.',
  },
  'files.storageService': {
    section: '6.1',
    form: z.enum(['s3', 'sg']),
    assumed: 's3',
    meaning: 'where files are kept: in a cloud storage, or by the site itself',
    readBy: 'people',
    follows: NOTHING_CHANGES,
  },
  'web.signsBlankFields': {
    section: '11.3',
    form: yesOrNo,
    assumed: true,
    meaning: "whether fields without a value are among what a menu item's signature covers",
    readBy: 'people',
    follows: NOTHING_CHANGES,
  },
  'web.amiEncoding': {
    section: '11.2',
    form: z.enum(['urlencoded', 'multipart']),
    assumed: 'urlencoded',
    meaning: 'how the page of a menu item encodes its form',
    readBy: 'people',
    follows: 'Tell us in an issue: Shotgraph refuses the post of a form in another encoding.',
  },
  'web.lightPayloadIds': {
    section: '11.2',
    form: z.enum(['text', 'list']),
    assumed: 'text',
    meaning: 'whether ids in the event of a light payload are a text of ids and commas, or a list of numbers',
    readBy: 'people',
    follows: NOTHING_CHANGES,
  },
} as const satisfies Facts;
