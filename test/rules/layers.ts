import type { Import } from './source-files.ts';

/** The layers of the house: a module imports lower layers only. */
export const LAYERS: Readonly<Record<string, number>> = {
  base: 0,
  config: 1,
  store: 1,
  site: 1,
  shotgun: 2,
  identity: 2,
  systems: 2,
  events: 2,
  observe: 2,
  query: 3,
  launch: 3,
  upload: 3,
  graphql: 4,
  http: 5,
  'app.ts': 6,
  cli: 7,
  'main.ts': 7,
};

/** Imports that the layers would allow but the house does not: [from, to, why]. */
const FORBIDDEN: readonly (readonly [string, string, string])[] = [
  ['graphql', 'shotgun', 'resolvers read through query, which plans the calls'],
  ['graphql', 'store', 'what is kept belongs to identity and launch'],
  ['http', 'shotgun', 'routes do not read ShotGrid'],
  ['http', 'query', 'routes do not read ShotGrid'],
];

/** Sideways imports that are allowed, each with its reason. */
const EXCEPTIONS: readonly (readonly [string, string, string])[] = [
  ['cli', 'main.ts', 'the entry point runs the commands'],
  ['main.ts', 'cli', 'the entry point runs the commands'],
];

/** Each outside library has one owner. Node's own modules and the libraries of the tests are free. */
export const OWNERS: Readonly<Record<string, readonly string[]>> = {
  pino: ['base'],
  zod: ['config', 'site', 'shotgun', 'launch', 'identity', 'systems'],
  yaml: ['config', 'site'],
  redis: ['store'],
  jose: ['store', 'identity', 'systems'],
  pluralize: ['site'],
  undici: ['shotgun'],
  cockatiel: ['shotgun'],
  'openid-client': ['identity'],
  dataloader: ['query', 'graphql'],
  'type-graphql': ['graphql'],
  graphql: ['graphql'],
  'graphql-scalars': ['graphql'],
  '@graphql-tools/wrap': ['graphql'],
  'reflect-metadata': ['graphql'],
  '@apollo/server': ['graphql'],
  '@escape.tech/graphql-armor-max-aliases': ['graphql'],
  '@escape.tech/graphql-armor-max-depth': ['graphql'],
  '@escape.tech/graphql-armor-max-directives': ['graphql'],
  '@as-integrations/express5': ['http'],
  express: ['http'],
  cookie: ['http'],
  helmet: ['http'],
  eta: ['http'],
  'rate-limiter-flexible': ['store'],
  'ipaddr.js': ['http'],
  'lru-cache': ['http'],
  'prom-client': ['observe'],
};

/** Module of a file of `src`: its folder, or the file itself at the top. */
export function moduleOf(path: string): string | undefined {
  return path.startsWith('src/') ? path.split('/')[1] : undefined;
}

/** Breaches of the layers among these imports, each as a sentence. */
export function layerBreaches(imports: readonly Import[]): string[] {
  return imports.flatMap((entry) => breachOf(entry) ?? []);
}

function breachOf({ from, to }: Import): string | undefined {
  const source = moduleOf(from);
  if (source === undefined) return undefined;
  if (to.startsWith('studio/') || to.startsWith('test/'))
    return `${from} imports ${to}: src never imports it.`;
  if (!to.startsWith('src/')) return ownerBreach(from, source, to);
  const target = moduleOf(to);
  if (target === undefined || target === source) return undefined;
  const forbidden = FORBIDDEN.find(([a, b]) => a === source && b === target);
  if (forbidden) return `${from} imports ${to}: ${forbidden[2]}.`;
  if (EXCEPTIONS.some(([a, b]) => a === source && b === target)) return undefined;
  const [upper, lower] = [LAYERS[source], LAYERS[target]];
  if (upper === undefined) return `${from}: "${source}" is no module of the house.`;
  if (lower === undefined) return `${from} imports ${to}: "${target}" is no module of the house.`;
  return lower < upper ? undefined : `${from} (layer ${upper}) imports ${to} (layer ${lower}).`;
}

function ownerBreach(from: string, source: string, library: string): string | undefined {
  if (library.startsWith('node:')) return undefined;
  const owners = OWNERS[library];
  if (owners === undefined) return `${from} imports ${library}, which has no owner in the table.`;
  return owners.includes(source)
    ? undefined
    : `${from} imports ${library}, which belongs to ${owners.join(', ')}.`;
}

/** Import cycles, each as the list of its files. Type-only imports do not count: they vanish when compiled. */
export function cyclesOf(imports: readonly Import[]): string[][] {
  const edges = new Map<string, string[]>();
  for (const { from, to, isTypeOnly } of imports) {
    if (!isTypeOnly && /\.tsx?$/u.test(to)) edges.set(from, [...(edges.get(from) ?? []), to]);
  }
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      cycles.push([...path.slice(start), file]);
      return;
    }
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  return cycles;
}
