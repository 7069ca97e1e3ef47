import {
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type Source,
  TokenKind,
  visit,
} from 'graphql';
import { setImmediate as breathe } from 'node:timers/promises';
import { sha256 } from '../base/digest.ts';
import { shapeOf } from './document-shape.ts';
import { OperationListError } from './list-error.ts';
import { type Operation, placeIn, placeOf, printPlace } from './operation.ts';
import { type ListSources, readListSources } from './read-list.ts';

/** A text that may be run, with the operations in it. */
export interface ListedDocument {
  readonly id: string;
  readonly shape: string;
  readonly text: string;
  readonly operations: readonly ListedOperation[];
}

/** An operation of a document that may be run. */
export interface ListedOperation {
  readonly name: string;
  /** Of the operation with its fragments alone, whatever else its document holds. */
  readonly shape: string;
}

/** An operation with its parsed document. */
export interface CheckedOperation extends Operation {
  readonly document: DocumentNode;
}

/** All operations of a tool, each of which fits the schema. */
export interface OperationList {
  readonly operations: readonly CheckedOperation[];
  readonly documents: readonly ListedDocument[];
}

/** How a document is parsed and checked: as the server does with every request. */
export interface DocumentCheck {
  readonly maxTokens: number;
  readonly mistakesOf: (document: DocumentNode) => readonly GraphQLError[];
}

/** Documents that are checked before other work gets its turn: a server may take up a list while it runs. */
const CHECKED_AT_ONCE = 20;
const MAX_PROBLEMS = 50;

/**
 * Reads a list and checks every operation of it.
 *
 * @param path absolute
 * @param setting that names it, for messages
 * @throws OperationListError with every mistake: file, line, and the nearest name
 */
export async function readOperationList(
  path: string,
  setting: string,
  check: DocumentCheck,
): Promise<OperationList> {
  const problems: string[] = [];
  const report = (place: string, problem: string): void => {
    problems.push(`${setting}: ${place}: ${problem}`);
  };
  const sources = await readListSources(path, setting);
  const operations = operationsOf(sources, check, report);
  if (operations.length === 0 && problems.length === 0) report(path, 'holds no operation.');
  assertNamesOnce(operations, report);
  for (const [index, { document }] of operations.entries()) {
    if (index % CHECKED_AT_ONCE === 0) await breathe();
    for (const { message, nodes, source, locations } of check.mistakesOf(document)) {
      const [node] = nodes ?? [];
      const at = source && locations?.[0] ? placeIn(source, locations[0].line) : placeOf(node ?? {});
      report(printPlace(at), message);
    }
    if (problems.length > MAX_PROBLEMS) break;
  }
  if (problems.length > 0) throw new OperationListError([...new Set(problems)]);
  return { operations, documents: documentsOf(sources, operations) };
}

type Report = (place: string, problem: string) => void;

function operationsOf(
  { sources, isFolder }: ListSources,
  { maxTokens }: DocumentCheck,
  report: Report,
): readonly CheckedOperation[] {
  const documents = sources.flatMap((source) => {
    try {
      return [{ source, definitions: parse(source, { maxTokens }).definitions }];
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      report(printPlace(placeIn(source, error.locations?.[0]?.line ?? 1)), error.message);
      return [];
    }
  });
  if (isFolder) {
    const fragments = fragmentsIn(
      documents.flatMap(({ definitions }) => definitions),
      report,
    );
    return documents.flatMap(({ definitions }) =>
      definitions.filter(isOperation).flatMap((node) => operationOf(node, fragments, null, report)),
    );
  }
  return documents.flatMap(({ source, definitions }) => {
    const [node, ...more] = definitions.filter(isOperation);
    if (node === undefined || more.length > 0) {
      report(
        printPlace(placeIn(source, 1)),
        `a text of a manifest has one operation, and this has ${node === undefined ? 0 : more.length + 1}.`,
      );
      return [];
    }
    return operationOf(node, fragmentsIn(definitions, report), source, report);
  });
}

const isOperation = (node: DefinitionNode): node is OperationDefinitionNode =>
  node.kind === Kind.OPERATION_DEFINITION;

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function fragmentsIn(definitions: readonly DefinitionNode[], report: Report): Fragments {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) continue;
    if (node.kind !== Kind.FRAGMENT_DEFINITION) {
      report(
        printPlace(placeOf(node)),
        'is a definition of a schema. A list holds operations and fragments alone.',
      );
      continue;
    }
    const other = fragments.get(node.name.value);
    if (other !== undefined) {
      report(
        printPlace(placeOf(node)),
        `the fragment ${node.name.value} is also in ${printPlace(placeOf(other))}. Give one of them another name.`,
      );
    }
    fragments.set(node.name.value, node);
  }
  return fragments;
}

