/** ShotGrid's data types (API 5.3). Sites may have others: they keep their spelling. */
export type DataType =
  | 'text'
  | 'number'
  | 'float'
  | 'percent'
  | 'duration'
  | 'timecode'
  | 'currency'
  | 'checkbox'
  | 'list'
  | 'status_list'
  | 'date'
  | 'date_time'
  | 'entity'
  | 'multi_entity'
  | 'entity_type'
  | 'image'
  | 'url'
  | 'color'
  | 'jsonb'
  | 'serializable'
  | 'uuid'
  | 'summary'
  | 'calculated'
  | 'pivot_column'
  | 'password'
  | (string & {});

export interface FieldSchema {
  /** System name, such as `sg_status_list`. */
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly dataType: DataType;
  /** As the script sees it: a person may have fewer rights, never more (API 1.5). */
  readonly editable: boolean;
  readonly mandatory: boolean;
  readonly unique: boolean;
  /** Types that a link may hold; empty for other fields, and for links without a list of types. */
  readonly validTypes: readonly string[];
  readonly validValues: readonly string[];
  /** Code -> label of a status list. */
  readonly displayValues: ReadonlyMap<string, string>;
  readonly hiddenValues: readonly string[];
  readonly defaultValue: unknown;
}

export interface EntityTypeSchema {
  /** Schema name, such as `Shot` or `CustomEntity02`. */
  readonly type: string;
  readonly displayName: string;
  readonly fields: ReadonlyMap<string, FieldSchema>;
}

/** The schema of one ShotGrid site: its enabled types and their fields, sorted by name. Immutable. */
export interface SiteSchema {
  readonly types: ReadonlyMap<string, EntityTypeSchema>;
}

export const isLink = (field: FieldSchema): boolean =>
  field.dataType === 'entity' || field.dataType === 'multi_entity';
