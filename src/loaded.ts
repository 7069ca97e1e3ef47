import type { Config } from './config/config.ts';
import { wholeSchema } from './graphql/whole-schema.ts';
import { type LoadedSite, loadSite } from './site/load-site.ts';
import { loadSystemParts, type SystemParts } from './systems/load-system-parts.ts';

/** What a server is made of files: each part is loaded when it is first asked for, and never again. */
export interface Loaded {
  /** Errors: `SiteSchemaError`. */
  site(): Promise<LoadedSite>;
  /** Errors: `ConnectorError`. */
  parts(): Promise<SystemParts>;
  /** The graph of both, which documents are executed against. Errors: those of both. */
  schema(): ReturnType<typeof wholeSchema>;
}

/** The settings that say where these files are. */
type Places = Pick<Config, 'schemaDirectory' | 'site' | 'systems' | 'extensions'> & {
  readonly graphql: Pick<Config['graphql'], 'maxFirst' | 'maxBatch'>;
};

/** The checks before a start and the server itself share one of these: the largest part of a start is to load it. */
export function loadOnce({ graphql: { maxFirst, maxBatch }, ...config }: Places): Loaded {
  const site = once(() => loadSite(config.schemaDirectory, config.site));
  const parts = once(() => loadSystemParts(config));
  const schema = once(async () => {
    const { exposed } = await site();
    return wholeSchema({ exposed, maxFirst, maxBatch, siteUrl: config.site.publicUrl }, await parts());
  });
  return { site, parts, schema };
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => (loading ??= load());
}
