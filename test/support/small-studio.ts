import { exposeSchema, type ExposedSchema } from '../../src/site/expose.ts';
import { parseSiteSchema } from '../../src/site/parse-site-schema.ts';
import { wireField, wireSchema } from './small-site-schema.ts';

const text = (name: string) => wireField('text', {}, { name });
const link = (...types: string[]) => wireField('entity', { valid_types: types });
const links = (...types: string[]) => wireField('multi_entity', { valid_types: types });
const fixed = (dataType: string, properties = {}) => wireField(dataType, properties, { editable: false });
const named = { code: text('Name'), cached_display_name: fixed('text') };

/** A site of few types that has a field of each data type that matters. */
const SMALL_STUDIO = wireSchema({
  Project: { name: text('Project Name'), sg_status: wireField('list', { valid_values: ['Active', 'Lost'] }) },
  Sequence: { ...named, project: link('Project'), shots: links('Shot') },
  Shot: {
    ...named,
    project: link('Project'),
    sg_sequence: link('Sequence'),
    sg_cut_in: wireField('number'),
    assets: links('Asset'),
  },
  Asset: { ...named, project: link('Project'), sg_is_hero: wireField('checkbox') },
  Task: {
    content: text('Task Name'),
    cached_display_name: fixed('text'),
    project: link('Project'),
    entity: link('Asset', 'Sequence', 'Shot'),
    task_assignees: links('Group', 'HumanUser'),
    due_date: wireField('date'),
    duration: wireField('duration'),
    is_late: wireField('checkbox'),
  },
  HumanUser: { name: text('Name'), login: text('Login'), email: text('Email'), projects: links('Project') },
  Group: { code: text('Name'), users: links('HumanUser') },
  Version: {
    ...named,
    project: link('Project'),
    description: text('Description'),
    entity: link('Asset', 'Sequence', 'Shot'),
    sg_task: link('Task'),
    user: link('ApiUser', 'Group', 'HumanUser'),
    playlists: links('Playlist'),
    sg_status_list: wireField('status_list', {
      valid_values: ['rev', 'apr'],
      display_values: { rev: 'Pending Review', apr: 'Approved' },
    }),
    sg_uploaded_movie: wireField('url'),
    image: wireField('image'),
    client_approved: wireField('checkbox'),
    sg_frame_rate: wireField('float'),
    frame_count: wireField('number'),
    created_at: fixed('date_time'),
    created_by: fixed('entity', { valid_types: ['HumanUser'] }),
    sg_review_at: wireField('date_time'),
    step_0: fixed('pivot_column'),
    sg_secret: wireField('password'),
  },
  Playlist: { ...named, project: link('Project'), versions: links('Version'), locked: wireField('checkbox') },
  Note: {
    subject: text('Subject'),
    project: link('Project'),
    note_links: links('Shot', 'Version'),
    replies: links('Reply'),
    meta: wireField('jsonb'),
  },
  Reply: { content: text('Content'), entity: link() },
  EventLogEntry: {
    event_type: fixed('text'),
    meta: fixed('serializable'),
    session_uuid: fixed('uuid'),
    audit_trail: fixed('jsonb'),
  },
});

export function smallStudio(): ExposedSchema {
  const schema = parseSiteSchema(SMALL_STUDIO.entityTypes, SMALL_STUDIO.fields);
  return exposeSchema(schema, { source: 'expose.yml', types: new Map() });
}
