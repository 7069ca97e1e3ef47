export interface Table {
  readonly type: string;
  readonly title: string;
  /** Field or dotted path, shown under its display name. */
  readonly columns: readonly string[];
}

/** The pages of the site and what they show. */
export const TABLES: readonly Table[] = [
  {
    type: 'Version',
    title: 'Versions',
    columns: ['image', 'code', 'entity', 'sg_task', 'user', 'sg_status_list', 'created_at', 'description'],
  },
  {
    type: 'Shot',
    title: 'Shots',
    columns: ['image', 'code', 'sg_sequence', 'sg_status_list', 'description'],
  },
  {
    type: 'Asset',
    title: 'Assets',
    columns: ['image', 'code', 'sg_asset_type', 'sg_status_list', 'description'],
  },
  {
    type: 'Task',
    title: 'Tasks',
    columns: ['content', 'entity', 'step', 'task_assignees', 'sg_status_list', 'start_date', 'due_date'],
  },
  {
    type: 'Note',
    title: 'Notes',
    columns: ['subject', 'content', 'note_links', 'user', 'sg_status_list', 'created_at'],
  },
  { type: 'Playlist', title: 'Playlists', columns: ['code', 'versions', 'created_at'] },
];
