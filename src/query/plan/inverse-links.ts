import { ownValue } from '../../base/bare.ts';
import { type ExposedSchema } from '../../site/expose.ts';

/**
 * Fields that show what links to a row, and the link that is shown (API 5.2, 8). The schema does not say which fields
 * belong together. Nothing is wrong where a site has it otherwise: the rows are then read after their parents.
 */
const PAIRS: Readonly<Record<string, string>> = {
  'Sequence.shots': 'Shot.sg_sequence',
  'Asset.shots': 'Shot.assets',
  'Shot.assets': 'Asset.shots',
  'Version.playlists': 'Playlist.versions',
  'Playlist.versions': 'Version.playlists',
  'Note.replies': 'Reply.entity',
  'Note.tasks': 'Task.notes',
  'Task.notes': 'Note.tasks',
  'Task.sg_versions': 'Version.sg_task',
  'Version.sg_task': 'Task.sg_versions',
  'Task.sg_published_files': 'PublishedFile.task',
  'Version.published_files': 'PublishedFile.version',
  'Project.users': 'HumanUser.projects',
  'HumanUser.groups': 'Group.users',
};

/** The same for fields that most types have. */
const OF_MANY_TYPES: Readonly<Record<string, string>> = {
  tasks: 'Task.entity',
  notes: 'Note.note_links',
  open_notes: 'Note.note_links',
  sg_versions: 'Version.entity',
  versions: 'Version.entity',
  sg_published_files: 'PublishedFile.entity',
  published_files: 'PublishedFile.entity',
};

/** Types whose field of that name is a link of its own (API 8, Note, Version). */
const LINKS_OF_THEIR_OWN: ReadonlySet<string> = new Set(['Version.tasks']);

/** The field of `target` that links back to rows of `type` which link to it by `field`; undefined where none is known. */
export function inverseLink(
  schema: ExposedSchema,
  type: string,
  field: string,
  target: string,
): string | undefined {
  const place = `${type}.${field}`;
  const pair =
    ownValue(PAIRS, place) ?? (LINKS_OF_THEIR_OWN.has(place) ? undefined : ownValue(OF_MANY_TYPES, field));
  const [pairType, pairField] = pair?.split('.') ?? [];
  if (pairType !== target || pairField === undefined) return undefined;
  const inverse = schema.types.get(target)?.fields.get(pairField);
  const isLink = inverse?.dataType === 'entity' || inverse?.dataType === 'multi_entity';
  const holdsType = inverse?.validTypes.length === 0 || inverse?.validTypes.includes(type) === true;
  return isLink && holdsType ? pairField : undefined;
}
