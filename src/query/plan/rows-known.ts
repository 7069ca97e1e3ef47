/** The rows that a request will have read by some time, and with which fields. */
export class RowsKnown {
  readonly #byType = new Map<string, Map<number, ReadonlySet<string>>>();

  add(type: string, ids: readonly number[], fields: ReadonlySet<string>): void {
    const known = this.#byType.get(type) ?? new Map<number, ReadonlySet<string>>();
    this.#byType.set(type, known);
    for (const id of ids) known.set(id, new Set([...(known.get(id) ?? []), ...fields]));
  }

  /** Those of which a field is not known yet. */
  missing(type: string, ids: readonly number[], fields: ReadonlySet<string>): readonly number[] {
    const known = this.#byType.get(type);
    return ids.filter((id) => {
      const of = known?.get(id);
      return of === undefined || [...fields].some((field) => !of.has(field));
    });
  }
}
