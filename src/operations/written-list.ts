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
import { sha256 } from '../base/digest.ts';
import { inSlices } from './in-slices.ts';
import { type Operation, placeIn, placeOf, printPlace } from './operation.ts';
import { readListSources } from './read-list.ts';

/** An operation with its parsed document. */
export interface WrittenOperation extends Operation {
  readonly document: DocumentNode;
}

/** What is written in a list, before any schema is asked. */
export interface WrittenList {
  /** Those without mistakes of their own. */
  readonly operations: readonly WrittenOperation[];
  /** Every mistake that needs no schema, with its place. */
  readonly problems: readonly string[];
  readonly documents: readonly ParsedSource[];
  /** True if each document is a file of a folder. */
  readonly isFolder: boolean;
}

/**
 * Reads a list without asking a schema.
 *
 * @param path absolute
 * @param setting that names it, for messages
 * @throws OperationListError if it cannot be read, or is no list
 */
export async function readWrittenList(
  path: string,
  setting: string,
  { maxTokens }: { readonly maxTokens: number },
): Promise<WrittenList> {
  const problems: string[] = [];
  const report = (place: string, problem: string): void => {
    problems.push(`${setting}: ${place}: ${problem}`);
  };
  const { sources, isFolder } = await readListSources(path, setting);
  const documents = await parsedOf(sources, maxTokens, report);
  const operations = (await (isFolder ? ofFolder : ofManifest)(documents, report)).flat();
  if (operations.length === 0 && problems.length === 0) report(path, 'holds no operation.');
  assertNamesOnce(operations, report);
  return { operations, documents, isFolder, problems };
}

type Report = (place: string, problem: string) => void;

async function parsedOf(
  sources: readonly Source[],
  maxTokens: number,
  report: Report,
): Promise<readonly ParsedSource[]> {
  const parsed = await inSlices(sources, (source) => {
    try {
      return [{ source, definitions: parse(source, { maxTokens }).definitions }];
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      report(printPlace(placeIn(source, error.locations?.[0]?.line ?? 1)), error.message);
      return [];
    }
  });
  return parsed.flat();
}

/** A text of a list, and what is in it. */
export interface ParsedSource {
  readonly source: Source;
  readonly definitions: readonly DefinitionNode[];
}

function ofFolder(documents: readonly ParsedSource[], report: Report) {
  const fragments = fragmentsIn(
    documents.flatMap(({ definitions }) => definitions),
    report,
  );
  return inSlices(documents, ({ definitions }) =>
    definitions.filter(isOperation).flatMap((node) => operationOf(node, fragments, null, report)),
  );
}

const ofManifest = (documents: readonly ParsedSource[], report: Report) =>
  inSlices(documents, ({ source, definitions }) => {
    const [node, ...more] = definitions.filter(isOperation);
    if (node !== undefined && more.length === 0)
      return operationOf(node, fragmentsIn(definitions, report), source, report);
    report(
      printPlace(placeIn(source, 1)),
      `a text of a manifest has one operation, and this has ${node === undefined ? 0 : more.length + 1}.`,
    );
    return [];
  });

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
function operationOf(
  node: OperationDefinitionNode,
  fragments: Fragments,
  source: Source | null,
  report: Report,
): readonly WrittenOperation[] {
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
