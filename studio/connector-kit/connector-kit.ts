import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { demoDataset } from '../site/demo/dataset.ts';
import { startSite } from '../site/start.ts';
import { writeSchema } from '../demo/schema-files.ts';
import { type FakeSystem, startFakeSystem, type SystemAsked, TOKEN_PREFIX } from './fake-system.ts';
import { assertFaultsCostOwnFields, type KitAnswer } from './fault-check.ts';
import { openGraph, type Graph } from './graph.ts';

/** A system, while it is up. What this throws, `ask` throws. */
export type Answering = (asked: SystemAsked) => Response | Promise<Response>;

export interface KitOptions {
  /** The connector's file. */
  readonly connector?: URL | string;
  /** A module with a studio's own classes, compiled. */
  readonly extension?: URL | string;
  /** The system of the connector, whose name is `kit`. */
  readonly answer?: Answering;
  /** Other systems by name: those that classes call, or that the connector uses. */
  readonly systems?: Readonly<Record<string, Answering>>;
  /** As in the settings of a system: where its refusals have their sentence. It is that of all systems of the kit. */
  readonly refusal?: { readonly message: string; readonly path?: string; readonly code?: string };
  /** The snapshot of the site's schema; the one of the demo studio by default. Its rows are the demo's in any case. */
  readonly schemaDirectory?: string;
}

export interface AskAs {
  /** Login of a person of the demo studio: `mira` by default, `joao`, `dana`, ... */
  readonly as?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** A connector or classes in a whole graph: the demo studio's rows by the real client, and systems that answer as the test says. */
export interface ConnectorKit {
  ask(query: string, options?: AskAs): Promise<KitAnswer>;
  /** What the systems were asked so far, in order; may be emptied. */
  readonly asked: SystemAsked[];
  /**
   * Asks the query while all systems are down, slow, broken and refusing: each may cost the connector's own fields only, with a
   * code that says so, and none of the systems' own words. For queries of at most ten rows.
   *
   * @throws Error saying what was lost, or told, and when
   */
  checkFaults(query: string, options?: AskAs): Promise<void>;
  close(): Promise<void>;
}

/**
 * Loads the connector or the classes as the server does and starts all that it needs, on loopback.
 *
 * @throws ConnectorError where it does not fit the contract or the graph
 */
export async function tryConnector(options: KitOptions): Promise<ConnectorKit> {
  const folder = await mkdtemp(join(tmpdir(), 'shotgraph-kit-'));
  const dataset = demoDataset();
  const site = await startSite({ port: 0, dataset });
  const asked: SystemAsked[] = [];
  const { answer, connector } = options;
  if (connector !== undefined && answer === undefined) throw new Error('A connector needs an answer().');
  const answering = { ...options.systems, ...(answer !== undefined && { [MAIN]: answer }) };
  const systems = await Promise.all(
    Object.entries(answering).map(([name, each]) => startFakeSystem(name, asked, each)),
  );
  let graph: Graph | undefined;
  const close = async (): Promise<void> => {
    await graph?.close();
    await Promise.all([
      site.close(),
      ...systems.map((system) => system.close()),
      rm(folder, { recursive: true }),
    ]);
  };
  try {
    const opened = await openGraph(
      await writeSettings(
        folder,
        { schemaDirectory: writeSchema(folder, dataset), ...options },
        systems,
        site.url,
      ),
    );
    graph = opened;
    return kitOf(opened, { systems, asked }, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** Name of the connector's own system. */
const MAIN = 'kit';

interface Fakes {
  readonly systems: readonly FakeSystem[];
  readonly asked: SystemAsked[];
}

function kitOf(graph: Graph, { systems, asked }: Fakes, close: () => Promise<void>): ConnectorKit {
  const ask: ConnectorKit['ask'] = async (query, { as = 'mira', variables = {} } = {}) => {
    const person = { login: as, accessToken: `${TOKEN_PREFIX}${as}` };
    const { data, errors = [] } = JSON.parse(await graph.ask(query, variables, person)) as Partial<KitAnswer>;
    for (const system of systems) system.assertAnswered();
    return { data, errors };
  };
  return {
    ask,
    asked,
    checkFaults: (query, as) => assertFaultsCostOwnFields(systems, () => ask(query, as)),
    close,
  };
}

/** The settings that an operator would write, for everything on loopback. */
async function writeSettings(
  folder: string,
  { connector, extension, refusal, schemaDirectory }: KitOptions & { readonly schemaDirectory: string },
  systems: readonly FakeSystem[],
  siteUrl: string,
): Promise<Readonly<Record<string, string>>> {
  const path = join(folder, 'shotgraph.yml');
  await writeFile(
    path,
    stringify({
      amis: { kit: { secrets: ['a-secret-of-the-kit'], opens: '/apps/kit/' } },
      apps: { kit: { directory: '.' } },
      ...(extension !== undefined && { extensions: [pathOf(extension)] }),
      systems: Object.fromEntries(
        systems.map(({ name, url }) => [
          name,
          {
            ...(name === MAIN && connector !== undefined && { connector: pathOf(connector) }),
            ...{ baseUrl: url, timeoutSeconds: 1, token: { way: 'forward' } },
            ...(refusal !== undefined && { refusal }),
          },
        ]),
      ),
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

const pathOf = (file: URL | string): string => (file instanceof URL ? fileURLToPath(file) : file);
