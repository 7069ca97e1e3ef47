import { describe, expect, it } from 'vitest';
import express from 'express';
import { createRecordValues } from '../../../studio/site/data-types/record-values.ts';
import type { EntityDeps } from '../../../studio/site/entities/entity-deps.ts';
import { readValue } from '../../../studio/site/entities/rows.ts';
import { createViewerState } from '../../../studio/site/entities/viewer-state.ts';
import { createEventLog } from '../../../studio/site/events/event-log.ts';
import { createPermissions } from '../../../studio/site/permissions/permissions.ts';
import type { Caller } from '../../../studio/site/ports.ts';
import { createFollows } from '../../../studio/site/threads/follows.ts';
import { createThreadRoutes } from '../../../studio/site/threads/thread-routes.ts';
import { studioSchema, studioStorage } from './studio-rows.ts';
import { answerRefusal, serveApp } from './serve-app.ts';

interface Update {
  update_type: string;
  meta: { new_value: string };
  primary_entity: { id: number };
}

const TYPES: Record<string, string> = {
  versions: 'Version',
  Version: 'Version',
  notes: 'Note',
  Note: 'Note',
  shots: 'Shot',
  Shot: 'Shot',
  human_users: 'HumanUser',
  api_users: 'ApiUser',
};
const caller = (id: number, role: string): Caller => ({
  actor: { type: 'HumanUser', id },
  script: { type: 'ApiUser', id: 40, name: 'shotgraph' },
  sudoLogin: 'x',
  sessionUuid: null,
  role,
});
const MIRA = caller(31, 'artist');
const ADA = caller(34, 'admin');

