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
  operations: 2,
  query: 3,
  launch: 3,
  upload: 3,
  graphql: 4,
  http: 5,
  'loaded.ts': 5,
  'app.ts': 6,
  'drift-watch.ts': 6,
  'graph-without-sign-in.ts': 6,
  cli: 7,
  'main.ts': 7,
};

/**
 * The rooms inside the wide modules: a file imports rooms of a lower rank only, and its own. Files beside the rooms have a
 * rank of their own; those without one stand above all rooms and may import each other.
 */
export const ROOMS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  query: { ports: 0, plan: 1, input: 2, decode: 2, calls: 2, read: 3, write: 3, 'work.ts': 4, explain: 5 },
  graphql: {
    request: 0,
    types: 1,
    answer: 1,
    resolve: 2,
    fields: 3,
    systems: 3,
    written: 3,
    extensions: 4,
    execution: 5,
  },
  shotgun: { port: 0, wire: 1, client: 2, calls: 3, script: 4, acting: 5, probe: 6 },
  identity: { provider: 0, person: 1, session: 2 },
  http: {
    request: 0,
    limits: 1,
    pages: 1,
    'http-deps.ts': 2,
    guard: 3,
    session: 4,
    api: 5,
    'sign-in': 5,
    launch: 6,
    overlay: 7,
    'own-account': 8,
  },
};

/** Files of `shotgun` whose functions give operations. */
const OPERATIONS = /^calls\/(?!self|read-answer|entity-path)/u;
const OPERATIONS_BUT_SEARCH = /^calls\/(?!self|read-answer|entity-path|search)/u;

/** What other modules may import of a module that has secrets of its own; everything where a module is not named. */
const FACES: Readonly<Record<string, readonly RegExp[]>> = {
  // Tokens are made and sent in the other rooms. Nobody else can read ShotGrid without naming a login.
  shotgun: [
    /^(?:port|client)\//u,
    // Operations are values: only the client of a person carries them out.
    OPERATIONS,
    /^open-site\.ts$/u,
    /^create-shotgun\.ts$/u,
    /^upload-storage\.ts$/u,
    /^site-tolerances\.ts$/u,
    /^probe\/(?:probe|questions)\.ts$/u,
    /^acting\/own-accounts\.ts$/u,
    /^script\/(?:ami-events|directory|doors|live-schema|menu-items|people|schema-drift|schema-source)\.ts$/u,
  ],
};

/** Files that only their own folder may import, inside the module too, or another one: [file, why, that one]. */
const PRIVATE: readonly (readonly [string, string, string?])[] = [
  ['src/shotgun/script/script-token.ts', "the script's own token stays in its folder"],
  ['src/shotgun/script/script-door.ts', 'reads as the script are made by the named doors beside it only'],
  [
    'src/shotgun/script/probe-door.ts',
    'the questions of the probe alone are asked there',
    'src/shotgun/probe',
  ],
];

/** Imports that the layers would allow but the house does not: [from, to, why, but for these files]. */
const FORBIDDEN: readonly (readonly [string, string, string, RegExp?])[] = [
  [
    'graphql',
    'shotgun',
    'resolvers read rows through query, which plans the searches',
    OPERATIONS_BUT_SEARCH,
  ],
  ['graphql', 'store', 'what is kept belongs to identity and launch'],
  ['http', 'shotgun', 'routes do not read ShotGrid'],
  ['http', 'query', 'routes do not read ShotGrid'],
];

/** Sideways imports that are allowed, each with its reason. */
const EXCEPTIONS: readonly (readonly [string, string, string])[] = [
  ['app.ts', 'drift-watch.ts', 'it hands over the parts of the server'],
  ['cli', 'main.ts', 'the entry point runs the commands'],
  ['main.ts', 'cli', 'the entry point runs the commands'],
];

