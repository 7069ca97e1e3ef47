import type { FilterCondition, FilterGroup } from '../../shotgun/port/requests.ts';

/** Below every id that a request may name, and still an `Int` of GraphQL. */
const BELOW_ALL = -2_000_000_000;

/** Ids of rows that no one has read yet. The same link of the same row always has the same. */
export class SampleIds {
  readonly #ids = new Map<string, number>();
  readonly #sources = new Map<number, string>();

  /** @param source where such rows come from, as people read it: `Sequence.shots` */
  of(key: string, source: string): number {
    const id = this.#ids.get(key) ?? BELOW_ALL + this.#ids.size;
    this.#ids.set(key, id);
    this.#sources.set(id, source);
    return id;
  }

  /** The row of one type that a row links to by a field. */
  linked(row: { readonly type: string; readonly id: number }, field: string, type: string): number {
    const source = `${row.type}.${field}`;
    return this.of(`${source} ${row.id} ${type}`, source);
  }

  /** A filter as people read it: where rows come from stands in place of their ids. */
  named({ logical_operator, conditions }: FilterGroup): FilterGroup {
    return {
      logical_operator,
      conditions: conditions.map((part) => (isCondition(part) ? this.#condition(part) : this.named(part))),
    };
  }

  #condition([path, relation, value]: FilterCondition): FilterCondition {
    return [path, relation, Array.isArray(value) ? this.#each(value) : this.#name(value)];
  }

  #each(values: readonly unknown[]): readonly unknown[] {
    const named = values.map((value) => this.#name(value));
    return named.filter((value, index) => typeof value !== 'string' || named.indexOf(value) === index);
  }

  #name(value: unknown): unknown {
    if (typeof value === 'number') return this.#sources.get(value) ?? value;
    if (typeof value !== 'object' || value === null || !('id' in value)) return value;
    return { ...value, id: this.#name(value.id) };
  }
}

const isCondition = (part: FilterCondition | FilterGroup): part is FilterCondition => Array.isArray(part);
