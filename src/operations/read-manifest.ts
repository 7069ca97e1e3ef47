import { z } from 'zod';
import { sha256 } from '../base/digest.ts';
import { ManifestSource } from './operation.ts';

/** What `generate-persisted-query-manifest` writes (Apollo, version 1). */
const APOLLO = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1, 'is not 1, the only version of this format that is known'),
  operations: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      type: z.enum(['query', 'mutation', 'subscription']),
      body: z.string(),
    }),
  ),
});

/** What client-preset (`persistedDocuments`) and relay-compiler (`persistConfig`) write: ids and texts. */
const MAP = z.record(z.string(), z.string());

const NO_MANIFEST =
  'is neither a manifest of Apollo (format "apollo-persisted-query-manifest", version 1) nor a map of ids to texts, as client-preset writes it (persisted-documents.json)';

const WRONG_ID = {
  apollo:
    'Leave createOperationId out of persisted-query-manifest.config: its default is the SHA-256 of the text',
  map: 'Set persistedDocuments: { hashAlgorithm: "sha256" } in the presetConfig of client-preset, or "algorithm": "SHA256" in the persistConfig of relay-compiler',
} as const;

/**
 * The texts of a manifest. The id of each must be its SHA-256: the server computes it itself.
 *
 * @param file as it is shown
 * @param problems receives every mistake with its line
 */
export function readManifest(file: string, text: string, problems: string[]): readonly ManifestSource[] {
  const content = parsed(text);
  if (content === undefined) {
    problems.push(`${file}: is not JSON. If it is being written, try again; otherwise build it again.`);
    return [];
  }
  const isApollo = typeof content === 'object' && content !== null && 'format' in content;
  const entries = isApollo ? entriesOfApollo(content) : entriesOfMap(content);
  if (typeof entries === 'string') {
    problems.push(`${file}: ${entries}.`);
    return [];
  }
  const lineOf = linesOf(text);
  return entries.map(({ id, body, name }) => {
    const line = lineOf(id);
    const digest = sha256(body, 'hex');
    if (id.replace(/^sha256:/u, '') !== digest) {
      problems.push(
        `${file}:${line}: the id ${JSON.stringify(id.slice(0, MAX_SHOWN))} is not the SHA-256 of its text. ${WRONG_ID[isApollo ? 'apollo' : 'map']}, and build again.`,
      );
    }
    return new ManifestSource(body, file, line, name);
  });
}

const MAX_SHOWN = 80;

interface Entry {
  readonly id: string;
  readonly body: string;
  /** As the file or the text says it, for messages. */
  readonly name: string;
}

function entriesOfApollo(content: unknown): readonly Entry[] | string {
  const { data, error } = APOLLO.safeParse(content);
  if (error !== undefined) return firstIssue(error);
  return data.operations;
}

function entriesOfMap(content: unknown): readonly Entry[] | string {
  const { data } = MAP.safeParse(content);
  if (data === undefined) return NO_MANIFEST;
  return Object.entries(data).map(([id, body]) => ({ id, body, name: nameIn(body) }));
}

const firstIssue = ({ issues: [issue] }: z.ZodError): string =>
  issue === undefined ? NO_MANIFEST : `${issue.path.join('.')} ${issue.message}`;

/** For messages alone: the text may not be GraphQL. */
const nameIn = (body: string): string =>
  /\b(?:query|mutation|subscription)\s+(?<name>[_A-Za-z][_0-9A-Za-z]*)/u.exec(body)?.groups?.['name'] ??
  'a text';

function parsed(text: string): unknown {
  try {
    // Some editors and tools begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/u, ''));
  } catch {
    return undefined;
  }
}

/** The line of the file in which an id stands. The ids stand there one after the other. */
function linesOf(text: string): (id: string) => number {
  let [at, line] = [0, 1];
  return (id) => {
    const found = text.indexOf(JSON.stringify(id), at);
    if (found === -1) return line;
    for (let next = text.indexOf('\n', at); next !== -1 && next < found; next = text.indexOf('\n', next + 1))
      line += 1;
    at = found;
    return line;
  };
}
