import type { Dataset, Storage } from '../../../studio/site/ports.ts';
import { createSchemaModel } from '../../../studio/site/schema-model/schema-model.ts';
import type { SchemaModel } from '../../../studio/site/schema-model/schema-model.ts';
import { createMemoryStorage } from '../../../studio/site/storage/memory-storage.ts';

const role = (id: number) => ({ type: 'PermissionRuleSet', id });
const person = (id: number) => ({ type: 'HumanUser', id });
const lanternRoad = { type: 'Project', id: 70 };
const saltFlats = { type: 'Project', id: 71 };

/** A small studio: two projects, six people, and in each project something of everything. */
const rows = {
  PermissionRuleSet: [
    { id: 1, code: 'admin', display_name: 'Admin', entity_type: 'HumanUser' },
    { id: 2, code: 'manager', display_name: 'Manager', entity_type: 'HumanUser' },
    { id: 3, code: 'artist', display_name: 'Artist', entity_type: 'HumanUser' },
    { id: 4, code: 'vendor', display_name: 'Vendor', entity_type: 'HumanUser' },
    { id: 5, code: 'api_admin', display_name: 'API Admin', entity_type: 'ApiUser' },
    { id: 6, code: 'supervisor', display_name: 'Supervisor', entity_type: 'HumanUser', parent_set: role(2) },
  ],
  ApiUser: [
    {
      id: 40,
      firstname: 'shotgraph',
      salted_password: 'demo-script-key',
      permission_rule_set: role(5),
      generate_event_log_entries: false,
    },
    { id: 41, firstname: 'reader', salted_password: 'reader-key', permission_rule_set: role(3) },
  ],
  Project: [
    { id: 70, name: 'Lantern Road' },
    { id: 71, name: 'Salt Flats', users: [person(32)] },
  ],
  HumanUser: [
    {
      id: 31,
      login: 'mira',
      name: 'Mira Okafor',
      email: 'mira@studio.example',
      sg_status_list: 'act',
      can_impersonate_this_user: true,
      permission_rule_set: role(3),
      projects: [lanternRoad],
      __password: 'mira-password',
    },
    {
      id: 32,
      login: 'joao',
      name: 'João Reis',
      sg_status_list: 'act',
      permission_rule_set: role(2),
      projects: [],
    },
    {
      id: 33,
      login: 'kenji',
      name: 'Kenji Mori',
      sg_status_list: 'dis',
      permission_rule_set: role(3),
      __password: 'kenji-password',
    },
    {
      id: 34,
      login: 'ada',
      name: 'Ada Lind',
      sg_status_list: 'act',
      can_impersonate_this_user: false,
      permission_rule_set: role(1),
    },
    {
      id: 35,
      login: 'vera',
      name: 'Vera Sousa',
      sg_status_list: 'act',
      permission_rule_set: role(4),
      projects: [lanternRoad],
    },
    { id: 36, login: 'gone', name: 'Gone Person', sg_status_list: 'act', permission_rule_set: role(3) },
  ],
  Group: [{ id: 80, code: 'Paint', users: [person(35)] }],
  Status: [{ id: 1, code: 'apr', name: 'Approved' }],
  Shot: [
    { id: 1001, code: 'lr_010', project: lanternRoad },
    { id: 1002, code: 'lr_020', project: lanternRoad },
    { id: 2001, code: 'sf_010', project: saltFlats },
  ],
  Task: [
    {
      id: 501,
      content: 'Comp',
      project: lanternRoad,
      entity: { type: 'Shot', id: 1001 },
      task_assignees: [person(31)],
    },
    {
      id: 502,
      content: 'Paint',
      project: lanternRoad,
      entity: { type: 'Shot', id: 1002 },
      task_assignees: [{ type: 'Group', id: 80 }],
    },
    { id: 503, content: 'Roto', project: saltFlats, entity: { type: 'Shot', id: 2001 }, task_assignees: [] },
  ],
  Version: [
    {
      id: 9001,
      code: 'lr_010_comp_v001',
      project: lanternRoad,
      sg_status_list: 'rev',
      user: person(31),
      created_by: { type: 'ApiUser', id: 40 },
    },
    {
      id: 9002,
      code: 'lr_020_paint_v001',
      project: lanternRoad,
      sg_status_list: 'rev',
      user: person(35),
      created_by: person(35),
    },
    { id: 9003, code: 'sf_010_roto_v001', project: saltFlats, user: person(32), created_by: person(32) },
  ],
  Note: [
    { id: 8001, subject: 'Retime', project: lanternRoad, user: person(31), created_by: person(31) },
    {
      id: 8002,
      subject: 'Cleaner edges',
      project: lanternRoad,
      user: person(31),
      addressings_to: [{ type: 'Group', id: 80 }],
    },
    { id: 8003, subject: 'Secret plan', project: saltFlats, user: person(32), created_by: person(32) },
  ],
  Reply: [
    {
      id: 301,
      content: 'Done',
      entity: { type: 'Note', id: 8001 },
      user: person(31),
      created_by: person(31),
    },
    { id: 302, content: 'Hidden', entity: { type: 'Note', id: 8003 }, created_by: person(32) },
  ],
  Playlist: [{ id: 55, code: 'dailies', project: lanternRoad, versions: [] }],
};

