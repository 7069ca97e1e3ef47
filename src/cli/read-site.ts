import type { Environment } from '../config/environment.ts';
import { loadGraphFilesOfServer, loadPlanConfig, loadSchemaDirectory } from '../config/load-config.ts';
import { loadSite } from '../site/load-site.ts';

interface Where {
  /** Of the site's schema, in place of that of the settings. */
  readonly directory: string | undefined;
  /** The `shotgraph.yml`, in place of that of the settings. */
  readonly config: string | undefined;
}

/**
 * What commands that read documents need of a site, its tools and the settings, without a server.
 *
 * @throws ConfigError, SiteSchemaError
 */
export async function readSite({ directory, config }: Where, environment: Environment) {
  const { exposed } = await loadSite(directory ?? loadSchemaDirectory(environment));
  const files = await loadGraphFilesOfServer(config, environment);
  return { exposed, files, settings: loadPlanConfig(environment) };
}
