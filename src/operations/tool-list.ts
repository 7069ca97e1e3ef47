import { stat } from 'node:fs/promises';
import type { Logger } from '../base/logger.ts';
import type { OperationRule } from '../config/tools/tool.ts';
import type { Vault } from '../store/vault.ts';
import { createKeptLists, type Documents, documentsOf, type KeptLists } from './kept-lists.ts';
import type { FirstOperation } from './first.ts';
import { OperationListError } from './list-error.ts';
import type { DocumentCheck, ListedDocument, ListedOperation } from './operation-list.ts';
import { type ListedTool, readToolList } from './read-lists.ts';
import { NO_RULE, strictest } from './rules.ts';

export interface ToolListDeps {
  readonly vault: Pick<Vault, 'add' | 'get' | 'set' | 'update'>;
  readonly logger: Logger;
  readonly check: DocumentCheck;
}

const AGAIN_MS = 5000;
const MAX_AGAIN_MS = 300_000;

/** The list of one tool: the one in force, and the latest ones of all processes. */
export class ToolList {
  readonly tool: ListedTool;
  readonly #deps: ToolListDeps;
  readonly #kept: KeptLists;
  #isOpen = false;
  #own: Documents = documentsOf([], () => undefined);
  #firsts: readonly (FirstOperation & { readonly ami: string })[] = [];
  /** Of the manifest that was read last: another one has another. */
  #mark = '';
  #taking: Promise<void> | undefined;
  #isStale = false;
  #notShared = 0;
  #again: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(tool: ListedTool, deps: ToolListDeps) {
    this.tool = tool;
    this.#deps = deps;
    this.#kept = createKeptLists(deps.vault, tool.name);
  }

  /**
   * Reads the list for the first time.
   *
   * @throws OperationListError
   */
  async open(): Promise<void> {
    await this.#take();
  }

  /** Takes up another list whole, or keeps the one in force and logs why. */
  async reload(): Promise<void> {
    if (this.#taking === undefined) return this.#takeNow();
    // What is being read may be what was there before: it is read once more, for everybody who asked meanwhile.
    this.#isStale = true;
    await this.#taking;
    if (this.#isStale) await this.#takeNow();
    else await this.#taking;
  }

  #takeNow(): Promise<void> {
    if (this.#taking === undefined) this.#isStale = false;
    this.#taking ??= this.#take()
      .catch((error: unknown) => {
        if (!(error instanceof OperationListError)) throw error;
        const reason = error.problems.slice(0, TOLD_PROBLEMS).join(' ');
        this.#deps.logger.error('operations.not_taken', {
          code: 'DOCUMENT_UNKNOWN',
          count: error.problems.length,
          reason,
        });
      })
      .finally(() => {
        this.#taking = undefined;
      });
    return this.#taking;
  }

  /** A document that this process knows. */
  known(find: (documents: Documents) => ListedDocument | undefined): ListedDocument | undefined {
    for (const documents of [this.#own, ...this.#kept.lists]) {
      const found = find(documents);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /**
   * What an operation needs as this tool says it, or has said it of one of the lists that stay valid. A build that renames an
   * operation, or leaves it out, leaves its old document no freer than it was.
   */
  ruleOf({ name, shape }: ListedOperation): OperationRule {
    let rule = NO_RULE;
    for (const { rules } of [this.#own, ...this.#kept.lists]) {
      const kept = rules.get(shape);
      if (kept === undefined) continue;
      rule = strictest(strictest(rule, kept), this.tool.rules.get(name) ?? NO_RULE);
    }
    return rule;
  }

  /**
   * The same as `known`, after a look at what is new: a manifest that was replaced, or a list of another process.
   * Errors: `UNAVAILABLE`: then it is not known whether there is such a document.
   */
  async find(
    find: (documents: Documents) => ListedDocument | undefined,
  ): Promise<ListedDocument | undefined> {
    const known = this.known(find);
    if (known !== undefined) return known;
    if ((await this.#markNow()) !== this.#mark) await this.#takeNow();
    else await this.#taking;
    const taken = this.known(find);
    if (taken !== undefined) return taken;
    await this.#kept.look();
    return this.known(find);
  }

  /** Of the list in force. */
  firsts(ami: string): readonly FirstOperation[] {
    return this.#firsts.filter((first) => first.ami === ami);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#again);
  }

  async #take(): Promise<void> {
    const mark = await this.#markNow();
    const list = await readToolList(this.tool, this.#deps.check).catch((error: unknown) => {
      // What is wrong in a file stays so until it is written again; a file that could not be read is looked at again.
      if (error instanceof OperationListError && !error.isOfFile) this.#mark = mark;
      throw error;
    });
    this.#mark = mark;
    this.#firsts = this.tool.firsts.flatMap(({ ami, operation }) =>
      list.operations
        .filter(({ name }) => name === operation)
        .map(({ name, text, variables }) => ({ name, text, variables, ami, tool: this.tool })),
    );
    this.#own = documentsOf(list.documents, ({ name }) => this.tool.rules.get(name));
    const fields = { tool: this.tool.name, count: list.operations.length };
    this.#deps.logger.info(this.#isOpen ? 'operations.taken' : 'operations.read', fields);
    this.#isOpen = true;
    void this.#share();
  }

  /** In the background, until it succeeds: a server starts without its store, too. */
  async #share(): Promise<void> {
    clearTimeout(this.#again);
    try {
      await this.#kept.keep(this.#own);
      this.#notShared = 0;
    } catch (error) {
      if (this.#isClosed) return;
      if (this.#notShared === 0)
        this.#deps.logger.warn('operations.not_shared', { tool: this.tool.name, error });
      const afterMs = Math.min(AGAIN_MS * 2 ** this.#notShared, MAX_AGAIN_MS);
      this.#notShared += 1;
      this.#again = setTimeout(() => void this.#share(), afterMs).unref();
    }
  }

  /** The files of a folder are replaced one by one: only a signal says that they are complete. */
  async #markNow(): Promise<string> {
    const file = await stat(this.tool.operations, { bigint: true }).catch(() => undefined);
    if (file === undefined || file.isDirectory()) return this.#mark;
    return `${file.ino} ${file.size} ${file.mtimeNs}`;
  }
}

const TOLD_PROBLEMS = 5;