/** @param source its whole text, where that is the document; otherwise the document is put together */
// oxlint-disable-next-line max-params
function operationOf(
  node: OperationDefinitionNode,
  fragments: Fragments,
  source: Source | null,
  report: Report,
): readonly CheckedOperation[] {
  const place = placeOf(node);
  if (node.name === undefined) {
    report(
      printPlace(place),
      `the ${node.operation} has no name. Give it one: ${node.operation} MyVersions { ... }`,
    );
    return [];
  }
  const definitions = [node, ...(source === null ? usedFragments(node, fragments) : fragments.values())];
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions };
  const text = source === null ? print(document) : source.body;
  return [
    {
      name: node.name.value,
      kind: node.operation,
      description: commentAbove(node),
      variables: (node.variableDefinitions ?? []).map(({ variable, type, defaultValue }) => ({
        name: variable.name.value,
        type: print(type),
        isRequired: type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined,
      })),
      ...{ place, text, document },
      id: sha256(text, 'hex'),
    },
  ];
}

/** In the order in which they are first used. */
function usedFragments(node: OperationDefinitionNode, fragments: Fragments): FragmentDefinitionNode[] {
  const used = new Set<FragmentDefinitionNode>();
  const follow = (within: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(within, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (fragment === undefined || used.has(fragment)) return;
        used.add(fragment);
        follow(fragment);
      },
    });
  };
  follow(node);
  return [...used];
}

/** The comment lines right above an operation. */
function commentAbove({ loc }: OperationDefinitionNode): string | null {
  const lines: string[] = [];
  let line = loc?.startToken.line ?? 0;
  for (let token = loc?.startToken.prev; token?.kind === TokenKind.COMMENT; token = token.prev) {
    if (token.line !== line - 1) break;
    line = token.line;
    lines.unshift(token.value.trim());
  }
  return lines.length === 0 ? null : lines.join(' ');
}

function assertNamesOnce(operations: readonly Operation[], report: Report): void {
  const known = new Map<string, Operation>();
  for (const operation of operations) {
    const other = known.get(operation.name);
    if (other !== undefined) {
      report(
        printPlace(operation.place),
        `the operation ${operation.name} is also in ${printPlace(other.place)}. Give one of them another name.`,
      );
    }
    known.set(operation.name, operation);
  }
}

/** What may be run: the document of each operation, and each file of a folder that is whole by itself, as it is written. */
function documentsOf(
  { sources, isFolder }: ListSources,
  operations: readonly CheckedOperation[],
): ListedDocument[] {
  const all = new Map<string, ListedDocument>();
  const add = (document: ListedDocument): void => {
    if (!all.has(document.id)) all.set(document.id, document);
  };
  const shapes = new Map(operations.map((operation) => [operation, shapeOf(operation.document)]));
  const listedOf = (operation: CheckedOperation): ListedOperation => ({
    name: operation.name,
    shape: shapes.get(operation) ?? '',
  });
  for (const operation of operations) {
    const listed = listedOf(operation);
    add({ id: operation.id, text: operation.text, shape: listed.shape, operations: [listed] });
  }
  if (!isFolder) return [...all.values()];
  const byFile = new Map<Source | undefined, CheckedOperation[]>();
  for (const operation of operations) {
    const source = operation.document.definitions[0]?.loc?.source;
    const inFile = byFile.get(source);
    if (inFile === undefined) byFile.set(source, [operation]);
    else inFile.push(operation);
  }
  for (const source of sources) {
    const inFile = byFile.get(source) ?? [];
    const definitions = new Set(inFile.flatMap(({ document }) => document.definitions));
    const isWhole = [...definitions].every(({ loc }) => loc?.source === source);
    if (inFile.length === 0 || !isWhole || definitions.size !== parse(source).definitions.length) continue;
    const shape = shapeOf({ kind: Kind.DOCUMENT, definitions: [...definitions] });
    add({ id: sha256(source.body, 'hex'), text: source.body, shape, operations: inFile.map(listedOf) });
  }
  return [...all.values()];
}
