import { LRUCache } from 'lru-cache';
import { parse } from 'graphql';
import { sha256 } from '../base/digest.ts';
import { AppError } from '../base/errors.ts';
import type { Config } from '../config/config.ts';
import type { DocumentPolicy, OperationRule, ToolConfig } from '../config/tools/tool.ts';
import { shapeOf } from './document-shape.ts';
import type { FirstOperation } from './first.ts';
import type { Documents } from './kept-lists.ts';
import { OperationListError } from './list-error.ts';
import type { ListedDocument, ListedOperation } from './operation-list.ts';
import { hasList } from './read-lists.ts';
import { NO_RULE, strictest } from './rules.ts';
import { ToolList, type ToolListDeps } from './tool-list.ts';

/** A request, before its document is known. */
export interface Asked {
  readonly tool: ToolConfig | undefined;
  readonly text: string | undefined;
  /** Ids of the document as the client sent them. */
  readonly ids: readonly string[];
  readonly operationName: string | undefined;
  /** The explorer's page in development asks anything. */
  readonly isFree: boolean;
}

/** A request whose document is known. */
export interface Named {
  readonly text: string;
  /** The tool whose document it is, or that asks. */
  readonly tool: string | undefined;
  /** Of the list; `unknown` for a document that is on none. Undefined if there is no list to look at. */
  readonly operation: string | undefined;
  readonly rule: OperationRule;
  /** The document is on no list, and would be refused if this were not the explorer. */
  readonly isFreed: boolean;
}

/** The lists of operations of all tools. */
export interface Operations {
  /**
   * The document of a request, and its name.
   * Errors: `DOCUMENT_UNKNOWN`, `PERSISTED_QUERY_NOT_FOUND`, `BAD_REQUEST`, `UNAVAILABLE`.
   */
  named(asked: Asked): Promise<Named>;
  /** What a menu item begins before its page asks. */
  firsts(ami: string): readonly FirstOperation[];
  /** Reads every list again: each is taken whole or not at all. */
  reload(): Promise<void>;
  close(): void;
}

export interface OperationsDeps extends ToolListDeps {
  /** Receives each document that is on no list and was refused, or run and logged. */
  readonly onUnlisted?: (unlisted: Unlisted) => void;
}

/** A document that is on no list. */
export interface Unlisted {
  /** Of `shotgraph.yml`; `unknown` for a request of none. */
  readonly tool: string;
  readonly outcome: 'refused' | 'run';
}

/** The one label of documents that are on no list. */
export const UNKNOWN = 'unknown';

/**
 * Reads the lists of all tools.
 *
 * @throws OperationListError with the mistakes of all of them
 */
export async function openOperations(asking: Config['asking'], deps: OperationsDeps): Promise<Operations> {
  const lists = asking.tools.filter(hasList).map((tool) => new ToolList(tool, deps));
  const opened = await Promise.allSettled(lists.map((list) => list.open()));
  const problems = opened.flatMap((result) => {
    if (result.status === 'fulfilled') return [];
    if (result.reason instanceof OperationListError) return result.reason.problems;
    throw result.reason;
  });
  if (problems.length > 0) {
    for (const list of lists) list.close();
    throw new OperationListError(problems);
  }
  return new ListedOperations(asking.documents, lists, deps);
}

const ID = /^(?:sha256:)?(?<digest>[0-9a-f]{64})$/u;
const MAX_NAME_LENGTH = 100;
const MAX_KNOWN = 1000;
const NOT_ITS_TEXT =
  'The id of the document is not the SHA-256 of its text. Send one of the two, or let the client compute the id of what it sends.';

class ListedOperations implements Operations {
  readonly #documents: DocumentPolicy;
  readonly #lists: readonly ToolList[];
  readonly #deps: OperationsDeps;
  /** By id; null for a text that cannot be parsed. */
  readonly #shapes = new LRUCache<string, { readonly shape: string | null }>({ max: MAX_KNOWN });
  readonly #told = new LRUCache<string, true>({ max: MAX_KNOWN });

  constructor(documents: DocumentPolicy, lists: readonly ToolList[], deps: OperationsDeps) {
    this.#documents = documents;
    this.#lists = lists;
    this.#deps = deps;
  }