/** Each outside library has one owner. Node's own modules and the libraries of the tests are free. */
export const OWNERS: Readonly<Record<string, readonly string[]>> = {
  pino: ['base'],
  zod: ['cli', 'config', 'site', 'store', 'shotgun', 'launch', 'identity', 'systems', 'operations'],
  yaml: ['cli', 'config', 'site'],
  redis: ['store'],
  jose: ['store', 'identity', 'systems'],
  pluralize: ['site'],
  tldts: ['base'],
  undici: ['shotgun'],
  commander: ['cli'],
  '@clack/prompts': ['cli'],
  chokidar: ['cli'],
  'openid-client': ['identity'],
  dataloader: ['query', 'graphql'],
  'type-graphql': ['graphql'],
  graphql: ['graphql', 'operations'],
  'graphql-scalars': ['graphql'],
  '@graphql-tools/wrap': ['graphql'],
  'reflect-metadata': ['graphql'],
  '@apollo/server': ['graphql', 'graph-without-sign-in.ts'],
  '@escape.tech/graphql-armor-max-aliases': ['graphql'],
  '@escape.tech/graphql-armor-max-depth': ['graphql'],
  '@escape.tech/graphql-armor-max-directives': ['graphql'],
  '@as-integrations/express5': ['http'],
  express: ['http'],
  cookie: ['http'],
  helmet: ['http'],
  eta: ['cli', 'http'],
  'rate-limiter-flexible': ['store'],
  'ipaddr.js': ['http'],
  'lru-cache': ['http', 'identity', 'observe', 'operations', 'shotgun', 'store', 'systems'],
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
  if (target === undefined) return undefined;
  const secret = PRIVATE.find(([file]) => file === to);
  if (secret && folderOf(from) !== (secret[2] ?? folderOf(to))) return `${from} imports ${to}: ${secret[1]}.`;
  if (target === source) return roomBreach(from, to, source);
  const place = to.split('/').slice(2).join('/');
  const faces = FACES[target];
  if (faces && !faces.some((face) => face.test(place)))
    return `${from} imports ${to}, which is no face of ${target}.`;
  const forbidden = FORBIDDEN.find(
    ([a, b, , but]) => a === source && b === target && but?.test(place) !== true,
  );
  if (forbidden) return `${from} imports ${to}: ${forbidden[2]}.`;
  if (EXCEPTIONS.some(([a, b]) => a === source && b === target)) return undefined;
  const [upper, lower] = [LAYERS[source], LAYERS[target]];
  if (upper === undefined) return `${from}: "${source}" is no module of the house.`;
  if (lower === undefined) return `${from} imports ${to}: "${target}" is no module of the house.`;
  return lower < upper ? undefined : `${from} (layer ${upper}) imports ${to} (layer ${lower}).`;
}

/** What of the studio needs Shotgraph, and names it as an installed package. The rest is for anybody who writes tools. */
const NEEDS_SHOTGRAPH: ReadonlySet<string> = new Set(['studio/storage/extension.ts']);

/** Breaches of what the package of the studio may import, with the libraries that its `package.json` has. */
export function studioBreaches(imports: readonly Import[], libraries: ReadonlySet<string>): string[] {
  return imports.flatMap(({ from, to }) => {
    if (to.startsWith('studio/') || to.startsWith('node:') || libraries.has(to)) return [];
    if (to === 'shotgraph' && NEEDS_SHOTGRAPH.has(from)) return [];
    return [`${from} imports ${to}: the studio runs without it.`];
  });
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

function roomBreach(from: string, to: string, module: string): string | undefined {
  const rooms = ROOMS[module];
  const [room, target] = [from, to].map((path) => path.split('/')[2] ?? '');
  if (rooms === undefined || room === undefined || target === undefined || room === target) return undefined;
  const [upper, lower] = [rankOf(rooms, room), rankOf(rooms, target)];
  if (upper === undefined) return `${from}: "${room}" is no room of ${module}.`;
  if (lower === undefined) return `${from} imports ${to}: "${target}" is no room of ${module}.`;
  const areBothAbove = upper === ABOVE_ROOMS && lower === ABOVE_ROOMS;
  return lower < upper || areBothAbove
    ? undefined
    : `${from} (rank ${upper}) imports ${to} (rank ${lower}) in ${module}.`;
}

const ABOVE_ROOMS = 100;
const rankOf = (rooms: Readonly<Record<string, number>>, room: string): number | undefined =>
  rooms[room] ?? (room.endsWith('.ts') ? ABOVE_ROOMS : undefined);

function ownerBreach(from: string, source: string, library: string): string | undefined {
  if (library.startsWith('node:')) return undefined;
  const owners = OWNERS[library];
  if (owners === undefined) return `${from} imports ${library}, which has no owner in the table.`;
  return owners.includes(source)
    ? undefined
    : `${from} imports ${library}, which belongs to ${owners.join(', ')}.`;
}

/**
 * Import cycles, each as the list of its files. Type-only imports count: they vanish when compiled, but a reader cannot
 * understand one of the files without the others.
 */
export function cyclesOf(imports: readonly Import[]): string[][] {
  const edges = new Map<string, string[]>();
  for (const { from, to } of imports) {
    if (/\.tsx?$/u.test(to)) edges.set(from, [...(edges.get(from) ?? []), to]);
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

/** The layers as a picture, and the rooms of the wide modules, lowest first: ARCHITECTURE shows both. */
export function renderLayers(): string {
  const ranks = [...new Set(Object.values(LAYERS))].sort((a, b) => b - a);
  const rows = ranks.map((rank) => {
    const modules = Object.keys(LAYERS).filter((module) => LAYERS[module] === rank);
    return `  L${rank}["${rank}: ${modules.join(', ')}"]`;
  });
  const arrows = ranks.slice(1).map((rank, index) => `  L${ranks[index]} --> L${rank}`);
  return ['```mermaid', 'flowchart TB', ...rows, ...arrows, '```'].join('\n');
}

export function renderRooms(): string {
  const rows = Object.entries(ROOMS).map(([module, rooms]) => {
    const ranks = [...new Set(Object.values(rooms))].sort((a, b) => a - b);
    const named = ranks.map((rank) =>
      Object.keys(rooms)
        .filter((room) => rooms[room] === rank)
        .map((room) => `\`${room}\``)
        .join(' '),
    );
    return `| \`${module}\` | ${named.join(' · ')} |`;
  });
  return ['| module | rooms, lowest first |', '|---|---|', ...rows].join('\n');
}
