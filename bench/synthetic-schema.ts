/** Data types as they are spread on a real site; links take every fourth field. */
const DATA_TYPES = [
  'text',
  'entity',
  'number',
  'date_time',
  'checkbox',
  'multi_entity',
  'status_list',
  'float',
  'url',
  'entity',
  'text',
  'list',
  'date',
  'duration',
  'percent',
  'multi_entity',
] as const;

const value = (content: unknown) => ({ value: content, editable: false });

/** A site of so many types with so many fields each, as `GET /schema` and `GET /schema/<Type>/fields` give it. */
export function syntheticSchema(types: number, fieldsPerType: number) {
  const names = Array.from(
    { length: types },
    (_, index) => `CustomEntity${String(index + 1).padStart(3, '0')}`,
  );
  const entityTypes = {
    data: Object.fromEntries(names.map((name) => [name, { name: value(name), visible: value(true) }])),
  };
  const field = (type: number, index: number) => {
    const dataType = DATA_TYPES[(type + index) % DATA_TYPES.length] ?? 'text';
    const isLink = dataType === 'entity' || dataType === 'multi_entity';
    const isList = dataType === 'list' || dataType === 'status_list';
    const targets = [names[(type * 7 + index) % types], names[(type + index * 3) % types]];
    return {
      name: value(`Field ${index}`),
      description: value(''),
      entity_type: value(names[type]),
      data_type: value(dataType),
      editable: value(true),
      mandatory: value(false),
      unique: value(false),
      properties: {
        default_value: value(null),
        summary_default: value('none'),
        ...(isLink && { valid_types: value(index % 3 === 0 ? targets : [targets[0]]) }),
        ...(isList && { valid_values: value(['wtg', 'ip', 'fin']) }),
      },
      visible: value(true),
      ui_value_displayable: value(true),
    };
  };
  const fields = Object.fromEntries(
    names.map((name, type) => [
      name,
      {
        data: Object.fromEntries(
          Array.from({ length: fieldsPerType }, (_, index) => [`sg_field_${index}`, field(type, index)]),
        ),
      },
    ]),
  );
  return { entityTypes, fields };
}
