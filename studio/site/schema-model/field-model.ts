/** A property of the wire form: its value and whether it may be changed (API 7). */
export interface Leaf {
  value: unknown;
  readonly editable: boolean;
}

/** A field as `/schema/<Type>/fields` gives it. */
export interface RawField {
  readonly [key: string]: Leaf | Record<string, Leaf>;
}

export interface FieldModel {
  readonly name: string;
  readonly displayName: string;
  readonly dataType: string;
  readonly editable: boolean;
  readonly mandatory: boolean;
  readonly unique: boolean;
  readonly visible: boolean;
  readonly validTypes: readonly string[];
  readonly validValues: readonly string[];
  readonly displayValues: Readonly<Record<string, string>>;
  readonly hiddenValues: readonly string[];
  readonly defaultValue: unknown;
  readonly raw: RawField;
}
