import { type ASTNode, getLocation, Source } from 'graphql';

/** A variable of an operation, with its type as GraphQL writes it. */
export interface OperationVariable {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
}

/** One operation of a tool's list. */
export interface Operation {
  readonly name: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** The comment above it. */
  readonly description: string | null;
  readonly variables: readonly OperationVariable[];
  readonly place: Place;
  /** The whole document that is run for it: the operation and its fragments. */
  readonly text: string;
  /** SHA-256 of that text, in hex: the id that clients send. */
  readonly id: string;
}

/** Where something is written. */
export interface Place {
  readonly file: string;
  readonly line: number;
  /** In a manifest each text stands in one line: its operation, and the line within the text. */
  readonly within?: { readonly operation: string; readonly line: number };
}

/** A text of a manifest, as a source of GraphQL. */
export class ManifestSource extends Source {
  readonly line: number;
  readonly operation: string;

  constructor(text: string, file: string, line: number, operation: string) {
    super(text, file);
    this.line = line;
    this.operation = operation;
  }
}

/** The text of a file, so that mistakes in it are told with its name. */
export const sourceOf = (text: string, file: string): Source => new Source(text, file);

/** Where a node of a listed document is written. */
export function placeOf({ loc }: Pick<ASTNode, 'loc'>): Place {
  if (loc === undefined) return { file: '', line: 0 };
  return placeIn(loc.source, getLocation(loc.source, loc.start).line);
}

/** @param line of the text of the source */
export function placeIn(source: Source, line: number): Place {
  if (!(source instanceof ManifestSource)) return { file: source.name, line };
  return { file: source.name, line: source.line, within: { operation: source.operation, line } };
}

/** `operations/room.graphql:12`, or `documents.json:4: ReviewRoom, line 12 of its text`. */
export function printPlace({ file, line, within }: Place): string {
  const place = `${file}:${line}`;
  return within === undefined ? place : `${place}: ${within.operation}, line ${within.line} of its text`;
}
