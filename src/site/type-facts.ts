/** Facts of one entity type that are missing from a site's schema. */
export interface TypeFacts {
  /** Their source. */
  readonly from: string;
  /** True for a type that is useless to a tool, unless `expose.yml` sets `hide: false`. */
  readonly isHidden?: true;
  /**
   * Field that shows what links to a row -> the link that is shown; it holds in both directions. Null for a link of its
   * own, whatever other types have.
   */
  readonly inverseLinks?: Readonly<Record<string, string | null>>;
  /** Accepted by a create only, even if the schema differs. */
  readonly createOnly?: readonly string[];
  /** Field that no input has -> the reason. */
  readonly neverWritten?: Readonly<Record<string, string>>;
  /** The link without which a new record would be lost; null if there is none. The default is `project`. */
  readonly createdWith?: string | null;
  /** The link to the person shown as the author; it is unknown whether the site fills it in for a script. */
  readonly author?: string;
  /** The site accepts every filter on these and ignores it. */
  readonly unfiltered?: readonly string[];
  /** File fields that accept a path; the site finds the local storage that contains it. */
  readonly takesPaths?: readonly string[];
  /** Values of a colour field besides a triple. */
  readonly colours?: readonly string[];
  /** How links name a row, if not by its name as a field: `#7: Title`, or by a field of its own. */
  readonly calledByLinks?: 'numberAndTitle' | 'identity';
  /** The name of a row without a display name. */
  readonly calledWithoutName?: 'subjectAndContent';
  /**
   * The field that costs a call of its own, and needs only the row's id for it: the call starts together with the
   * row's.
   */
  readonly earlyCall?: { readonly field: string; readonly call: 'noteThread' | 'playlistOrder' };
  /** Type of the entries of its thread -> field that lists them. */
  readonly threadLists?: Readonly<Record<string, string>>;
  /** Records that the site retires together with a row, which its answer does not mention. */
  readonly retiring?: string;
}

/**
 * The facts by type, each with its section of docs/shotgrid-api.md. To add a fact, add a row. If a site lacks the
 * field, the fact has no effect.
 */
export const TYPE_FACTS = {
  Asset: { from: 'API 5.2, 8', inverseLinks: { shots: 'Shot.assets', parents: 'Asset.assets' } },
  // Files belong to no project unless one is set.
  Attachment: { from: 'API 5.3, 8', createOnly: ['this_file'], createdWith: null },
  Cut: { from: 'API 5.2, 8', inverseLinks: { cut_items: 'CutItem.cut' } },
  Delivery: { from: 'API 2.4, 8', calledByLinks: 'numberAndTitle' },
  EventLogEntry: { from: 'API 3.3', unfiltered: ['audit_trail'] },
  HumanUser: { from: 'API 5.2, 8', inverseLinks: { groups: 'Group.users' } },
  Note: {
    from: 'API 5.2, 5.3, 8, 9.4',
    inverseLinks: {
      replies: 'Reply.entity',
      tasks: 'Task.notes',
      attachments: 'Attachment.attachment_links',
    },
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
  PublishedFile: {
    from: 'API 5.3, 8',
    inverseLinks: { upstream_published_files: 'PublishedFile.downstream_published_files' },
    takesPaths: ['path'],
  },
  // A reply without a subject cannot even be deleted.
  Reply: { from: 'API 8', createdWith: 'entity', author: 'user' },
  Sequence: { from: 'API 5.2, 8', inverseLinks: { shots: 'Shot.sg_sequence' } },
  Shot: {
    from: 'API 5.1, 5.2, 8',
    inverseLinks: { assets: 'Asset.shots', parent_shots: 'Shot.shots' },
    retiring:
      'Its Versions are retired with it. The site decides whether they are revived with it: look at them afterwards.',
  },
  // It has no display name: links use its code.
  Step: { from: 'API 2.4, 5.3, 8', createOnly: ['entity_type'], calledByLinks: 'identity' },
  Task: {
    from: 'API 5.1, 5.2, 5.3, 8',
    inverseLinks: {
      notes: 'Note.tasks',
      sg_versions: 'Version.sg_task',
      sg_published_files: 'PublishedFile.task',
      upstream_tasks: 'Task.downstream_tasks',
    },
    neverWritten: {
      splits: 'Taken and thrown away: a write that does nothing must not look like one that did.',
    },
    // The colour of its step, and names that are stored as triples.
    colours: ['pipeline_step', 'Blue', 'Orange', 'Pink', 'Red', 'Green', 'Purple', 'Grey', 'Black'],
    retiring: 'Its dependencies are retired and revived with it.',
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

/** The field with a row's display name. The site computes it. */
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
  /** Links to the origin of a row: they say nothing of a relation between two types. */
  unpaired: ['created_by', 'updated_by', 'image_source_entity'],
  /** Fields that name a row if ShotGrid keeps no display name, as for Step; the first existing one counts. */
  identity: ['code', 'name', 'content', 'subject', 'title', 'display_name'],
  /** Secrets of people or scripts: `expose.yml` cannot show these. */
  secrets: ['salted_password', 'secret_token'],
} as const satisfies {
  readonly inverseLinks: Readonly<Record<string, string>>;
  readonly unpaired: readonly string[];
  readonly identity: readonly string[];
  readonly secrets: readonly string[];
};