  async named(asked: Asked): Promise<Named> {
    const { tool, text, ids } = asked;
    const lists = this.#lists.filter(({ tool: { name, by } }) =>
      tool === undefined ? by.kind === 'served' : name === tool.name,
    );
    const policy = tool?.documents ?? this.#documents;
    const id = idOf(text, ids, lists.length > 0 || policy !== 'any');
    // A text that is run anyway is looked for once, for its name.
    const isAskedFor =
      text === undefined || policy === 'only' || (policy === 'log' && !this.#told.has(toldKey(tool, id)));
    const found =
      id === undefined
        ? undefined
        : await this.#find(lists, { id, text, isAskedFor }).catch((error: unknown) => {
            if (text === undefined || policy === 'only') throw error;
            return undefined;
          });
    if (found !== undefined) return this.#listed(asked, found);
    if (text === undefined)
      throw policy === 'only' ? this.#refusal(asked) : new AppError('PERSISTED_QUERY_NOT_FOUND');
    if (policy === 'only' && !asked.isFree) throw this.#refusal(asked);
    if (policy === 'log') this.#tell(asked, id ?? '');
    return {
      ...{ text, tool: tool?.name, rule: NO_RULE, isFreed: policy === 'only' },
      operation: lists.length === 0 ? undefined : UNKNOWN,
    };
  }

  firsts(ami: string): readonly FirstOperation[] {
    return this.#lists.flatMap((list) => list.firsts(ami));
  }

  async reload(): Promise<void> {
    await Promise.all(this.#lists.map((list) => list.reload()));
  }

  close(): void {
    for (const list of this.#lists) list.close();
  }

  /** The document in the first of these lists that has it; with all lists that do. */
  async #find(
    lists: readonly ToolList[],
    {
      id,
      text,
      isAskedFor,
    }: { readonly id: string; readonly text: string | undefined; readonly isAskedFor: boolean },
  ): Promise<Found | undefined> {
    const find = ({ byId, byShape }: Documents): ListedDocument | undefined => {
      const listed = byId.get(id);
      if (listed !== undefined || text === undefined) return listed;
      const shape = this.#shapeOf(id, text);
      return shape === undefined ? undefined : byShape.get(shape);
    };
    for (const isFresh of isAskedFor ? [false, true] : [false]) {
      const found: Found[] = [];
      for (const list of lists) {
        const document = isFresh ? await list.find(find) : list.known(find);
        if (document !== undefined) found.push({ document, tool: list.tool.name });
      }
      const [first] = found;
      // A document of two tools that asks at no address of either belongs to neither.
      if (first !== undefined)
        return found.length === 1 ? first : { document: first.document, tool: undefined };
    }
    return undefined;
  }

  #listed({ tool, text, operationName }: Asked, { document, tool: of }: Found): Named {
    const { operations } = document;
    const isOnly = operations.length === 1 && operationName === undefined;
    const operation = isOnly ? operations[0] : operations.find(({ name }) => name === operationName);
    return {
      text: text ?? document.text,
      tool: tool?.name ?? of,
      operation: operation?.name ?? UNKNOWN,
      rule: this.#ruleOf(operation),
      isFreed: false,
    };
  }

  /** An operation that is marked in one tool is marked in every tool: otherwise one could ask it as another. */
  #ruleOf(operation: ListedOperation | undefined): OperationRule {
    // A document without the operation that is asked for is refused when it is run.
    if (operation === undefined) return NO_RULE;
    return this.#lists.map((list) => list.ruleOf(operation)).reduce(strictest, NO_RULE);
  }

  #shapeOf(id: string, text: string): string | undefined {
    const known = this.#shapes.get(id);
    const shape = known === undefined ? shapeOfText(text, this.#deps.check.maxTokens) : known.shape;
    if (known === undefined) this.#shapes.set(id, { shape });
    return shape ?? undefined;
  }

  #refusal(asked: Asked): AppError {
    this.#deps.onUnlisted?.({ tool: asked.tool?.name ?? UNKNOWN, outcome: 'refused' });
    return unknown(asked);
  }

  #tell({ tool, operationName }: Asked, id: string): void {
    this.#deps.onUnlisted?.({ tool: tool?.name ?? UNKNOWN, outcome: 'run' });
    const key = toldKey(tool, id);
    if (this.#told.has(key)) return;
    this.#told.set(key, true);
    this.#deps.logger.warn('operations.unlisted', {
      code: 'DOCUMENT_UNKNOWN',
      ...(tool !== undefined && { tool: tool.name }),
      ...(operationName !== undefined && { operation: operationName.slice(0, MAX_NAME_LENGTH) }),
      reason: `sha256:${id}`,
    });
  }
}

const toldKey = (tool: ToolConfig | undefined, id = ''): string => `${tool?.name ?? ''} ${id}`;

interface Found {
  readonly document: ListedDocument;
  /** Undefined if several tools have it. */
  readonly tool: string | undefined;
}

/**
 * The id of the document; undefined if it can be on no list.
 * Errors: `BAD_REQUEST` if the text has another id than was sent.
 */
function idOf(text: string | undefined, ids: readonly string[], isNeeded: boolean): string | undefined {
  const sent = ids.map((id) => ID.exec(id)?.groups?.['digest']);
  if (text === undefined) return sent.every((id) => id === sent[0]) ? sent[0] : undefined;
  if (ids.length === 0 && !isNeeded) return undefined;
  const id = sha256(text, 'hex');
  if (sent.some((other) => other !== id)) throw new AppError('BAD_REQUEST', { message: NOT_ITS_TEXT });
  return id;
}

function shapeOfText(text: string, maxTokens: number): string | null {
  try {
    return shapeOf(parse(text, { maxTokens }));
  } catch {
    return null;
  }
}

function unknown({ tool, operationName }: Asked): AppError {
  const name = operationName?.slice(0, MAX_NAME_LENGTH);
  const what = name === undefined ? 'this document' : `the operation ${name}`;
  const where = tool === undefined ? 'no list of a tool here' : `not on the list of ${tool.name}`;
  const remedy =
    tool === undefined
      ? 'Ask at /apps/<name>/graphql, or put it into the operations of the tool'
      : `An administrator has to deploy ${tool.place}.operations together with the tool`;
  return new AppError('DOCUMENT_UNKNOWN', {
    message: `Nothing was done: this server runs listed documents only, and ${what} is ${where}. Reload the page. If that does not help: ${remedy}.`,
    details: { tool: tool?.name ?? null, operation: name ?? null },
  });
}
