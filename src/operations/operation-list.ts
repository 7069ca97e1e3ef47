import { grouped } from '../base/bare.ts';
import { type ASTNode, type DocumentNode, type GraphQLError, Kind } from 'graphql';
import { sha256 } from '../base/digest.ts';
import { shapeOf } from './document-shape.ts';
import { inSlices } from './in-slices.ts';
import { OperationListError } from './list-error.ts';
import { type Place, placeIn, placeOf, printPlace } from './operation.ts';
import { readWrittenList, type WrittenList, type WrittenOperation } from './written-list.ts';

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

/** All operations of a tool, each of which fits the schema. */
export interface OperationList {
  readonly operations: readonly WrittenOperation[];
  readonly documents: readonly ListedDocument[];
}

/** How a document is parsed and checked: as the server does with every request. */
export interface DocumentCheck {
  readonly maxTokens: number;
  readonly mistakesOf: (document: DocumentNode) => readonly GraphQLError[];
}

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
  const written = await readWrittenList(path, setting, check);
  const { operations } = written;
  const problems = [...written.problems];
  await inSlices(operations, ({ document }) => {
    if (problems.length > MAX_PROBLEMS) return;
    for (const { place, message } of mistakesIn(document, check))
      problems.push(`${setting}: ${printPlace(place)}: ${message}`);
  });
  if (problems.length > 0) throw new OperationListError([...new Set(problems)]);
  return { operations, documents: await documentsOf(written) };
}

/** A mistake of a document, where it is written. */
export interface Mistake {
  readonly place: Place;
  readonly message: string;
  /** The parts of the document that it is about; none for some. */
  readonly nodes: readonly ASTNode[];
}

/** What a schema says of a document. */
export const mistakesIn = (
  document: DocumentNode,
  { mistakesOf }: Pick<DocumentCheck, 'mistakesOf'>,
): readonly Mistake[] =>
  mistakesOf(document).map(({ message, nodes, source, locations }) => {
    // What is said of a whole document is said of its operation.
    const [node = document.definitions[0]] = nodes ?? [];
    const place = source && locations?.[0] ? placeIn(source, locations[0].line) : placeOf(node ?? {});
    return { place, message, nodes: nodes ?? [] };
  });

/** What may be run: the document of each operation, and each file of a folder that is whole by itself, as it is written. */
async function documentsOf({ operations, documents, isFolder }: WrittenList): Promise<ListedDocument[]> {
  const all = new Map<string, ListedDocument>();
  const add = (document: ListedDocument): void => {
    if (!all.has(document.id)) all.set(document.id, document);
  };
  const shapes = new Map(
    await inSlices(operations, (operation) => [operation, shapeOf(operation.document)] as const),
  );
  const listedOf = (operation: WrittenOperation): ListedOperation => ({
    name: operation.name,
    shape: shapes.get(operation) ?? '',
  });
  for (const operation of operations) {
    const listed = listedOf(operation);
    add({ id: operation.id, text: operation.text, shape: listed.shape, operations: [listed] });
  }
  if (!isFolder) return [...all.values()];
  const byFile = grouped(operations, ({ document }) => document.definitions[0]?.loc?.source);
  await inSlices(documents, ({ source, definitions: written }) => {
    const inFile = byFile.get(source) ?? [];
    const definitions = new Set(inFile.flatMap(({ document }) => document.definitions));
    const isWhole = [...definitions].every(({ loc }) => loc?.source === source);
    if (inFile.length === 0 || !isWhole || definitions.size !== written.length) return;
    const shape = shapeOf({ kind: Kind.DOCUMENT, definitions: [...definitions] });
    add({ id: sha256(source.body, 'hex'), text: source.body, shape, operations: inFile.map(listedOf) });
  });
  return [...all.values()];
}
