import type { ExposedField, ExposedSchema, ExposedType } from '../../src/site/expose.ts';
import { writableFields, type WriteMode } from '../../src/query/write/write-values.ts';
import type { Dataset } from '../../studio/site/ports.ts';

/** A value for a field of an input, how it is asked for and how it reads afterwards. */
export interface WriteSample {
  readonly name: string;
  readonly systemName: string;
  readonly dataType: string;
  readonly value: unknown;
  readonly ask: string;
  readonly read: unknown;
}

export interface WriteSamples {
  /** A sample for each field of the type's input, but for links to types of which there are no rows. */
  of(type: ExposedType, mode: WriteMode): readonly WriteSample[];
}

/** What reads otherwise than it was written, as it should. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  // Each viewer's own (API 1.5).
  'Note.read_by_current_user',
  'Version.viewed_by_current_user',
  'Playlist.media_center_viewed_by_current_user',
  'Project.current_user_favorite',
  'Project.last_accessed_by_current_user',
  // The site makes dates and duration of a Task agree (API 8, Task).
  'Task.start_date',
  'Task.due_date',
  // The same Task cannot come before and after (API 8, Task).
  'Task.downstream_tasks',
  // A milestone has no duration (API 8, Task).
  'Task.milestone',
  // Not writable by anybody (API 1.4).
  'HumanUser.can_impersonate_this_user',
]);

const SCALARS: Readonly<Record<string, unknown>> = {
  number: -7,
  // A whole number, which the site refuses as a JSON integer (API 5.3).
  float: 24,
  percent: 1000,
  duration: 90,
  timecode: 3_600_000,
  checkbox: true,
  date: '2028-02-29',
  color: '253,94,99',
  entity_type: 'Shot',
  jsonb: { b: [1, null], a: { deep: true } },
  serializable: { view: ['x'] },
};

export function writeSamples(schema: ExposedSchema, dataset: Dataset): WriteSamples {
  const linkTo = (field: ExposedField): { type: string; id: number } | undefined => {
    for (const type of field.validTypes) {
      const id = dataset.rows[type]?.[0]?.id;
      if (id !== undefined && schema.types.has(type)) return { type, id };
    }
    return undefined;
  };

  const sampleOf = (type: ExposedType, field: ExposedField, mode: WriteMode): WriteSample | undefined => {
    const name = field.graphqlName;
    const base = { name, systemName: field.name, dataType: field.dataType, ask: name };
    switch (field.dataType) {
      case 'text': {
        const value = `${type.type} ${mode} ${name} “é”\nтекст`;
        return { ...base, value, read: value };
      }
      case 'list':
      case 'status_list': {
        const value = field.validValues.at(-1) ?? null;
        return { ...base, value, read: value };
      }
      case 'date_time':
        return { ...base, value: '2026-02-28T23:30:00-02:00', read: '2026-03-01T01:30:00Z' };
      case 'url': {
        const value = { url: 'https://lantern.example/a b?c=d', name: 'A link' };
        return { ...base, ask: `${name} { url name linkType }`, value, read: { ...value, linkType: 'WEB' } };
      }
      case 'entity': {
        const link = linkTo(field);
        return link && { ...base, ask: `${name} { type id }`, value: link, read: link };
      }
      case 'multi_entity': {
        const link = linkTo(field);
        const value = mode === 'create' ? [link] : { set: [link] };
        return link && { ...base, ask: `${name} { type id }`, value, read: [link] };
      }
      default:
        return { ...base, value: SCALARS[field.dataType], read: SCALARS[field.dataType] };
    }
  };

  return {
    of: (type, mode) =>
      writableFields(type, mode).flatMap((field) => {
        // A template makes Tasks of its own beside those that are given (API 5.1).
        const isTemplate = field.name === 'task_template' && type.fields.has('tasks');
        const isLeftOut = isTemplate || LEFT_OUT.has(`${type.type}.${field.name}`);
        return isLeftOut ? [] : (sampleOf(type, field, mode) ?? []);
      }),
  };
}

/** Types that keep no record with an empty name (API 5.4), and what their records need. */
const NEVER_EMPTY: ReadonlySet<string> = new Set([
  'Shot.code',
  'Sequence.code',
  'Task.color',
  'Reply.entity',
]);

/** The same field emptied; undefined where it never is. */
export function emptyOf(
  { type }: ExposedType,
  { systemName, ...sample }: WriteSample,
): WriteSample | undefined {
  if (systemName === 'project' || NEVER_EMPTY.has(`${type}.${systemName}`)) return undefined;
  const emptied = { ...sample, systemName };
  switch (sample.dataType) {
    case 'checkbox':
      return { ...emptied, value: false, read: false };
    case 'multi_entity':
      return { ...emptied, value: { set: [] }, read: [] };
    default:
      return { ...emptied, value: null, read: null };
  }
}
