import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { RefusalPlaces, SystemConfig } from '../config/config.ts';
import type { Connector } from './connector.ts';

/** The origin of a system's SDL, for messages about it. */
export interface SdlSource {
  /** Of `shotgraph.yml`. */
  readonly name: string;
  readonly file?: string;
  /** Where the SDL begins in the file; unknown if a connector builds it from parts. */
  readonly startsAt?: { readonly line: number; readonly column: number };
  /** Text of the file. */
  readonly code?: string;
  /** The place in the file of a line of the SDL, where the SDL is made from classes. */
  placeOf?(line: number): string;
}

export interface NamedConnector extends SdlSource {
  readonly connector: Connector;
}

const RESOLVER = z.custom<(...args: never[]) => unknown>(
  (value) => typeof value === 'function',
  'must be a function',
);
const ROOT = z.record(z.string(), RESOLVER).optional();
const NEEDING = z.strictObject({ needs: z.array(z.string().min(1)), resolve: RESOLVER });
const OF_ROWS = z.union([RESOLVER, NEEDING], 'must be a function, or { needs: [...], resolve() {} }');

const CONNECTOR = z.strictObject({
  typeDefs: z.string().min(1),
  fields: z.record(z.string(), z.record(z.string(), OF_ROWS)).optional(),
  queries: ROOT,
  mutations: ROOT,
});

/** A fault of a connector or a merged schema, with its name and place: reported at the start, before any request. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';

  constructor(name: string, problem: string, cause?: unknown, what = 'system') {
    super(`The ${what} "${name}" cannot be used: ${problem}`, { cause });
  }
}

/** The same for a module with a studio's own classes. The problem begins with its file. */
export class ExtensionError extends ConnectorError {
  constructor(name: string, problem: string, cause?: unknown) {
    super(name, problem, cause, 'extension');
  }
}

/** A GraphQL schema of a system, merged unchanged. */
export interface RemoteSchema extends SdlSource {
  /** SDL, or the JSON of an introspection. */
  readonly typeDefs: string;
  /** Path of its endpoint, below the system's address. */
  readonly path: string;
  readonly prefix: string;
  /** Where its errors have their sentences for the person. */
  readonly refusal?: RefusalPlaces | undefined;
}

/** The additions of `shotgraph.yml` to the graph. */
export interface SystemParts {
  readonly connectors: readonly NamedConnector[];
  readonly remotes: readonly RemoteSchema[];
  /** Absolute paths of modules with a studio's own classes. They are loaded with the graph. */
  readonly extensions?: readonly string[];
}

/** The entries of `shotgraph.yml` that add to the graph: of the configuration, or read without its settings. */
interface Entries {
  readonly systems: readonly Pick<SystemConfig, 'name' | 'connector' | 'graphql'>[];
  readonly extensions?: readonly string[];
}

/** @throws ConnectorError if a file is missing, throws, or does not export a connector */
export async function loadSystemParts({ systems, extensions = [] }: Entries): Promise<SystemParts> {
  const [connectors, remotes] = await Promise.all([
    Promise.all(
      systems.flatMap(({ name, connector }) => (connector === null ? [] : [loadConnector(name, connector)])),
    ),
    Promise.all(
      systems.flatMap(({ name, graphql }) => (graphql === null ? [] : [loadRemote(name, graphql)])),
    ),
  ]);
  return { connectors, remotes, extensions };
}

async function loadRemote(
  name: string,
  { schema, ...rest }: NonNullable<SystemConfig['graphql']>,
): Promise<RemoteSchema> {
  try {
    const typeDefs = (await readFile(schema, 'utf8')).replace(/^\uFEFF/u, '');
    return { name, file: schema, startsAt: { line: 1, column: 1 }, typeDefs, ...rest };
  } catch (error) {
    throw new ConnectorError(name, `${schema} cannot be read.`, error);
  }
}

async function loadConnector(name: string, file: string): Promise<NamedConnector> {
  let module: { readonly connector?: unknown };
  try {
    module = (await import(pathToFileURL(file).href)) as { readonly connector?: unknown };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    throw new ConnectorError(name, `${file} cannot be loaded: ${reason}`, error);
  }
  const parsed = CONNECTOR.safeParse(module.connector);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.join('.') || 'export connector'}: ${issue.message}`,
    );
    throw new ConnectorError(name, `${file}: ${problems.join('; ')}`);
  }
  const connector = parsed.data as unknown as Connector;
  const code = await readFile(file, 'utf8').catch(() => '');
  const startsAt = placeOfText(code, connector.typeDefs);
  return { name, connector, file, code, ...(startsAt !== undefined && { startsAt }) };
}

/** Where the text appears literally in the file; undefined if the file builds it from parts. */
export function placeOfText(content: string, text: string): SdlSource['startsAt'] {
  const at = content.indexOf(text);
  if (at < 0) return undefined;
  const before = content.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
