import { describe, expect, it } from 'vitest';
import { createEventLog } from '../../../studio/site/events/event-log.ts';
import type { Caller, FieldChange, StoredRecord, Switches } from '../../../studio/site/ports.ts';
import { studioSchema, studioStorage } from './studio-rows.ts';

const SESSION = '7c1e04a2-0000-4000-8000-000000000001';
const script = { type: 'ApiUser', id: 40, name: 'shotgraph' } as const;
const asMira: Caller = {
  actor: { type: 'HumanUser', id: 31 },
  script,
  sudoLogin: 'mira',
  sessionUuid: SESSION,
  role: 'artist',
};
const asScript: Caller = {
  actor: { type: 'ApiUser', id: 40 },
  script,
  sudoLogin: null,
  sessionUuid: null,
  role: 'api_admin',
};
const miraHerself: Caller = { ...asMira, script: null, sudoLogin: null };

function site(options: { eventLagMs?: number; switches?: Switches } = {}) {
  const storage = studioStorage();
  const clock = { ms: Date.UTC(2026, 8, 4, 17, 42, 30, 104) };
  const log = createEventLog({
    storage,
    schema: studioSchema(),
    now: () => clock.ms,
    eventLagMs: options.eventLagMs ?? 0,
    ...(options.switches ? { switches: options.switches } : {}),
  });
  const rows = () => [...storage.all('EventLogEntry')];
  const version = storage.get('Version', 9001)!;
  return { storage, clock, log, rows, version };
}

const approval: FieldChange = {
  field: 'sg_status_list',
  dataType: 'status_list',
  oldValue: 'rev',
  newValue: 'apr',
};
const attributes = (rows: readonly StoredRecord[]) =>
  rows.map(({ values }) => [values.event_type, values.attribute_name]);

describe('The event log of a write under sudo', () => {
  it('names the person as its author and the script in meta, and keeps the window’s uuid', () => {
    const { log, rows, version } = site();
    log.changed(asMira, version, [approval]);
    expect(rows()).toHaveLength(1);
    expect(rows()[0]!.values).toEqual({
      event_type: 'Shotgun_Version_Change',
      attribute_name: 'sg_status_list',
      meta: {
        type: 'attribute_change',
        attribute_name: 'sg_status_list',
        entity_type: 'Version',
        entity_id: 9001,
        field_data_type: 'status_list',
        old_value: 'rev',
        new_value: 'apr',
        platform_id: null,
        sudo_actual_user: { type: 'ApiUser', id: 40, name: expect.stringContaining('shotgraph') },
      },
      entity: { type: 'Version', id: 9001 },
      project: { type: 'Project', id: 70 },
      user: { type: 'HumanUser', id: 31 },
      description: 'Mira Okafor changed "Status" from "rev" to "apr" on Version lr_010_comp_v001',
      session_uuid: SESSION,
      created_at: '2026-09-04T17:42:30Z',
    });
  });

  it('is written although the script’s own logging is off, which applies only to the script itself', () => {
    const { log, rows, version, storage } = site();
    log.changed(asScript, version, [approval]);
    expect(rows()).toEqual([]);
    log.changed(asMira, version, [approval]);
    log.changed(miraHerself, version, [approval]);
    expect(rows()).toHaveLength(2);
    expect(rows()[1]!.values.meta).not.toHaveProperty('sudo_actual_user');
    storage.patch('ApiUser', 40, { generate_event_log_entries: true });
    log.changed(asScript, version, [approval]);
    expect(rows()[2]!.values.user).toEqual({ type: 'ApiUser', id: 40 });
    expect(rows()[2]!.values.meta).not.toHaveProperty('sudo_actual_user');
  });

  it('is not written either if the site is set so', () => {
    const { log, rows, version } = site({ switches: { 'events.sudoIsAlwaysLogged': false } });
    log.changed(asMira, version, [approval]);
    expect(rows()).toEqual([]);
  });
});

