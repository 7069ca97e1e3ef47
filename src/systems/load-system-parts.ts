import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { SystemConfig } from '../config/config.ts';
import type { Connector } from './connector.ts';

export interface NamedConnector {
  /** Of `shotgraph.yml`. */
  readonly name: string;
  readonly connector: Connector;
}

const RESOLVER = z.custom<(...args: never[]) => unknown>(
  (value) => typeof value === 'function',
  'must be a function',
);
const ROOT = z.record(z.string(), RESOLVER).optional();

const CONNECTOR = z.strictObject({
  typeDefs: z.string().min(1),
  fields: z.record(z.string(), z.record(z.string(), RESOLVER)).optional(),
  queries: ROOT,
  mutations: ROOT,
});

/** What is wrong with a connector or a schema that is merged in, with its name and place: told at the start, before anybody is served. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';

  constructor(connector: string, problem: string, cause?: unknown) {
    super(`The system "${connector}" cannot be used: ${problem}`, { cause });
  }
}

/** A GraphQL schema of a system, merged in as it is. */
export interface RemoteSchema {
  /** Of `shotgraph.yml`. */
  readonly name: string;
  /** SDL. */
  readonly typeDefs: string;
  /** Where it answers, below the system's address. */
  readonly path: string;
  readonly prefix: string;
}

/** What the systems of `shotgraph.yml` add to the graph. */
export interface SystemParts {
  readonly connectors: readonly NamedConnector[];
  readonly remotes: readonly RemoteSchema[];
}

/** @throws ConnectorError where a file is missing, throws, or does not export a connector */
export async function loadSystemParts(
  systems: readonly Pick<SystemConfig, 'name' | 'connector' | 'graphql'>[],
): Promise<SystemParts> {
  const [connectors, remotes] = await Promise.all([
    Promise.all(
      systems.flatMap(({ name, connector }) => (connector === null ? [] : [loadConnector(name, connector)])),
    ),
    Promise.all(
      systems.flatMap(({ name, graphql }) => (graphql === null ? [] : [loadRemote(name, graphql)])),
    ),
  ]);
  return { connectors, remotes };
}

async function loadRemote(
  name: string,
  { schema, ...rest }: NonNullable<SystemConfig['graphql']>,
): Promise<RemoteSchema> {
  try {
    return { name, typeDefs: await readFile(schema, 'utf8'), ...rest };
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
  return { name, connector: parsed.data as unknown as Connector };
}
