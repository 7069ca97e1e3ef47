import { type ExposedSchema, exposeSchema, withFacts } from './expose.ts';
import { type Exposure, loadExposure } from './exposure.ts';
import { loadFacts, type SiteAddress } from './facts/site-facts.ts';
import { loadSiteSchema } from './load-site-schema.ts';
import type { SiteSchema } from './site-schema.ts';

/** What is kept of a site in files. */
export interface LoadedSite {
  readonly snapshot: SiteSchema;
  /** The rules of `expose.yml`. */
  readonly exposure: Exposure;
  /** The snapshot by these rules, with the facts of `facts.json`. */
  readonly exposed: ExposedSchema;
}

/**
 * The site as a server with this folder knows it.
 *
 * @param address where it is known: facts of another site are refused
 * @throws SiteSchemaError if a file is missing or has a mistake
 */
export async function loadSite(schemaDirectory: string, address?: SiteAddress): Promise<LoadedSite> {
  const snapshot = await loadSiteSchema(schemaDirectory);
  const exposure = await loadExposure(schemaDirectory);
  const facts = await loadFacts(schemaDirectory, address);
  return { snapshot, exposure, exposed: withFacts(exposeSchema(snapshot, exposure), facts) };
}
