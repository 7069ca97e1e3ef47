/** What came from elsewhere is read field by field: a proxy may have answered in place of the server. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value itself, since fields of errors need not be enumerable. */
export const fieldsOf = (value: unknown): Fields => Object(value) as Fields;

export const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

export const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
