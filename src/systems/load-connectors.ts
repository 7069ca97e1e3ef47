import { pathToFileURL } from 'node:url';
import { z } from 'zod';
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

/** What is wrong with a connector, with its name and place: told at the start, before anybody is served. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';

  constructor(connector: string, problem: string, cause?: unknown) {
    super(`The connector "${connector}" cannot be used: ${problem}`, { cause });
  }
}

/** @throws ConnectorError where a file is missing, throws, or does not export a connector */
export async function loadConnectors(
  files: readonly { readonly name: string; readonly connector: string }[],
): Promise<readonly NamedConnector[]> {
  return Promise.all(files.map(({ name, connector }) => loadConnector(name, connector)));
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