export function studioStorage(): Storage {
  const storage = createMemoryStorage();
  for (const [type, list] of Object.entries(rows)) {
    for (const { id, ...values } of list) storage.insert(type, values, id);
  }
  storage.setRetired('HumanUser', 36, true);
  return storage;
}

/** `field:data_type`; the display name is the system name but for the status. */
const fields: Readonly<Record<string, string>> = {
  ApiUser: 'firstname:text lastname:text salted_password:text generate_event_log_entries:checkbox',
  Attachment: 'display_name:text project:entity attachment_links:multi_entity',
  EventLogEntry:
    'event_type:text attribute_name:text meta:serializable description:text session_uuid:uuid project:entity entity:entity user:entity',
  Group: 'code:text users:multi_entity',
  HumanUser:
    'name:text login:text sg_status_list:status_list permission_rule_set:entity can_impersonate_this_user:checkbox projects:multi_entity image:image',
  Note: 'subject:text content:text project:entity user:entity note_links:multi_entity attachments:multi_entity',
  PermissionRuleSet: 'code:text',
  Playlist: 'code:text project:entity versions:multi_entity',
  PlaylistVersionConnection: 'playlist:entity version:entity',
  Project: 'name:text users:multi_entity',
  Reply: 'content:text entity:entity',
  Sequence: 'code:text project:entity shots:multi_entity',
  Shot: 'code:text project:entity sg_sequence:entity notes:multi_entity',
  Status: 'code:text',
  Task: 'content:text project:entity sg_status_list:status_list task_assignees:multi_entity',
  Version:
    'code:text description:text user:entity entity:entity project:entity sg_status_list:status_list playlists:multi_entity image:image sg_uploaded_movie:url',
};

const STATUSES: Readonly<Record<string, object>> = {
  sg_status_list: {
    valid_values: { value: ['act', 'apr', 'dis', 'fin', 'ip', 'opn', 'rev', 'wtg'], editable: true },
    display_values: { value: { apr: 'Approved', rev: 'Pending Review' }, editable: false },
  },
};

function rawField(name: string, dataType: string, isEditable = true): object {
  return {
    name: { value: name === 'sg_status_list' ? 'Status' : name, editable: true },
    data_type: { value: dataType, editable: false },
    editable: { value: isEditable, editable: false },
    properties: STATUSES[name] ?? {},
  };
}

/** The wire form of the schema, as `GET /schema` and `GET /schema/<Type>/fields` give it. */
function wireSchema(): Pick<Dataset, 'entityTypes' | 'fields'> {
  const types: Record<string, object> = {};
  const rawFields: Record<string, { data: Record<string, object> }> = {};
  for (const [type, list] of Object.entries(fields)) {
    types[type] = { name: { value: type, editable: false }, visible: { value: true, editable: false } };
    const data: Record<string, object> = {
      id: rawField('id', 'number', false),
      created_at: rawField('created_at', 'date_time', false),
      created_by: rawField('created_by', 'entity', false),
      updated_at: rawField('updated_at', 'date_time', false),
      updated_by: rawField('updated_by', 'entity', false),
    };
    for (const field of list.split(' ')) {
      const [name = '', dataType = ''] = field.split(':');
      data[name] = rawField(name, dataType);
    }
    rawFields[type] = { data };
  }
  return { entityTypes: { data: types }, fields: rawFields };
}

export function studioSchema(): SchemaModel {
  const { entityTypes, fields: rawFields } = wireSchema();
  return createSchemaModel(entityTypes, rawFields);
}

/** The same studio for a whole site. */
export function studioDataset(): Dataset {
  return { ...wireSchema(), rows };
}
