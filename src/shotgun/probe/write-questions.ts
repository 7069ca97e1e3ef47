import { isSuccess, MS_PER_SECOND } from '../../base/units.ts';
import { isRecordRef, type RecordRef, type Row } from '../port/records.ts';
import { isRecord } from '../wire/http-call.ts';
import type { Reads } from '../script/probe-door.ts';
import { allOf } from '../port/requests.ts';
import { CannotAsk, rowsOf } from './answers.ts';
import { type AskingByWriting, question } from './question.ts';

/** Enough to see what each of them costs. */
const BATCH = 10;
/** What one measurement can tell from another. */
const STEP_MS = 50;
const LOOKS = 4;
/** The fastest counts: a busy moment tells nothing about the site. */
const ROUNDS = 3;

/** Questions that need a write, each in records that the probe makes as the person and deletes. */
export const WRITE_QUESTIONS = [
  question({
    fact: 'write.createdByInCreate',
    level: 'write',
    calls: 'a Note is made in the name of another person and read',
    async ask({ door, person, personId, records }) {
      const filter = allOf(['sg_status_list', 'is', 'act'], ['id', 'is_not', personId]);
      const [other] = rowsOf(await door.script.search('HumanUser', { filter, fields: ['id'], size: 1 }));
      if (other === undefined) throw new CannotAsk('There is no second active person.');
      const note = await records.make('Note', { created_by: { type: 'HumanUser', id: other.id } });
      const author = (await readOne(person, note, 'created_by')).fields['created_by'];
      return isRecordRef(author) && author.id === other.id ? 'accepted' : 'ignored';
    },
  }),
  question({
    fact: 'write.shotRevivesVersions',
    level: 'write',
    calls: 'a Shot with a Version is made, deleted and revived',
    async ask({ person, records }) {
      const shot = await records.make('Shot');
      const version = await records.make('Version', { entity: shot });
      const { status } = await person.remove('Shot', shot.id);
      if (!isSuccess(status)) throw new CannotAsk(`The person may not delete the Shot (status ${status}).`);
      await done(person.send('POST', `/entity/Shot/${shot.id}?revive=1`, {}), 'revive the Shot');
      const search = { filter: allOf(['id', 'is', version.id]), fields: ['id'], size: 1 };
      return rowsOf(await person.search('Version', search)).length > 0;
    },
  }),
  question({
    fact: 'batch.linkModes',
    level: 'write',
    calls: 'a Playlist with a Version is made, and a batch adds a second Version to it',
    async ask({ person, records }) {
      const [first, second] = [await records.make('Version'), await records.make('Version')];
      const playlist = await records.make('Playlist', { versions: [first] });
      const versions = { multi_entity_update_mode: 'add', value: [second] };
      await done(
        person.send('POST', '/entity/_batch', { requests: [update(playlist, { versions })] }),
        'batch',
      );
      const list = (await readOne(person, playlist, 'versions')).fields['versions'];
      return Array.isArray(list) && list.length === 2 ? 'honoured' : 'replaced';
    },
  }),
  question({
    fact: 'batch.msPerRequest',
    level: 'write',
    calls: 'a Note is made and changed by batches of one request and of ten, three times',
    async ask({ person, records }) {
      const note = await records.make('Note');
      const timed = async (size: number): Promise<number> => {
        const requests = Array.from({ length: size }, (_, index) =>
          update(note, { content: `${size}.${index}` }),
        );
        const beganAtMs = performance.now();
        await done(person.send('POST', '/entity/_batch', { requests }), 'batch');
        return performance.now() - beganAtMs;
      };
      let [one, many] = [Infinity, Infinity];
      for (let round = 0; round < ROUNDS; round += 1) {
        one = Math.min(one, await timed(1));
        many = Math.min(many, await timed(BATCH));
      }
      return Math.max(0, Math.round((many - one) / (BATCH - 1) / STEP_MS) * STEP_MS);
    },
  }),
  question({
    fact: 'events.sudoIsAlwaysLogged',
    level: 'write',
    calls: 'a Note is made, and its events are searched for',
    async ask({ door, records, pause, scriptName }) {
      const filter = allOf(['firstname', 'is', scriptName]);
      const fields = ['generate_event_log_entries'];
      const [script] = rowsOf(await door.script.search('ApiUser', { filter, fields, size: 1 }));
      if (script?.fields['generate_event_log_entries'] !== false)
        throw new CannotAsk("The script's own logging is on, so it does not show.");
      const note = await records.make('Note');
      const ofNote = { filter: allOf(['entity', 'is', note]), fields: ['id'], size: 1 };
      for (let look = 0; look < LOOKS; look += 1) {
        if (rowsOf(await door.script.search('EventLogEntry', ofNote)).length > 0) return true;
        await pause(MS_PER_SECOND);
      }
      return false;
    },
  }),
  question({
    fact: 'files.storageService',
    level: 'write',
    calls: 'a Version is made, and an upload to it is begun and not carried out',
    async ask({ person, records }) {
      const { id } = await records.make('Version');
      const { body } = await person.get(`/entity/Version/${id}/image/_upload?filename=probe.png`);
      const service = isRecord(body) && isRecord(body['data']) ? body['data']['storage_service'] : undefined;
      if (service === 's3' || service === 'sg') return service;
      throw new CannotAsk('The site does not say where files are kept.');
    },
  }),
];

const update = ({ type, id }: RecordRef, data: Readonly<Record<string, unknown>>) => ({
  request_type: 'update',
  entity: type,
  record_id: id,
  data,
});

async function readOne(person: Reads, { type, id }: RecordRef, field: string): Promise<Row> {
  const search = { filter: allOf(['id', 'is', id]), fields: [field], size: 1 };
  const [row] = rowsOf(await person.search(type, search));
  if (row === undefined) throw new CannotAsk(`The person may not read the ${type} that they made.`);
  return row;
}

/** @throws CannotAsk if the site refused the write */
async function done(answer: ReturnType<AskingByWriting['person']['send']>, what: string): Promise<void> {
  const { status } = await answer;
  if (!isSuccess(status)) throw new CannotAsk(`The person may not do this: ${what} (status ${status}).`);
}
