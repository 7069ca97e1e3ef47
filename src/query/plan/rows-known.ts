/** The rows, with their fields, that a request will have read at a given time. */
export class RowsKnown {
  readonly #byType = new Map<string, Map<number, ReadonlySet<string>>>();

  add(type: string, ids: readonly number[], fields: ReadonlySet<string>): void {
    const known = this.#byType.get(type) ?? new Map<number, ReadonlySet<string>>();
    this.#byType.set(type, known);
    for (const id of ids) known.set(id, new Set([...(known.get(id) ?? []), ...fields]));
  }

  /** The ids with at least one unknown field. */
  missing(type: string, ids: readonly number[], fields: ReadonlySet<string>): readonly number[] {
    const known = this.#byType.get(type);
    return ids.filter((id) => {
      const of = known?.get(id);
      return of === undefined || [...fields].some((field) => !of.has(field));
    });
  }
}
