/** What rights and events need to know of the site's schema. */
export interface SchemaFacts {
  /** A field by system name, undefined where the type has none such. */
  field(type: string, name: string): FieldFacts | undefined;
  /**
   * The field at the other end of the same relation, on rows of the target type: `versions` of Playlist for
   * `Version.playlists` (API 5.2). Null where there is none.
   */
  reverseOf(type: string, field: string, targetType: string): string | null;
}

export interface FieldFacts {
  readonly displayName: string;
  /** `editable.value` of the schema, before any caller's rights. */
  readonly isEditable: boolean;
}
