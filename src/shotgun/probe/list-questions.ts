import { MS_PER_SECOND } from '../../base/units.ts';
import { type EntityLink, type FieldValue, isRecordRef, type Row } from '../port/records.ts';
import { isRecord } from '../wire/http-call.ts';
import { allOf } from '../port/requests.ts';
import { CannotAsk, firstOf, rowsOf } from './answers.ts';
import { EVENT_TYPE } from '../script/ami-events.ts';
import { question } from './question.ts';
import { corsOf } from './storage-cors.ts';

/** Lists of links that most sites have: type, list, type of its links, a field of these. */
const LISTS = [
  ['Version', 'playlists', 'Playlist', 'code'],
  ['Playlist', 'versions', 'Version', 'code'],
  ['Shot', 'assets', 'Asset', 'code'],
  ['Sequence', 'shots', 'Shot', 'code'],
  ['Task', 'task_assignees', 'HumanUser', 'login'],
] as const;
const PAGE = 50;
/** Three and more show an order; two can be in it by chance. */
const LEAST_LINKS = 3;

const EVENTS = 200;
/** Some sites commit an event after later ones (API 9.1). */
const LATE_MS = 3 * MS_PER_SECOND;

const linksIn = (value: FieldValue | undefined): readonly EntityLink[] =>
  Array.isArray(value) ? value.flatMap((link: unknown) => linkIn(link)) : [];

const linkIn = (link: unknown): readonly EntityLink[] => {
  if (!isRecordRef(link)) return [];
  const name = 'name' in link && typeof link.name === 'string' ? link.name : null;
  return [{ type: link.type, id: link.id, name }];
};

/** Questions about lists: their order, the log, and what the storage allows. */
export const LIST_QUESTIONS = [
  question({
    fact: 'read.linkOrder',
    level: 'plain',
    calls: 'up to five searches for rows with lists of links',
    ask: ({ door }) =>
      firstOf(
        LISTS,
        async ([type, field]) => {
          const filter = allOf([field, 'is_not', null]);
          const rows = rowsOf(await door.script.search(type, { filter, fields: [field], size: PAGE }));
          return orderOf(rows.map((row) => linksIn(row.fields[field])));
        },
        'No list of links was found whose names and ids are in different orders.',
      ),
  }),
  question({
    fact: 'read.sortThroughMany',
    level: 'plain',
    calls: 'up to ten searches for rows with lists of links, in two orders',
    ask: ({ door }) =>
      firstOf(
        LISTS,
        async ([type, field, target, leaf]) => {
          const key = `${field}.${target}.${leaf}`;
          const search = { filter: allOf([field, 'is_not', null]), fields: [field], size: PAGE };
          const upwards = rowsOf(await door.script.search(type, { ...search, sort: `${key},id` }));
          if (new Set(upwards.map((row) => JSON.stringify(row.fields[field]))).size < 2) return undefined;
          const downwards = rowsOf(await door.script.search(type, { ...search, sort: `-${key},id` }));
          return idsOf(upwards) === idsOf(downwards) ? ('ignored' as const) : ('sorted' as const);
        },
        'No two rows with different lists of links were found.',
      ),
  }),
  question({
    fact: 'events.idGaps',
    level: 'plain',
    calls: 'two searches in the event log',
    async ask({ door: { script }, pause }) {
      const newest = rowsOf(
        await script.search('EventLogEntry', { fields: ['id'], sort: '-id', size: EVENTS }),
      );
      const ids = new Set(newest.map(({ id }) => id));
      const [first, last] = [Math.max(...ids), Math.min(...ids)];
      const missing = Array.from({ length: first - last }, (_, index) => last + index).filter(
        (id) => !ids.has(id),
      );
      if (ids.size < 2) throw new CannotAsk('The event log is empty.');
      if (missing.length === 0) return 'none';
      await pause(LATE_MS);
      const filter = allOf(['id', 'in', missing.slice(-EVENTS)]);
      const late = rowsOf(await script.search('EventLogEntry', { filter, fields: ['id'], size: EVENTS }));
      return late.length > 0 ? 'late_filled' : 'never_filled';
    },
  }),
  question({
    fact: 'web.lightPayloadIds',
    level: 'plain',
    calls: 'a search in the event log of the last 30 days',
    async ask({ door: { script } }) {
      const filter = allOf(['event_type', 'is', EVENT_TYPE], ['created_at', 'in_last', [30, 'DAY']]);
      const search = { filter, fields: ['meta'], sort: '-id', size: 10 };
      for (const { fields } of rowsOf(await script.search('EventLogEntry', search))) {
        const meta = fields['meta'];
        const payload = isRecord(meta) ? meta['ami_payload'] : undefined;
        const ids = isRecord(payload) ? payload['ids'] : undefined;
        if (typeof ids === 'string') return 'text';
        if (Array.isArray(ids)) return 'list';
      }
      throw new CannotAsk('Nobody has chosen a menu item in the last 30 days: choose one and ask again.');
    },
  }),
  question({
    fact: 'files.storageCors',
    level: 'plain',
    calls: 'up to three searches for a picture, and one byte of it from the storage',
    ask: ({ door, signal }) =>
      firstOf(
        ['Version', 'Shot', 'Asset'],
        async (type) => {
          const search = { filter: allOf(['image', 'is_not', null]), fields: ['image'], size: PAGE };
          const rows = rowsOf(await door.script.search(type, search));
          const urls = rows.flatMap(({ fields: { image } }) => (typeof image === 'string' ? [image] : []));
          return corsOf(urls, signal);
        },
        'No picture was found in a storage beside the site.',
      ),
  }),
];

const idsOf = (rows: readonly Row[]): string => rows.map(({ id }) => id).join();

/** The order that all these lists have; undefined if they show none. */
function orderOf(lists: readonly (readonly EntityLink[])[]): 'name' | 'id' | 'other' | undefined {
  const telling = lists.filter((links) => links.length >= LEAST_LINKS && !(isByName(links) && isById(links)));
  if (telling.length === 0) return undefined;
  if (telling.every(isByName)) return 'name';
  return telling.every(isById) ? 'id' : 'other';
}

const isById = (links: readonly EntityLink[]): boolean => isSorted(links, (a, b) => a.id - b.id);

/** Databases compare names by bytes or by a language. */
const isByName = (links: readonly EntityLink[]): boolean =>
  isSorted(links, (a, b) => compare(nameOf(a), nameOf(b))) ||
  isSorted(links, (a, b) => nameOf(a).localeCompare(nameOf(b)));

const nameOf = ({ name }: EntityLink): string => (name ?? '').toLowerCase();
const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

const isSorted = <T>(items: readonly T[], order: (a: T, b: T) => number): boolean =>
  items.every((item, index) => {
    const next = items[index + 1];
    return next === undefined || order(item, next) <= 0;
  });
