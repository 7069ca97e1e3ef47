/** A type of the demo site: display name and one line a field, `name: dataType Display Name | options`. */
export interface TypeDefinition {
  readonly displayName: string;
  readonly fields: string;
  /** Leave out the fields that nearly every type has. */
  readonly isBare?: boolean;
}

/** Fields of almost every production type (API 8). */
const COMMON = `
cached_display_name: text Cached Display Name
created_at: date_time Date Created | ro
updated_at: date_time Date Updated | ro
created_by: entity Created by | ro HumanUser,ApiUser
updated_by: entity Updated by | ro HumanUser,ApiUser
image: image Thumbnail
filmstrip_image: image Filmstrip Thumbnail
image_blur_hash: text Image Blur Hash | ro
image_source_entity: entity Thumbnail Source Entity | ro Asset,Shot,Version,Task
tags: multi_entity Tags | Tag
notes: multi_entity Notes | Note
open_notes: multi_entity Open Notes | ro Note
open_notes_count: summary Open Notes Count | ro
`;

const BARE = `
cached_display_name: text Cached Display Name
created_at: date_time Date Created | ro
updated_at: date_time Date Updated | ro
created_by: entity Created by | ro HumanUser,ApiUser
updated_by: entity Updated by | ro HumanUser,ApiUser
`;

const LINE = /^(?<name>\w+): (?<dataType>\w+) (?<displayName>[^|]+?)(?: \| (?<options>.+))?$/u;

const leaf = (value: unknown, editable = false) => ({ value, editable });

/** The wire form of `GET /schema`. */
export function expandTypes(types: Readonly<Record<string, TypeDefinition>>): object {
  const data = Object.entries(types).map(([type, { displayName }]) => [
    type,
    { name: leaf(displayName), visible: leaf(true) },
  ]);
  return { data: Object.fromEntries(data) as object };
}

/** The wire form of `GET /schema/<Type>/fields`, by type, with the keys in the site's order (API 7). */
export function expandFields(
  types: Readonly<Record<string, TypeDefinition>>,
  statuses: Readonly<Record<string, string>>,
): object {
  const all = Object.entries(types).map(([type, { fields, isBare }]) => {
    const own = linesOf(`id: number Id | ro\n${fields}`);
    const isOwn = (line: string): boolean => own.some((known) => nameIn(known) === nameIn(line));
    const lines = [...own, ...linesOf(isBare ? BARE : COMMON).filter((line) => !isOwn(line))];
    return [type, { data: Object.fromEntries(lines.map((line) => expandLine(type, line, statuses))) }];
  });
  return Object.fromEntries(all) as object;
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
const nameIn = (line: string): string | undefined => line.split(':')[0];

function expandLine(
  type: string,
  line: string,
  statuses: Readonly<Record<string, string>>,
): [string, object] {
  const { name, dataType, displayName, options } = LINE.exec(line)?.groups ?? {};
  if (name === undefined || dataType === undefined)
    throw new Error(`${type}: the line "${line}" is no field.`);
  const words = (options ?? '').split(' ').filter((word) => word !== '');
  const isReadOnly = words.includes('ro');
  const values =
    words.find((word) => !['ro', 'unique', 'mandatory', 'custom'].includes(word))?.split(',') ?? [];
  const isCustom = name.startsWith('sg_');
  return [
    name,
    {
      name: leaf(displayName, true),
      description: leaf('', true),
      custom_metadata: leaf('', true),
      entity_type: leaf(type),
      data_type: leaf(dataType),
      editable: leaf(!isReadOnly),
      mandatory: leaf(words.includes('mandatory')),
      unique: leaf(words.includes('unique')),
      properties: propertiesOf(dataType, values, statuses, name),
      visible: leaf(true, isCustom),
      ui_value_displayable: leaf(true),
    },
  ];
}

function propertiesOf(
  dataType: string,
  values: readonly string[],
  statuses: Readonly<Record<string, string>>,
  name: string,
): object {
  const base = (defaultValue: unknown, summary: string) => ({
    default_value: leaf(defaultValue, dataType === 'list' || dataType === 'status_list'),
    summary_default: leaf(summary, true),
  });
  switch (dataType) {
    case 'text':
      return {
        ...base(null, 'none'),
        regex_validation: leaf('', true),
        regex_validation_enabled: leaf(null, true),
      };
    case 'entity':
    case 'multi_entity':
      return { ...base(null, 'none'), valid_types: leaf([...values], true) };
    case 'list':
      return {
        ...base(null, 'none'),
        valid_values: leaf(
          // An underscore before a capital stands for a space; codes such as `image_map` keep theirs.
          values.map((value) => value.replaceAll(/_(?=[A-Z])/gu, ' ')),
          true,
        ),
      };
    case 'status_list':
      return {
        ...base(values[0] ?? null, 'status_list'),
        valid_values: leaf([...values], true),
        display_values: leaf(Object.fromEntries(values.map((code) => [code, statuses[code] ?? code]))),
        hidden_values: leaf([]),
      };
    case 'checkbox':
      return base(name === 'can_impersonate_this_user', 'none');
    case 'image':
      return {
        ...base(null, 'none'),
        image_sorts: leaf([], true),
        image_use_query: leaf(false, true),
        render_method: leaf('image', true),
        allowed_render_methods: leaf(['image'], false),
      };
    case 'url':
      return { ...base(null, 'none'), open_in_new_window: leaf(true, true) };
    case 'summary':
      return {
        ...base(null, 'none'),
        summary_value: leaf('0', true),
        summary_field: leaf('id', true),
        query: leaf({ entity_type: 'Note', filters: { logical_operator: 'and', conditions: [] } }, true),
      };
    case 'calculated':
      return { ...base(null, 'none'), calculated_function: leaf('', true), renderer: leaf('text', true) };
    default:
      return base(null, 'none');
  }
}
