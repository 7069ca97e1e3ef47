import { type ASTNode, GraphQLError, getLocation, type SourceLocation } from 'graphql';
import {
  ConnectorError,
  ExtensionError,
  placeOfText,
  type SdlSource,
} from '../../systems/load-system-parts.ts';

/** The error of another system's SDL, with file, line and column if known. */
export function sdlMistake(source: SdlSource, error: unknown): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const { message = 'it cannot be read' } = error instanceof Error ? error : {};
  const [location] = error instanceof GraphQLError ? (error.locations ?? []) : [];
  return mistakeOf(source, `${placeOf(source, location)}${message}`, error);
}

/** The same for a node of the document. */
export function mistakeAt(source: SdlSource, { loc }: ASTNode, message: string): ConnectorError {
  const location = loc === undefined ? undefined : getLocation(loc.source, loc.start);
  return mistakeOf(source, `${placeOf(source, location)}${message}`);
}

/** The same for a function, whose text may stand in the file as it is. */
export function mistakeIn(source: SdlSource, run: unknown, message: string): ConnectorError {
  const { file, code = '' } = source;
  const found = typeof run === 'function' ? placeOfText(code, String(run)) : undefined;
  const where = found === undefined ? '' : `:${found.line}:${found.column}`;
  return mistakeOf(source, `${file === undefined ? '' : `${file}${where}: `}${message}`);
}

const mistakeOf = (source: SdlSource, problem: string, cause?: unknown): ConnectorError =>
  source.placeOf === undefined
    ? new ConnectorError(source.name, problem, cause)
    : new ExtensionError(source.name, problem, cause);

function placeOf(source: SdlSource, location: SourceLocation | undefined): string {
  const { file, startsAt } = source;
  if (location !== undefined && source.placeOf !== undefined) return `${source.placeOf(location.line)}: `;
  if (location === undefined) return file === undefined ? '' : `${file}: `;
  const { line, column } = location;
  if (file === undefined || startsAt === undefined) {
    return `${file === undefined ? '' : `${file}: `}typeDefs, line ${line}, column ${column}: `;
  }
  const columnInFile = line === 1 ? column + startsAt.column - 1 : column;
  return `${file}:${line + startsAt.line - 1}:${columnInFile}: `;
}
