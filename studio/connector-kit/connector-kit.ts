import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { demoDataset } from '../site/demo/dataset.ts';
import { startSite } from '../site/start.ts';
import { packageRoot } from '../package-root.ts';
import { type FakeSystem, startFakeSystem, type SystemAsked, TOKEN_PREFIX } from './fake-system.ts';
import { assertFaultsCostOwnFields, type KitAnswer } from './fault-check.ts';
import { openGraph, type Graph } from './graph.ts';

export interface KitOptions {
  /** The connector's file. */
  readonly connector: URL | string;
  /** The system, while it is up. What this throws, `ask` throws. */
  answer(asked: SystemAsked): Response | Promise<Response>;
  /** The snapshot of the site's schema; the one of the demo studio by default. Its rows are the demo's in any case. */
  readonly schemaDirectory?: string;
}

export interface AskAs {
  /** Login of a person of the demo studio: `mira` by default, `joao`, `dana`, ... */
  readonly as?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** A connector in a whole graph: the demo studio's rows by the real client, and a system that answers as the test says. */
export interface ConnectorKit {
  ask(query: string, options?: AskAs): Promise<KitAnswer>;
  /** What the system was asked so far, in order; may be emptied. */
  readonly asked: SystemAsked[];
  /**
   * Asks the query while the system is down, slow, broken and refusing: each may cost the connector's own fields only, with a
   * code that says so, and none of the system's own words. For queries of at most ten rows.
   *
   * @throws Error saying what was lost, or told, and when
   */
  checkFaults(query: string, options?: AskAs): Promise<void>;
  close(): Promise<void>;
}

/**
 * Loads the connector as the server does and starts all that it needs, on loopback.
 *
 * @throws ConnectorError where it does not fit the contract or the graph
 */
export async function tryConnector(options: KitOptions): Promise<ConnectorKit> {
  const folder = await mkdtemp(join(tmpdir(), 'shotgraph-kit-'));
  const site = await startSite({ port: 0, dataset: demoDataset() });
  const system = await startFakeSystem((asked) => options.answer(asked));
  let graph: Graph | undefined;
  const close = async (): Promise<void> => {
    await graph?.close();
    await Promise.all([site.close(), system.close(), rm(folder, { recursive: true })]);
  };
  try {
    const opened = await openGraph(await writeSettings(folder, options, system, site.url));
    graph = opened;
    return kitOf(opened, system, close);
  } catch (error) {
    await close();
    throw error;
  }
}

function kitOf(graph: Graph, system: FakeSystem, close: () => Promise<void>): ConnectorKit {
  const ask: ConnectorKit['ask'] = async (query, { as = 'mira', variables = {} } = {}) => {
    const answer = await graph.ask(query, variables, { login: as, accessToken: `${TOKEN_PREFIX}${as}` });
    system.assertAnswered();
    return answer;
  };
  return {
    ask,
    asked: system.asked,
    checkFaults: (query, as) => assertFaultsCostOwnFields(system, () => ask(query, as)),
    close,
  };
}

/** The settings that an operator would write, for everything on loopback. */
async function writeSettings(
  folder: string,
  { connector, schemaDirectory = join(packageRoot(), 'schema', 'site') }: KitOptions,
  system: FakeSystem,
  siteUrl: string,
): Promise<Readonly<Record<string, string>>> {
  const path = join(folder, 'shotgraph.yml');
  await writeFile(
    path,
    stringify({
      amis: { kit: { secrets: ['a-secret-of-the-kit'], opens: '/apps/kit/' } },
      apps: { kit: { directory: '.' } },
      systems: {
        kit: {
          connector: connector instanceof URL ? fileURLToPath(connector) : connector,
          baseUrl: system.url,
          timeoutSeconds: 1,
          token: { way: 'forward' },
        },
      },
    }),
  );
  return {
    SHOTGRAPH_CONFIG: path,
    SHOTGRAPH_SCHEMA_DIRECTORY: schemaDirectory,
    SHOTGRAPH_ENVIRONMENT: 'development',
    SHOTGRAPH_PUBLIC_URL: 'http://localhost:4000',
    SHOTGRAPH_SITE_URL: siteUrl,
    SHOTGRAPH_SITE_SCRIPT_NAME: 'shotgraph',
    SHOTGRAPH_SITE_SCRIPT_KEY: 'demo-script-key',
    SHOTGRAPH_OIDC_ISSUER: 'http://localhost:4020',
    SHOTGRAPH_OIDC_CLIENT_ID: 'kit',
    SHOTGRAPH_OIDC_CLIENT_SECRET: 'never-used-here',
    SHOTGRAPH_ENCRYPTION_KEYS: randomBytes(32).toString('base64'),
  };
}
