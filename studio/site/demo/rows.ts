import type { EntityRef } from '../ports.ts';
import { createRandom, type Random } from './random.ts';

export type DemoRow = Record<string, unknown> & { readonly id: number };

/** Noon of the day on which the demo studio stands still. */
const BASE_MS = Date.UTC(2026, 8, 1, 12);
const MS_PER_DAY = 86_400_000;
const MS_PER_MINUTE = 60_000;

export const ref = (type: string, id: number): EntityRef => ({ type, id });

export const dateOf = (days: number): string =>
  new Date(BASE_MS + days * MS_PER_DAY).toISOString().slice(0, 10);

/** An instant so many minutes from the base, as ShotGrid reads it. */
export const timeOf = (minutes: number): string =>
  `${new Date(BASE_MS + minutes * MS_PER_MINUTE).toISOString().slice(0, 19)}Z`;

/** Collects the rows of the demo, type by type, each with its creator and time. */
export interface DemoRows {
  readonly random: Random;
  readonly tables: Record<string, DemoRow[]>;
  add(type: string, values: Readonly<Record<string, unknown>>, id?: number): DemoRow;
  count(type: string): number;
}

const SCRIPT = ref('ApiUser', 1);
const MINUTES_BACK = 200_000;

export function createDemoRows(seed: number): DemoRows {
  const tables: Record<string, DemoRow[]> = {};
  const random = createRandom(seed);
  return {
    random,
    tables,
    count: (type) => tables[type]?.length ?? 0,
    add(type, values, id) {
      const table = (tables[type] ??= []);
      const created = timeOf(-MINUTES_BACK + table.length * 7 + random.below(7));
      const author = values['created_by'] ?? SCRIPT;
      const row: DemoRow = {
        id: id ?? (table.at(-1)?.id ?? 0) + 1,
        created_at: created,
        updated_at: created,
        created_by: author,
        updated_by: author,
        ...values,
      };
      table.push(row);
      return row;
    },
  };
}
