import type { FilterCondition, FilterGroup } from '../../shotgun/port/requests.ts';

/** Below every id that a request may contain, and still a GraphQL `Int`. */
const BELOW_ALL = -2_000_000_000;

/** Ids of sample rows. The same link of the same row always has the same id. */
export class SampleIds {
  readonly #ids = new Map<string, number>();
  readonly #sources = new Map<number, string>();

  /** @param source the origin of such rows, for people: `Sequence.shots` */
  of(key: string, source: string): number {
    const id = this.#ids.get(key) ?? BELOW_ALL + this.#ids.size;
    this.#ids.set(key, id);
    this.#sources.set(id, source);
    return id;
  }

  /** The sample row of one type behind a row's field. */
  linked(row: { readonly type: string; readonly id: number }, field: string, type: string): number {
    const source = `${row.type}.${field}`;
    return this.of(`${source} ${row.id} ${type}`, source);
  }

  /** A filter for people: the origin of rows replaces their ids. */
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
