/** A field as `GET /schema/<Type>/fields` gives it, with what a test cares about. */
export function wireField(
  dataType: string,
  properties: Readonly<Record<string, unknown>> = {},
  more: { readonly name?: string; readonly editable?: boolean } = {},
): Record<string, unknown> {
  const wrapped = Object.entries({ default_value: null, ...properties }).map(([key, value]) => [
    key,
    { value, editable: false },
  ]);
  return {
    name: { value: more.name ?? 'A Field', editable: true },
    description: { value: '', editable: true },
    data_type: { value: dataType, editable: false },
    editable: { value: more.editable ?? true, editable: false },
    mandatory: { value: false, editable: false },
    unique: { value: false, editable: false },
    properties: Object.fromEntries(wrapped) as Record<string, unknown>,
    visible: { value: true, editable: false },
  };
}

/** `entity-types.json` and `fields.json` of a made-up site. */
export function wireSchema(types: Readonly<Record<string, Readonly<Record<string, unknown>>>>): {
  readonly entityTypes: unknown;
  readonly fields: unknown;
} {
  return {
    entityTypes: {
      data: Object.fromEntries(
        Object.keys(types).map((type) => [
          type,
          { name: { value: `${type} `, editable: false }, visible: { value: true, editable: false } },
        ]),
      ),
    },
    fields: Object.fromEntries(Object.entries(types).map(([type, data]) => [type, { data }])),
  };
}
