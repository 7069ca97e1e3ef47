/** Facts of one entity type that the schema of a site does not tell. */
export interface TypeFacts {
  /** Where they come from. */
  readonly from: string;
  /** True for a type that is of no use to a tool, unless `expose.yml` says `hide: false`. */
  readonly isHidden?: true;
  /** Field that shows what links to a row -> the link that is shown. Null for a link of its own, whatever other types have. */
  readonly inverseLinks?: Readonly<Record<string, string | null>>;
  /** Taken by a create and by nothing afterwards, whatever the schema says. */
  readonly createOnly?: readonly string[];
  /** Field that no input has -> why. */
  readonly neverWritten?: Readonly<Record<string, string>>;
  /** The link without which a new record would be lost; null where none is. `project` where it is left out. */
  readonly createdWith?: string | null;
  /** The link to the person by whom people read it as said; whether the site fills it in for a script is unknown. */
  readonly author?: string;
  /** The site takes every filter on these and ignores it. */
  readonly unfiltered?: readonly string[];
  /** File fields that take a path; the site finds the local storage that it lies in. */
  readonly takesPaths?: readonly string[];
  /** What a colour takes beside a triple. */
  readonly colours?: readonly string[];
  /** How links call a row, where it is otherwise than its name reads as a field: `#7: Title`, or by a field of its own. */
  readonly calledByLinks?: 'numberAndTitle' | 'identity';
  /** How a row is called that keeps no display name. */
  readonly calledWithoutName?: 'subjectAndContent';
  /** The field that costs a call of its own, and needs no more for it than the id of the row: the call begins with the row's. */
  readonly earlyCall?: { readonly field: string; readonly call: 'noteThread' | 'playlistOrder' };
  /** Type of the entries of its thread -> field that lists them. */
  readonly threadLists?: Readonly<Record<string, string>>;
  /** What the site retires together with a row, which its answer does not say. */
  readonly retiring?: string;
}

/**
 * The facts by type, each with the section of docs/shotgrid-api.md that it comes from. A new fact is a row. Nothing is wrong
 * where a site has no such field: then nothing is made of it.
 */
export const TYPE_FACTS = {
  Asset: { from: 'API 5.2, 8', inverseLinks: { shots: 'Shot.assets' } },
  // Files belong to no project unless they are given one.
  Attachment: { from: 'API 5.3, 8', createOnly: ['this_file'], createdWith: null },
  Delivery: { from: 'API 2.4, 8', calledByLinks: 'numberAndTitle' },
  EventLogEntry: { from: 'API 3.3', unfiltered: ['audit_trail'] },
  HumanUser: { from: 'API 5.2, 8', inverseLinks: { groups: 'Group.users' } },
  Note: {
    from: 'API 5.2, 5.3, 8, 9.4',
    inverseLinks: { replies: 'Reply.entity', tasks: 'Task.notes' },
    createOnly: ['meta'],
    neverWritten: { replies: 'Setting it deletes the replies: they are written one by one instead.' },
    author: 'user',
    calledWithoutName: 'subjectAndContent',
    earlyCall: { field: 'thread', call: 'noteThread' },
    threadLists: { Reply: 'replies', Attachment: 'attachments' },
  },
  PageSetting: { from: 'API 3.3', isHidden: true, unfiltered: ['settings_json'] },
  Playlist: {
    from: 'API 5.2, 8',
    inverseLinks: { versions: 'Version.playlists' },
    earlyCall: { field: 'orderedVersions', call: 'playlistOrder' },
  },
  Project: { from: 'API 5.2, 8', inverseLinks: { users: 'HumanUser.projects' } },
  PublishedFile: { from: 'API 5.3', takesPaths: ['path'] },
  // A reply to nothing cannot even be deleted.
  Reply: { from: 'API 8', createdWith: 'entity', author: 'user' },
  Sequence: { from: 'API 5.2, 8', inverseLinks: { shots: 'Shot.sg_sequence' } },
  Shot: {
    from: 'API 5.1, 5.2, 8',
    inverseLinks: { assets: 'Asset.shots' },
    retiring:
      'Its Versions are retired with it. Whether they come back with it is for the site to decide: look at them afterwards.',
  },
  // It keeps no display name: links call it by its code.
  Step: { from: 'API 2.4, 5.3, 8', createOnly: ['entity_type'], calledByLinks: 'identity' },
  Task: {
    from: 'API 5.1, 5.2, 5.3, 8',
    inverseLinks: {
      notes: 'Note.tasks',
      sg_versions: 'Version.sg_task',
      sg_published_files: 'PublishedFile.task',
    },
    neverWritten: {
      splits: 'Taken and thrown away: a write that does nothing must not look like one that did.',
    },
    // The colour of its step, and names that are stored as triples.
    colours: ['pipeline_step', 'Blue', 'Orange', 'Pink', 'Red', 'Green', 'Purple', 'Grey', 'Black'],
    retiring: 'Its dependencies are retired with it, and come back with it.',
  },
  TaskTemplate: { from: 'API 5.3, 8', createOnly: ['entity_type'] },
  Version: {
    from: 'API 5.2, 8',
    inverseLinks: {
      playlists: 'Playlist.versions',
      sg_task: 'Task.sg_versions',
      published_files: 'PublishedFile.version',
      tasks: null,
    },
  },
} as const satisfies Readonly<Record<string, TypeFacts>>;

const NOTHING_KNOWN: TypeFacts = { from: '' };
const BY_TYPE: Readonly<Record<string, TypeFacts>> = TYPE_FACTS;

export const typeFacts = (type: string): TypeFacts =>
  Object.hasOwn(BY_TYPE, type) ? (BY_TYPE[type] ?? NOTHING_KNOWN) : NOTHING_KNOWN;

/** The field that keeps the display name of a row with it. The site makes it. */
export const DISPLAY_NAME = 'cached_display_name';

/** Facts of fields that types have in common (API 2.4, 5.2, 5.3, 8). */
export const COMMON_FACTS = {
  inverseLinks: {
    tasks: 'Task.entity',
    notes: 'Note.note_links',
    open_notes: 'Note.note_links',
    sg_versions: 'Version.entity',
    versions: 'Version.entity',
    sg_published_files: 'PublishedFile.entity',
    published_files: 'PublishedFile.entity',
  },
  /** What names a row where ShotGrid keeps no display name with it, as it does for Step; the first that there is. */
  identity: ['code', 'name', 'content', 'subject', 'title', 'display_name'],
  /** Secrets of people or scripts: `expose.yml` cannot show these. */
  secrets: ['salted_password', 'secret_token'],
} as const satisfies {
  readonly inverseLinks: Readonly<Record<string, string>>;
  readonly identity: readonly string[];
  readonly secrets: readonly string[];
};
