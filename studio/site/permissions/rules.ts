/**
 * What the stock roles may see and do, as data (API 1.5, 1.7). The rules of a real site cannot be read over
 * REST, only their effect: this table is one believable site.
 */

export interface Comparison {
  readonly path: string;
  readonly relation: 'in';
  readonly values: readonly Token[];
}
export interface ConditionTree {
  readonly logical_operator: 'and' | 'or';
  readonly conditions: readonly (Comparison | ConditionTree)[];
}
type Token = 'logged_in_user_token' | 'logged_in_user_groups_token';
export type Verb = 'create' | 'update' | 'delete';

export interface Rule {
  /** As `PermissionRule <n>` in a refusal. */
  readonly number: number;
  readonly verb: Verb;
  /** `production`: every type that belongs to a project, and what hangs on such rows. */
  readonly types: readonly string[] | 'production' | 'any';
  /** Of an update; every field without it. */
  readonly fields?: readonly string[];
  readonly condition?: ConditionTree;
  /** Refused even if other rules allow it. */
  readonly isDenial?: boolean;
}

export interface RoleRules {
  readonly displayName: string;
  /** Rows: all, those of the role's projects, or of these only what `rows` and assignments give. */
  readonly sees: 'everything' | 'projects' | 'assignments';
  readonly unreadableTypes: readonly string[];
  /** For `assignments`: what is seen of a type by a condition. */
  readonly rows?: Readonly<Record<string, ConditionTree>>;
  readonly rules: readonly Rule[];
}

const isMe = (path: string): Comparison => ({ path, relation: 'in', values: ['logged_in_user_token'] });
const isMeOrMyGroup = (path: string): Comparison => ({
  path,
  relation: 'in',
  values: ['logged_in_user_token', 'logged_in_user_groups_token'],
});
const anyOf = (...conditions: (Comparison | ConditionTree)[]): ConditionTree => ({
  logical_operator: 'or',
  conditions,
});

const OWN = anyOf(isMe('user'), isMe('created_by'));
const ASSIGNED = anyOf(isMeOrMyGroup('task_assignees'));
const ADDRESSED = anyOf(OWN, isMeOrMyGroup('addressings_to'), isMeOrMyGroup('addressings_cc'));
const MEDIA = ['image', 'filmstrip_image', 'sg_uploaded_movie', 'sg_path_to_movie', 'sg_path_to_frames'];

/** Rows whose visibility is that of the rows they are linked to. */
export const hangsOn: Readonly<Record<string, string>> = {
  Reply: 'entity',
  Attachment: 'attachment_links',
  PlaylistVersionConnection: 'playlist',
  TaskDependency: 'task',
};

/** State of the viewer, not of the row: everyone may write their own (API 1.5). */
const perViewer: readonly Rule[] = [
  { number: 1, verb: 'update', types: ['Note'], fields: ['read_by_current_user'] },
  { number: 2, verb: 'update', types: ['Version'], fields: ['viewed_by_current_user'] },
  { number: 3, verb: 'update', types: ['Playlist'], fields: ['media_center_viewed_by_current_user'] },
  {
    number: 4,
    verb: 'update',
    types: ['Project'],
    fields: ['current_user_favorite', 'last_accessed_by_current_user'],
  },
];

/** Of every role: not even an API Admin may do this (API 1.4, 9.1). */
const denials: readonly Rule[] = [
  {
    number: 90,
    verb: 'update',
    types: ['HumanUser'],
    fields: ['can_impersonate_this_user'],
    isDenial: true,
  },
  { number: 91, verb: 'update', types: ['EventLogEntry'], isDenial: true },
  { number: 92, verb: 'delete', types: ['EventLogEntry'], isDenial: true },
  { number: 93, verb: 'create', types: ['PermissionRuleSet'], isDenial: true },
  { number: 94, verb: 'delete', types: ['PermissionRuleSet'], isDenial: true },
];

const everything: readonly Rule[] = [
  { number: 10, verb: 'create', types: 'any' },
  { number: 11, verb: 'update', types: 'any' },
  { number: 12, verb: 'delete', types: 'any' },
];

const makersCreate = ['Note', 'Reply', 'Version', 'TimeLog', 'PublishedFile', 'Attachment'];
const makers: readonly Rule[] = [
  { number: 30, verb: 'update', types: ['Note', 'Reply', 'TimeLog'], condition: OWN },
  { number: 31, verb: 'update', types: ['Task'], fields: ['sg_status_list'], condition: ASSIGNED },
  {
    number: 32,
    verb: 'update',
    types: ['Version'],
    fields: ['sg_status_list', 'description', 'tags', 'playlists', ...MEDIA],
    condition: OWN,
  },
  {
    number: 33,
    verb: 'update',
    types: ['PublishedFile'],
    fields: ['sg_status_list', 'description', 'image'],
    condition: OWN,
  },
  {
    number: 34,
    verb: 'update',
    types: ['Attachment'],
    fields: ['display_name', 'description', 'tags'],
    condition: OWN,
  },
  { number: 35, verb: 'delete', types: ['Note', 'Reply', 'TimeLog'], condition: OWN },
];

const artistPlaylists: readonly Rule[] = [
  { number: 41, verb: 'update', types: ['Playlist', 'PlaylistVersionConnection'], condition: OWN },
  { number: 42, verb: 'delete', types: ['Playlist', 'PlaylistVersionConnection'], condition: OWN },
];

/** Also of an unknown role. */
export const artistRules: RoleRules = {
  displayName: 'Artist',
  sees: 'projects',
  unreadableTypes: ['ApiUser'],
  rules: [
    ...denials,
    ...perViewer,
    {
      number: 40,
      verb: 'create',
      types: [...makersCreate, 'Playlist', 'PlaylistVersionConnection'],
    },
    ...makers,
    ...artistPlaylists,
  ],
};

/** By `PermissionRuleSet.code`. */
export const roleRules: Readonly<Record<string, RoleRules>> = {
  api_admin: {
    displayName: 'API Admin',
    sees: 'everything',
    unreadableTypes: [],
    rules: [...denials, ...everything],
  },
  admin: {
    displayName: 'Admin',
    sees: 'everything',
    unreadableTypes: [],
    rules: [...denials, ...everything],
  },
  manager: {
    displayName: 'Manager',
    sees: 'projects',
    unreadableTypes: ['ApiUser'],
    rules: [
      ...denials,
      ...perViewer,
      { number: 20, verb: 'create', types: 'production' },
      { number: 21, verb: 'update', types: 'production' },
      { number: 22, verb: 'delete', types: 'production' },
    ],
  },
  artist: artistRules,
  vendor: {
    displayName: 'Vendor',
    sees: 'assignments',
    unreadableTypes: ['ApiUser'],
    rows: {
      Task: ASSIGNED,
      Version: OWN,
      Note: ADDRESSED,
      PublishedFile: OWN,
      Playlist: OWN,
      TimeLog: OWN,
      EventLogEntry: anyOf(isMe('user')),
    },
    rules: [...denials, ...perViewer, { number: 50, verb: 'create', types: makersCreate }, ...makers],
  },
};