async function site(who: Caller = MIRA) {
  const storage = studioStorage();
  const schema = studioSchema();
  const permissions = createPermissions({ storage, schema });
  const events = createEventLog({ storage, schema, now: () => Date.UTC(2026, 8, 4, 12), eventLagMs: 0 });
  const follows = createFollows();
  const reading: EntityDeps = {
    ...{ storage, schema, permissions, events },
    values: createRecordValues(storage, schema),
    viewers: createViewerState(),
    now: Date.now,
    switches: {},
    callerOf: () => who,
    readFile: (_caller, value) => value,
  };
  const app = express();
  app.use(
    '/api/v1',
    createThreadRoutes({
      storage,
      permissions,
      follows,
      callerOf: () => ({ ...who }),
      readValue: (caller, row, field) => readValue(reading, caller, row, field),
      typeOfPath: (segment) => TYPES[segment],
      isEventVisible: (entry) => events.isVisible(entry),
    }),
  );
  app.use(answerRefusal);
  const origin = await serveApp(app);
  const base = `${origin}/api/v1/entity`;
  const call = async (method: string, path: string, body?: object, type = 'application/json') => {
    const answer = await fetch(base + path, {
      method,
      ...(body ? { headers: { 'content-type': type }, body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  };
  return { storage, events, call };
}

describe('A note thread', () => {
  it('is the note, its files and replies in order of time, with the pictures of their authors', async () => {
    const { storage, call } = await site();
    storage.patch('Note', 8001, { content: 'Four frames earlier', created_at: '2026-09-04T10:00:00Z' });
    storage.patch('Reply', 301, { created_at: '2026-09-04T12:00:00Z' });
    storage.patch('HumanUser', 31, { image: 'https://studio.example/mira.png' });
    storage.insert('Attachment', {
      display_name: 'sketch.png',
      attachment_links: [{ type: 'Note', id: 8001 }],
      created_at: '2026-09-04T11:00:00Z',
      created_by: { type: 'HumanUser', id: 31 },
    });
    const { body } = await call('GET', '/notes/8001/thread_contents?entity_fields[Note]=subject,project');
    const mira = { type: 'HumanUser', id: 31, name: 'Mira Okafor' };
    expect(body).toEqual({
      data: [
        {
          type: 'Note',
          id: 8001,
          content: 'Four frames earlier',
          created_at: '2026-09-04T10:00:00Z',
          created_by: mira,
          subject: 'Retime',
          project: { type: 'Project', id: 70, name: 'Lantern Road' },
        },
        { type: 'Attachment', id: expect.any(Number), created_at: '2026-09-04T11:00:00Z', created_by: mira },
        {
          type: 'Reply',
          id: 301,
          content: 'Done',
          created_at: '2026-09-04T12:00:00Z',
          user: { ...mira, image: 'https://studio.example/mira.png' },
        },
      ],
      links: { self: '/api/v1/entity/notes/8001/thread_contents?entity_fields[Note]=subject,project' },
    });
  });

  it('exists only for notes that the caller sees', async () => {
    const { call } = await site();
    expect((await call('GET', '/notes/8003/thread_contents')).body).toMatchObject({ status: 404, code: 104 });
    expect((await call('GET', '/versions/9001/thread_contents')).body).toMatchObject({
      status: 404,
      detail: "Field 'Version.thread_contents' does not exist.",
    });
    expect((await call('GET', '/shotz/1/thread_contents')).body.detail).toBe(
      "Entity type 'shotz' does not exist.",
    );
  });
});

describe('An activity stream', () => {
  it('lists the changes of a row and of its linked rows, newest first, in pages', async () => {
    const { storage, events, call } = await site();
    storage.patch('Version', 9001, { entity: { type: 'Shot', id: 1001 } });
    const version = storage.get('Version', 9001)!;
    events.created(MIRA, version, [{ field: 'code', dataType: 'text', oldValue: null, newValue: 'v1' }]);
    for (const newValue of ['apr', 'rev', 'vwd']) {
      const change = { field: 'sg_status_list', dataType: 'status_list', oldValue: null, newValue };
      events.changed(MIRA, version, [change]);
    }
    const first = (await call('GET', '/shots/1001/activity_stream?limit=2')).body.data;
    expect(first).toMatchObject({ entity_type: 'Shot', entity_id: 1001 });
    expect(first.updates.map((update: Update) => [update.update_type, update.meta.new_value])).toEqual([
      ['update', 'vwd'],
      ['update', 'rev'],
    ]);
    expect(first.updates[0]).toMatchObject({
      primary_entity: { type: 'Version', id: 9001, name: 'lr_010_comp_v001', status: 'rev' },
      created_by: { type: 'HumanUser', id: 31, name: 'Mira Okafor', status: 'act', image: null },
    });
    const next = (await call('GET', `/shots/1001/activity_stream?max_id=${first.earliest_update_id}`)).body
      .data;
    expect(next.updates.map((update: Update) => update.update_type)).toEqual(['update', 'create']);
    expect(next.latest_update_id).toBe(first.latest_update_id);
    const end = (await call('GET', `/shots/1001/activity_stream?max_id=${next.earliest_update_id}`)).body
      .data;
    expect([end.earliest_update_id, end.updates]).toEqual([0, []]);
  });

  it('lists the changes of a person, hides rows that the viewer cannot see, and fails on missing rows', async () => {
    const { storage, events, call } = await site();
    const change = { field: 'code', dataType: 'text', oldValue: null, newValue: 'x' };
    const joao = caller(32, 'manager');
    events.changed(joao, storage.get('Version', 9003)!, [change]);
    events.changed(joao, storage.get('Version', 9001)!, [change]);
    const { updates } = (await call('GET', '/human_users/32/activity_stream')).body.data;
    expect(updates.map((update: Update) => update.primary_entity.id)).toEqual([9001]);
    expect((await call('GET', '/shots/999/activity_stream')).body).toMatchObject({ status: 500, code: 100 });
    expect((await call('GET', '/shots/1001/activity_stream?limit=501')).status).toBe(400);
  });
});

describe('Following', () => {
  it('begins, is listed at both ends, and ends', async () => {
    const { call } = await site();
    const entities = [
      { record_id: 1001, entity: 'Shot' },
      { record_id: 9001, entity: 'Version' },
    ];
    expect((await call('POST', '/human_users/31/follow', { entities })).status).toBe(204);
    expect((await call('POST', '/human_users/31/follow', { entities })).status).toBe(204);
    expect((await call('GET', '/shots/1001/followers')).body.data).toEqual([
      {
        id: 31,
        type: 'HumanUser',
        attributes: { name: 'Mira Okafor' },
        links: { self: '/api/v1/entity/HumanUser/31' },
      },
    ]);
    const following = async (query: string) =>
      (await call('GET', `/human_users/31/following${query}`)).body.data.map(
        ({ type }: { type: string }) => type,
      );
    expect(await following('')).toEqual(['Shot', 'Version']);
    expect([await following('?entity=versions'), await following('?entity=Shot')]).toEqual([
      ['Version'],
      ['Shot'],
    ]);
    expect([await following('?project_id=70'), await following('?project_id=71')]).toEqual([
      ['Shot', 'Version'],
      [],
    ]);
    expect((await call('PUT', '/shots/1001/unfollow', { user_id: 31 })).status).toBe(204);
    expect((await call('PUT', '/shots/1001/unfollow', { user_id: 31 })).status).toBe(204);
    expect(await following('')).toEqual(['Version']);
  });

  it('keeps the existing rows beside a missing one, and refuses other spellings as the site does', async () => {
    const { call } = await site(ADA);
    const follow = (...entities: object[]) => call('POST', '/human_users/34/follow', { entities });
    const missing = await follow(
      { record_id: 1001, entity: 'Shot' },
      { record_id: 999, entity: 'Note' },
      { record_id: 9001, entity: 'Version' },
    );
    expect(missing.body).toMatchObject({ status: 404, detail: "Couldn't find Note with id=999" });
    const { body } = await call('GET', '/human_users/34/following');
    expect(body.data.map(({ type }: { type: string }) => type)).toEqual(['Shot', 'Version']);
    expect((await follow({ record_id: 1001, entity: 'shots' })).status).toBe(500);
    expect(JSON.stringify((await follow({ record_id: 1001, entity: 'Nope' })).body)).toContain(
      'entity is not valid',
    );
    expect((await call('GET', '/shots/999/followers')).body.detail).toBe("Couldn't find Shot with id=999");
    expect((await call('GET', '/api_users/40/following')).status).toBe(404);
    const vendorType = 'application/vnd+shotgun.api3_hash+json';
    const wrong = await call('POST', '/human_users/34/follow', { entities: [] }, vendorType);
    expect(wrong.body).toMatchObject({
      status: 415,
      title: `Unsupported Content-Type '${vendorType}'`,
      source: { content_type: "Content-Type must be one of: 'application/json'." },
    });
  });
});
