import { access, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AppConfig, Config } from '../config/config.ts';
import { documentCheck } from '../graphql/execution/document-check.ts';
import { PageScriptsError, readPageScripts } from '../http/pages/page-scripts.ts';
import type { ExposedSchema } from '../site/expose.ts';
import { type Loaded, loadOnce } from '../loaded.ts';
import { nearestName } from '../site/nearest-name.ts';
import { SiteSchemaError } from '../site/site-schema-error.ts';
import { OperationListError } from '../operations/list-error.ts';
import { checkLists, hasList } from '../operations/read-lists.ts';
import { ConnectorError, loadSystemParts } from '../systems/load-system-parts.ts';

/**
 * Folders, files and types of the site that the configuration names and that cannot be used. A server that started
 * without them would fail later, in front of an artist.
 *
 * @param loaded where a server takes over what the checks have loaded
 * @returns one sentence for each problem, with its setting
 */
export async function checkPlaces(
  config: Config,
  loaded: Loaded = loadOnce(config),
): Promise<readonly string[]> {
  const found = await Promise.all([
    ...config.apps.map(frontEndProblems),
    schemaProblems(config, loaded),
    auditProblems(config),
    ...config.systems.map((system) => connectorProblems(() => loadSystemParts({ systems: [system] }))),
    extensionProblems(config),
    operationProblems(config, loaded),
  ]);
  return [...found.flat(), ...pageScriptProblems()];
}

const isThere = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );

/** True if the built files of a front end exist. */
export const isFrontEndBuilt = ({ directory }: AppConfig): Promise<boolean> =>
  isThere(join(directory, 'index.html'), constants.R_OK);

async function frontEndProblems(app: AppConfig): Promise<readonly string[]> {
  if (await isFrontEndBuilt(app)) return [];
  return [
    `shotgraph.yml: apps.${app.name}.directory: there is no index.html in ${app.directory}. Build the front end, or correct the folder.`,
  ];
}

async function schemaProblems({ amis }: Config, loaded: Loaded): Promise<readonly string[]> {
  let exposed: ExposedSchema;
  try {
    ({ exposed } = await loaded.site());
  } catch (error) {
    if (error instanceof SiteSchemaError) return error.problems;
    throw error;
  }
  return amis.flatMap(({ name, entityTypes }) =>
    entityTypes
      .filter((type) => !exposed.types.has(type))
      .map((type) => {
        const nearest = nearestName(type, exposed.types.keys());
        const advice = nearest === undefined ? 'Correct it' : `Did you mean ${nearest}? Correct it`;
        return `shotgraph.yml: amis.${name}.entityTypes: the schema of the site shows no type ${type}. ${advice}, or pull the schema again.`;
      }),
  );
}

function pageScriptProblems(): readonly string[] {
  try {
    readPageScripts();
    return [];
  } catch (error) {
    if (error instanceof PageScriptsError) return [error.message];
    throw error;
  }
}

async function auditProblems({ auditDestination: place }: Config): Promise<readonly string[]> {
  if (place === 'off' || place === 'stdout') return [];
  if (await isThere(dirname(place), constants.W_OK)) return [];
  return [
    `SHOTGRAPH_AUDIT: the folder ${dirname(place)} is not there, or this user may not write to it. Make it, or name another file.`,
  ];
}

/** Lists of operations that do not fit the schema, once there is one. */
async function operationProblems({ asking, graphql }: Config, loaded: Loaded): Promise<readonly string[]> {
  if (!asking.tools.some(hasList)) return [];
  try {
    await checkLists(asking.tools, documentCheck(await loaded.schema(), graphql));
    return [];
  } catch (error) {
    if (error instanceof OperationListError) return error.problems;
    // Other checks say what is wrong with these.
    if (error instanceof SiteSchemaError || error instanceof ConnectorError) return [];
    throw error;
  }
}

/** Of the modules the first with a problem: those after it may import files that it was the first to load. */
async function extensionProblems({ extensions, systems }: Config): Promise<readonly string[]> {
  if (extensions.length === 0) return [];
  const { loadExtensions } = await import('../graphql/extensions/load-extensions.ts');
  const adding = systems.filter(({ connector, graphql }) => connector !== null || graphql !== null);
  const names = adding.map(({ name }) => name);
  return connectorProblems(() => loadExtensions(extensions, names));
}

async function connectorProblems(load: () => Promise<unknown>): Promise<readonly string[]> {
  try {
    await load();
    return [];
  } catch (error) {
    if (error instanceof ConnectorError) return [error.message];
    throw error;
  }
}