describe('The event log of each verb', () => {
  it('has one row for a new entity and one for each of its fields with a value', () => {
    const { log, rows, version } = site();
    log.created(asMira, version, [
      { field: 'code', dataType: 'text', oldValue: null, newValue: 'lr_010_comp_v001' },
      { field: 'sg_status_list', dataType: 'status_list', oldValue: null, newValue: 'rev' },
      { field: 'description', dataType: 'text', oldValue: null, newValue: null },
      { field: 'created_at', dataType: 'date_time', oldValue: null, newValue: '2026-09-04T17:42:30Z' },
      { field: 'project', dataType: 'entity', oldValue: null, newValue: { type: 'Project', id: 70 } },
    ]);
    expect(attributes(rows())).toEqual([
      ['Shotgun_Version_New', null],
      ['Shotgun_Version_Change', 'code'],
      ['Shotgun_Version_Change', 'sg_status_list'],
      ['Shotgun_Version_Change', 'project'],
    ]);
    expect(rows()[0]!.values.meta).toMatchObject({
      type: 'new_entity',
      entity_type: 'Version',
      entity_id: 9001,
    });
    expect(rows()[3]!.values.meta).toMatchObject({
      in_create: true,
      new_value: { type: 'Project', id: 70, name: 'Lantern Road' },
    });
  });

  it('reports a change of links as added and removed, at both ends', () => {
    const { log, rows, version } = site();
    log.changed(asMira, version, [
      {
        field: 'playlists',
        dataType: 'multi_entity',
        oldValue: [],
        newValue: [{ type: 'Playlist', id: 55 }],
      },
    ]);
    expect(attributes(rows())).toEqual([
      ['Shotgun_Version_Change', 'playlists'],
      ['Shotgun_Playlist_Change', 'versions'],
    ]);
    const [here, there] = rows().map(({ values }) => values.meta);
    expect(here).toMatchObject({
      added: [{ type: 'Playlist', id: 55, name: 'dailies', status: null, uuid: expect.any(String) }],
      removed: [],
    });
    expect(here).not.toHaveProperty('old_value');
    expect(there).toMatchObject({
      entity_type: 'Playlist',
      entity_id: 55,
      added: [{ type: 'Version', id: 9001 }],
      original_event_log_entry_id: rows()[0]!.id,
    });
  });

  it('reports the other end in its own form: one link if the field holds one', () => {
    const { log, rows, storage } = site();
    const sequence = storage.insert('Sequence', { code: 'lr', project: { type: 'Project', id: 70 } });
    const shot = { type: 'Shot', id: 1001 };
    log.changed(asMira, sequence, [
      { field: 'shots', dataType: 'multi_entity', oldValue: [], newValue: [shot] },
    ]);
    log.changed(asMira, storage.get('Note', 8001)!, [
      { field: 'note_links', dataType: 'multi_entity', oldValue: [shot], newValue: [] },
    ]);
    expect(attributes(rows())).toEqual([
      ['Shotgun_Sequence_Change', 'shots'],
      ['Shotgun_Shot_Change', 'sg_sequence'],
      ['Shotgun_Note_Change', 'note_links'],
      ['Shotgun_Shot_Change', 'notes'],
    ]);
    expect(rows()[1]!.values.meta).toMatchObject({
      old_value: null,
      new_value: { type: 'Sequence', name: 'lr' },
    });
    expect(rows()[3]!.values.meta).toMatchObject({ added: [], removed: [{ type: 'Note', id: 8001 }] });
  });

  it('removes the entity from its whole history when it is deleted, also when logging is off', () => {
    const { log, rows, version, storage } = site();
    log.changed(asMira, version, [approval]);
    storage.setRetired('Version', 9001, true);
    log.retired(asMira, { ...version, retired: true });
    expect(attributes(rows())).toEqual([
      ['Shotgun_Version_Change', 'sg_status_list'],
      ['Shotgun_Version_Retirement', null],
      ['Shotgun_Version_Change', 'retirement_date'],
    ]);
    expect(rows().map(({ values }) => values.entity)).toEqual([null, null, null]);
    expect(rows()[1]!.values.meta).toMatchObject({
      type: 'entity_retirement',
      class_name: 'Version',
      display_name: 'lr_010_comp_v001',
      entity_id: 9001,
      entity_type: 'Version',
      id: 9001,
      retirement_date: '2026-09-04 17:42:30 UTC',
    });
    storage.setRetired('Version', 9001, false);
    log.revived(asMira, version);
    expect(rows()[3]!.values).toMatchObject({
      event_type: 'Shotgun_Version_Revival',
      entity: { type: 'Version', id: 9001 },
    });
    log.retired(asScript, version);
    expect(rows()[3]!.values.entity).toBeNull();
    expect(rows()).toHaveLength(4);
  });

  it('keeps the fields of a triggered menu item for a light payload', () => {
    const { log, storage } = site();
    const payload = { user_login: 'mira', project_id: '70', selected_ids: '9001' };
    const { id } = log.amiTriggered({ type: 'HumanUser', id: 31 }, payload, SESSION);
    expect(storage.get('EventLogEntry', id)!.values).toMatchObject({
      event_type: 'Shotgun_ActionMenuItem_Triggered',
      meta: { ami_payload: payload },
      user: { type: 'HumanUser', id: 31 },
      project: { type: 'Project', id: 70 },
      session_uuid: SESSION,
    });
  });
});

describe('When events can be seen', () => {
  it('is a lag after the write', () => {
    const { log, rows, version, clock } = site({ eventLagMs: 300 });
    log.changed(asMira, version, [approval]);
    const [entry] = rows();
    expect(log.isVisible(entry!)).toBe(false);
    expect(log.isVisible(version)).toBe(true);
    clock.ms += 300;
    expect(log.isVisible(entry!)).toBe(true);
  });

  it('is out of order, or with missing ids, if the site is set so', () => {
    const late = site({ switches: { 'events.idGaps': 'late_filled' } });
    for (let count = 0; count < 4; count += 1) late.log.changed(asMira, late.version, [approval]);
    expect(late.rows().map((row) => late.log.isVisible(row))).toEqual([true, true, false, true]);
    late.clock.ms += 60_000;
    expect(late.rows().every((row) => late.log.isVisible(row))).toBe(true);

    const lost = site({ switches: { 'events.idGaps': 'never_filled' } });
    for (let count = 0; count < 4; count += 1) lost.log.changed(asMira, lost.version, [approval]);
    const ids = lost.rows().map(({ id }) => id);
    expect(ids.map((id) => id - ids[0]!)).toEqual([0, 1, 4, 5]);
  });

  it('is reported to listeners once the write is done, and never for a write that was undone', async () => {
    const { log, version, storage } = site();
    const heard: unknown[] = [];
    const leave = log.subscribe(({ values }) => heard.push(values.attribute_name));
    const failing = () =>
      storage.transaction(() => {
        log.changed(asMira, version, [{ ...approval, field: 'description' }]);
        throw new Error('the batch fails');
      });
    expect(failing).toThrow('the batch fails');
    log.changed(asMira, version, [approval]);
    expect(heard).toEqual([]);
    await Promise.resolve();
    expect(heard).toEqual(['sg_status_list']);
    leave();
    log.changed(asMira, version, [approval]);
    await Promise.resolve();
    expect(heard).toEqual(['sg_status_list']);
  });
});
