import { pictureOf } from './production-rows.ts';
import { type DemoRow, type DemoRows, ref, timeOf } from './rows.ts';
import { stepShortName } from './site-rows.ts';

const VERSION_COUNT = 2500;
const NOTE_COUNT = 600;
const REPLY_COUNT = 400;
const PLAYLIST_COUNT = 30;
const VERSIONS_PER_PLAYLIST = 12;
const PUBLISHED_FILE_COUNT = 300;
const TIME_LOG_COUNT = 400;
const STATUSES = ['rev', 'rev', 'rev', 'vwd', 'apr', 'fin', 'na'] as const;
const REMARKS = [
  'Edges are sizzling on the left.',
  'Lovely weight now. One more frame on the blink.',
  'Key light a touch warmer, please.',
  'Retime feels late by four frames.',
  'Matte is cutting into the rail.',
  'Approved from my side, send to editorial.',
] as const;

const idOf = (link: unknown): number => (link as { id: number }).id;

/** 2,500 versions with notes, replies, playlists, published files and time logs. */
export function addReview(rows: DemoRows): void {
  const tasks = rows.tables['Task'] ?? [];
  const numbers = new Map<number, number>();
  for (let count = 0; count < VERSION_COUNT; count += 1) addVersion(rows, rows.random.pick(tasks), numbers);
  const versions = rows.tables['Version'] ?? [];
  for (let count = 0; count < NOTE_COUNT; count += 1) addNote(rows, rows.random.pick(versions));
  for (let count = 0; count < REPLY_COUNT; count += 1) {
    const note = rows.random.pick(rows.tables['Note'] ?? []);
    const user = memberOf(rows, idOf(note['project']));
    rows.add('Reply', {
      content: rows.random.pick(REMARKS),
      entity: ref('Note', note.id),
      user,
      created_by: user,
      publish_status: 'published',
    });
  }
  addPlaylists(rows, versions);
  for (let count = 0; count < PUBLISHED_FILE_COUNT; count += 1)
    addPublishedFile(rows, rows.random.pick(versions));
  for (let count = 0; count < TIME_LOG_COUNT; count += 1) {
    const task = rows.random.pick(tasks);
    const [user] = task['task_assignees'] as unknown[];
    rows.add('TimeLog', {
      project: task['project'],
      entity: ref('Task', task.id),
      user,
      date: task['start_date'],
      duration: 60 * (1 + rows.random.below(8)),
      created_by: user,
    });
  }
}

function addVersion(rows: DemoRows, task: DemoRow, numbers: Map<number, number>): void {
  const number = (numbers.get(task.id) ?? 0) + 1;
  numbers.set(task.id, number);
  const [artist] = task['task_assignees'] as unknown[];
  const entity = task['entity'] as { type: string; id: number };
  const owner = rows.tables[entity.type]?.[entity.id - 1];
  const code = `${String(owner?.['code'])}_${stepShortName(idOf(task['step']))}_v${String(number).padStart(3, '0')}`;
  const frames = 24 + rows.random.below(120);
  const id = rows.count('Version') + 1;
  rows.add('Version', {
    code,
    project: task['project'],
    entity,
    sg_task: ref('Task', task.id),
    user: artist,
    created_by: artist,
    description: rows.random.pick(REMARKS),
    sg_status_list: rows.random.pick(STATUSES),
    sg_version_type: 'Dailies',
    frame_count: frames,
    sg_first_frame: 1001,
    sg_last_frame: 1000 + frames,
    frame_range: `1001-${1000 + frames}`,
    sg_path_to_frames: `/mnt/projects/renders/${code}.%04d.exr`,
    sg_uploaded_movie_frame_rate: '24.0',
    image: pictureOf(rows, 'Version', id),
  });
}

/** A person who may see the project. */
function memberOf({ random, tables }: DemoRows, projectId: number): unknown {
  const members = (tables['HumanUser'] ?? []).filter(
    ({ sg_status_list: status, projects }) =>
      status === 'act' && (projects as unknown[]).some((link) => idOf(link) === projectId),
  );
  return ref('HumanUser', random.pick(members).id);
}

function addNote(rows: DemoRows, version: DemoRow): void {
  const author = memberOf(rows, idOf(version['project']));
  rows.add('Note', {
    subject: `Review of ${String(version['code'])}`,
    content: rows.random.pick(REMARKS),
    project: version['project'],
    user: author,
    created_by: author,
    note_links: [ref('Version', version.id), version['entity']],
    tasks: [version['sg_task']],
    addressings_to: [version['user']],
    sg_note_type: 'Internal',
    sg_status_list: rows.random.pick(['opn', 'opn', 'ip', 'clsd']),
    publish_status: 'published',
  });
}

function addPlaylists(rows: DemoRows, versions: readonly DemoRow[]): void {
  for (let number = 1; number <= PLAYLIST_COUNT; number += 1) {
    const project = 1 + (number % 3);
    const playlist = rows.add('Playlist', {
      code: `dailies ${String(number).padStart(2, '0')}`,
      project: ref('Project', project),
      description: 'Morning review',
      sg_date_and_time: timeOf(-number * 1440),
      locked: false,
    });
    const own = versions.filter((version) => idOf(version['project']) === project);
    for (let place = 1; place <= VERSIONS_PER_PLAYLIST; place += 1) {
      const version = own[(number * 17 + place * 5) % own.length];
      if (version === undefined) continue;
      rows.add('PlaylistVersionConnection', {
        playlist: ref('Playlist', playlist.id),
        version: ref('Version', version.id),
        sg_sort_order: place,
      });
    }
  }
}

function addPublishedFile(rows: DemoRows, version: DemoRow): void {
  const number = 1 + rows.random.below(9);
  rows.add('PublishedFile', {
    code: `${String(version['code'])}.nk`,
    name: String(version['code']).replace(/_v\d+$/u, ''),
    version_number: number,
    project: version['project'],
    entity: version['entity'],
    task: version['sg_task'],
    version: ref('Version', version.id),
    published_file_type: ref('PublishedFileType', 1 + rows.random.below(4)),
    sg_status_list: 'cmpt',
    created_by: version['user'],
  });
}
