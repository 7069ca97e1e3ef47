import type { FieldModel } from './field-model.ts';

/** A field whose value is computed from a link that is stored on other rows. */
export type Relation =
  /** The live rows of `type` whose link `field` holds this row. */
  | { readonly kind: 'reverse'; readonly type: string; readonly field: string }
  /** The far ends of connection rows: `near` holds this row, `far` the other one. */
  | {
      readonly kind: 'connection';
      readonly type: string;
      readonly near: string;
      readonly far: string;
    };

export interface Relations {
  of(type: string, field: string): Relation | undefined;
  reverse(type: string, field: string): string | undefined;
}

type FieldOf = (type: string, field: string) => FieldModel | undefined;

/** Two fields that show one relation (API 5.2): the first stores it, the second is computed. */
const PAIRS: readonly (readonly [stored: string, shown: string])[] = [
  ['Shot.sg_sequence', 'Sequence.shots'],
  ['Shot.assets', 'Asset.shots'],
  ['Shot.parent_shots', 'Shot.shots'],
  ['Asset.parents', 'Asset.assets'],
  ['Sequence.assets', 'Asset.sequences'],
  ['Sequence.episode', 'Episode.sequences'],
  ['Task.upstream_tasks', 'Task.downstream_tasks'],
  ['PublishedFile.upstream_published_files', 'PublishedFile.downstream_published_files'],
  ['HumanUser.projects', 'Project.users'],
  ['Group.users', 'HumanUser.groups'],
  ['HumanUser.department', 'Department.users'],
  ['Step.department', 'Department.steps'],
  ['Reply.entity', 'Note.replies'],
  ['Note.tasks', 'Task.notes'],
  ['Version.sg_task', 'Task.sg_versions'],
  ['PublishedFile.version', 'Version.published_files'],
  ['PublishedFile.task', 'Task.sg_published_files'],
  ['CutItem.cut', 'Cut.cut_items'],
  ['Cut.version', 'Version.cuts'],
  ['Attachment.attachment_links', 'Note.attachments'],
];

/** Fields of many types that show what links to them, and the link that is shown: field -> stored link. */
const VIEWS: Readonly<Record<string, string>> = {
  tasks: 'Task.entity',
  sg_versions: 'Version.entity',
  sg_published_files: 'PublishedFile.entity',
  notes: 'Note.note_links',
  open_notes: 'Note.note_links',
  cuts: 'Cut.entity',
};

/** Types whose field of that name is a link of its own and no view (API 8: Note and Version). */
const OWN_LINKS: ReadonlySet<string> = new Set(['Note.tasks', 'Version.tasks', 'Note.notes', 'Task.tasks']);

const CONNECTIONS: Readonly<Record<string, Extract<Relation, { kind: 'connection' }>>> = {
  'Playlist.versions': {
    kind: 'connection',
    type: 'PlaylistVersionConnection',
    near: 'playlist',
    far: 'version',
  },
  'Version.playlists': {
    kind: 'connection',
    type: 'PlaylistVersionConnection',
    near: 'version',
    far: 'playlist',
  },
  'Task.upstream_tasks': { kind: 'connection', type: 'TaskDependency', near: 'task', far: 'dependent_task' },
  'Task.downstream_tasks': {
    kind: 'connection',
    type: 'TaskDependency',
    near: 'dependent_task',
    far: 'task',
  },
};

export function createRelations(field: FieldOf, types: Iterable<string>): Relations {
  // Asked for each link of each row: maps within maps, for putting names together would cost more than the rest.
  const computed = new Map<string, Map<string, Relation>>();
  const isComputed = (place: string): boolean => {
    const [type, name] = split(place);
    return computed.get(type)?.has(name) ?? false;
  };
  const compute = (place: string, relation: Relation): void => {
    const [type, name] = split(place);
    computed.set(type, (computed.get(type) ?? new Map<string, Relation>()).set(name, relation));
  };
  const reverse = new Map<string, string>();
  const exists = (place: string): boolean => field(...split(place)) !== undefined;
  for (const [stored, shown] of PAIRS) {
    if (!exists(stored) || !exists(shown)) continue;
    const [type, name] = split(stored);
    compute(shown, { kind: 'reverse', type, field: name });
    reverse.set(stored, split(shown)[1]);
    reverse.set(shown, name);
  }
  for (const type of types) {
    for (const [name, stored] of Object.entries(VIEWS)) {
      const place = `${type}.${name}`;
      const isView = field(type, name)?.dataType === 'multi_entity' && !OWN_LINKS.has(place);
      if (!isView || isComputed(place) || !exists(stored)) continue;
      const [target, link] = split(stored);
      compute(place, { kind: 'reverse', type: target, field: link });
    }
  }
  for (const [place, relation] of Object.entries(CONNECTIONS)) {
    const { type, near, far } = relation;
    if (exists(place) && exists(`${type}.${near}`) && exists(`${type}.${far}`)) compute(place, relation);
  }
  return {
    of: (type, name) => computed.get(type)?.get(name),
    reverse: (type, name) => reverse.get(`${type}.${name}`),
  };
}

function split(place: string): [string, string] {
  const [type = '', field = ''] = place.split('.');
  return [type, field];
}
