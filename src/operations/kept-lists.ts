import { z } from 'zod';
import { sha256 } from '../base/digest.ts';
import type { Vault } from '../store/vault.ts';
import type { OperationRule } from '../config/tools/tool.ts';
import type { ListedDocument } from './operation-list.ts';
import { NO_RULE, strictest } from './rules.ts';

/** The documents of one list, by what requests name them. */
export interface Documents {
  /** Equal for equal lists. */
  readonly listId: string;
  readonly byId: ReadonlyMap<string, ListedDocument>;
  readonly byShape: ReadonlyMap<string, ListedDocument>;
  /** By the shape of each operation: what it needed when the list was taken up. */
  readonly rules: ReadonlyMap<string, OperationRule>;
}

/** The documents of a list, and what their operations need. */
export function documentsOf(
  all: readonly ListedDocument[],
  ruleOf: (operation: ListedDocument['operations'][number]) => OperationRule | undefined,
): Documents {
  const rules = new Map<string, OperationRule>();
  for (const operation of all.flatMap(({ operations }) => operations)) {
    const { shape } = operation;
    rules.set(shape, strictest(rules.get(shape) ?? NO_RULE, ruleOf(operation) ?? NO_RULE));
  }
  const marks = [...rules].map(([shape, { maxAuthAgeMs, maxSearches }]) =>
    JSON.stringify([shape, maxAuthAgeMs, maxSearches]),
  );
  return {
    // A list with other rules is another list: processes that know the one have to read the other.
    listId: sha256([...all.map(({ id }) => id), ...marks].toSorted().join(' ')),
    byId: new Map(all.map((document) => [document.id, document])),
    byShape: new Map(all.map((document) => [document.shape, document])),
    rules,
  };
}

const KEPT = z.object({
  documents: z.array(
    z.object({
      id: z.string(),
      shape: z.string(),
      text: z.string(),
      operations: z.array(z.object({ name: z.string(), shape: z.string() })),
    }),
  ),
  rules: z.array(
    z.tuple([
      z.string(),
      z.object({ maxAuthAgeMs: z.number().nullable(), maxSearches: z.number().nullable() }),
    ]),
  ),
});
const LIST_IDS = z.array(z.string());

/** Pages of an older build stay open for days; a list says nothing about rights, so that it may stay for long. */
const KEPT_MS = 180 * 24 * 3_600_000;
const LISTS_KEPT = 3;

/** The latest lists of a tool, newest first, which all processes share. Errors: `UNAVAILABLE`. */
export interface KeptLists {
  /** Makes a list the newest one. */
  keep(documents: Documents): Promise<void>;
  /** Reads those lists that are not known yet. */
  look(): Promise<void>;
  /** As of the last look. */
  readonly lists: readonly Documents[];
}

/** The lists of one tool in the store. */
export function createKeptLists(
  vault: Pick<Vault, 'add' | 'get' | 'set' | 'update'>,
  tool: string,
): KeptLists {
  const indexKey = `operations:${tool}`;
  const listKey = (listId: string): string => `operation-list:${tool}:${listId}`;
  const known = new Map<string, Documents>();
  let lists: readonly Documents[] = [];
  let looking: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    const listIds = LIST_IDS.safeParse(await vault.get(indexKey)).data ?? [];
    for (const listId of listIds) {
      if (known.has(listId)) continue;
      const kept = KEPT.safeParse(await vault.get(listKey(listId))).data;
      if (kept === undefined) continue;
      const rules = new Map(kept.rules);
      known.set(
        listId,
        documentsOf(kept.documents, ({ shape }) => rules.get(shape)),
      );
    }
    for (const listId of [...known.keys()]) if (!listIds.includes(listId)) known.delete(listId);
    lists = listIds.flatMap((listId) => known.get(listId) ?? []);
  };

  return {
    get lists() {
      return lists;
    },
    async keep(documents) {
      const { listId } = documents;
      const first = (value: unknown): readonly string[] => {
        const others = (LIST_IDS.safeParse(value).data ?? []).filter((other) => other !== listId);
        return [listId, ...others].slice(0, LISTS_KEPT);
      };
      // The texts come first: a process that finds the list in the index finds them too.
      const kept = { documents: [...documents.byId.values()], rules: [...documents.rules] };
      await vault.set(listKey(listId), kept, KEPT_MS);
      while (
        !(await vault.update(indexKey, first, KEPT_MS)) &&
        !(await vault.add(indexKey, [listId], KEPT_MS))
      );
      known.set(listId, documents);
      await read();
    },
    look() {
      // One look at a time serves everybody who waits for it.
      looking ??= read().finally(() => {
        looking = undefined;
      });
      return looking;
    },
  };
}
