import { AppError } from '../../base/errors.ts';
import { foldAscii } from '../../base/fold-ascii.ts';
import { isSuccess } from '../../base/units.ts';
import { isRecordRef } from '../port/records.ts';
import { MAX_MATCHES, textOf } from '../calls/self.ts';
import type { Reads } from '../script/probe-door.ts';
import { allOf } from '../port/requests.ts';
import { CannotAsk, unlessRefused, rowsOf } from './answers.ts';
import { question } from './question.ts';

const PAGE = 200;

/** Links whose targets people often may not see: type, link, type of the target, a text that each target has. */
const LINKS = [
  ['Version', 'created_by', 'ApiUser', 'firstname'],
  ['Note', 'created_by', 'ApiUser', 'firstname'],
  ['Version', 'sg_task', 'Task', 'content'],
  ['Version', 'entity', 'Shot', 'code'],
  ['Task', 'entity', 'Shot', 'code'],
] as const;

/** Questions that are asked as a person, or about acting as one. */
export const PERSON_QUESTIONS = [
  question({
    fact: 'auth.loginCase',
    level: 'person',
    calls: 'a search for the login, and a token of the person in the other letter case',
    async ask({ door, login }) {
      const other = swapped(login);
      if (other === login) throw new CannotAsk('The login of the person has no letter from A to Z.');
      const search = { filter: allOf(['login', 'is', login]), fields: ['login'], size: MAX_MATCHES };
      const people = rowsOf(await door.script.search('HumanUser', search));
      const alike = people.filter(
        ({ fields }) => foldAscii(textOf(fields['login']) ?? '') === foldAscii(login),
      );
      if (alike.length !== 1) throw new CannotAsk('Two people have this login in different letter case.');
      return (await reasonOf(() => door.sudo(other))) === null ? 'insensitive' : 'sensitive';
    },
  }),
  question({
    fact: 'auth.refreshKeepsSudo',
    level: 'person',
    calls: 'a token of the person, and its refresh',
    async ask({ door, login }) {
      const keeps = await door.keepsSudo(login);
      if (keeps === null) throw new CannotAsk('The site gives no refresh token.');
      return keeps;
    },
  }),
  question({
    fact: 'auth.sudoRefusalOrder',
    level: 'person',
    calls: 'a search for somebody who is disabled and exempt from sudo, and a token that is refused',
    async ask({ door }) {
      const filter = allOf(['sg_status_list', 'is', 'dis'], ['can_impersonate_this_user', 'is', false]);
      const search = { filter, fields: ['login'], size: 1 };
      const [person] = rowsOf(await door.script.search('HumanUser', search));
      const login = person?.fields['login'];
      if (typeof login !== 'string') throw new CannotAsk('Nobody is both disabled and exempt from sudo.');
      const reason = await reasonOf(() => door.sudo(login));
      if (reason === 'inactive') return 'inactive_first';
      if (reason === 'exempt') return 'flag_first';
      throw new CannotAsk('The site gave another reason for its refusal.');
    },
  }),
  question({
    fact: 'events.seenByPeople',
    level: 'person',
    calls: 'a search for one event as the person, and one as the script',
    async ask({ door, person }) {
      const search = { fields: ['id'], sort: '-id', size: 1 };
      const answer = await person.search('EventLogEntry', search);
      if (!isSuccess(answer.status)) return 'refused';
      if (rowsOf(answer).length > 0) return 'rows';
      if (rowsOf(await door.script.search('EventLogEntry', search)).length > 0) return 'none';
      throw new CannotAsk('The event log is empty.');
    },
  }),
  question({
    fact: 'read.dottedHiddenRow',
    level: 'person',
    calls: 'up to four searches for each of five links, as the person and as the script',
    async ask({ door, person }) {
      const found: ('value' | 'null')[] = [];
      for (const link of LINKS)
        found.push(...(await throughHidden({ person, script: door.script }, link).catch(unlessRefused([]))));
      // A single value is what must not be missed: a link without one may be empty for another reason.
      if (found.includes('value')) return 'value';
      if (found.length > 0) return 'null';
      throw new CannotAsk(
        'No row was found that the person sees and that links to one that they do not see.',
      );
    },
  }),
];

const swapped = (text: string): string =>
  text.replaceAll(/[A-Za-z]/gu, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );

/** What the person reads through this link of targets that they do not see; nothing where there is none. */
async function throughHidden(
  { person, script }: { readonly person: Reads; readonly script: Reads },
  [type, link, target, text]: (typeof LINKS)[number],
): Promise<readonly ('value' | 'null')[]> {
  const filter = allOf([link, 'type_is', target]);
  const rows = rowsOf(await person.search(type, { filter, fields: [link], sort: '-id', size: PAGE }));
  const targets = [...new Set(rows.flatMap(({ fields }) => idOf(fields[link])))];
  const hidden = await hiddenOf(person, target, targets);
  // A target without a text would look like a hidden one.
  const named = await idsWith(script, target, hidden, text);
  const path = `${link}.${target}.${text}`;
  const telling = rows.filter(({ fields }) => idOf(fields[link]).some((id) => named.has(id)));
  if (telling.length === 0) return [];
  const ofThese = allOf(['id', 'in', telling.map(({ id }) => id)]);
  const read = rowsOf(await person.search(type, { filter: ofThese, fields: [path], size: PAGE }));
  return [read.some(({ fields }) => (fields[path] ?? null) !== null) ? 'value' : 'null'];
}

const idOf = (value: unknown): readonly number[] => (isRecordRef(value) ? [value.id] : []);

/** The ids that the person cannot read. A refusal of the whole type hides all of them. */
async function hiddenOf(person: Reads, type: string, ids: readonly number[]): Promise<readonly number[]> {
  if (ids.length === 0) return [];
  const filter = allOf(['id', 'in', ids]);
  const answer = await person.search(type, { filter, fields: ['id'], size: PAGE });
  const seen = new Set(isSuccess(answer.status) ? rowsOf(answer).map(({ id }) => id) : []);
  return ids.filter((id) => !seen.has(id));
}

/** Those of the ids whose row has this text. */
async function idsWith(
  script: Reads,
  type: string,
  ids: readonly number[],
  text: string,
): Promise<ReadonlySet<number>> {
  if (ids.length === 0) return new Set();
  const rows = rowsOf(
    await script.search(type, { filter: allOf(['id', 'in', ids]), fields: [text], size: PAGE }),
  );
  return new Set(rows.filter(({ fields }) => typeof fields[text] === 'string').map(({ id }) => id));
}

/** Why the site refused; null if it did not. @throws AppError if it gave no answer */
async function reasonOf(ask: () => Promise<unknown>): Promise<string | null> {
  try {
    await ask();
    return null;
  } catch (error) {
    const reason = error instanceof AppError ? error.details?.['reason'] : undefined;
    if (typeof reason === 'string') return reason;
    throw error;
  }
}
