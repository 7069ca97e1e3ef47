import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseSiteSchema } from './parse-site-schema.ts';
import { SiteSchemaError } from './site-schema-error.ts';
import type { SiteSchema } from './site-schema.ts';

const REMEDY = 'Run `npx --no-install shotgraph schema pull` to read it from the site.';

/**
 * Reads the snapshot of a site: `entity-types.json` and `fields.json` of a folder.
 *
 * @throws SiteSchemaError with the file, the place in it and the remedy
 */
export async function loadSiteSchema(directory: string): Promise<SiteSchema> {
  const entityTypes = await readJson(join(directory, 'entity-types.json'));
  const fields = await readJson(join(directory, 'fields.json'));
  try {
    return parseSiteSchema(entityTypes, fields);
  } catch (error) {
    if (error instanceof z.ZodError) throw notTheWireForm(directory, error);
    if (error instanceof SiteSchemaError)
      throw new SiteSchemaError(error.problems.map((problem) => `${directory}: ${problem} ${REMEDY}`));
    throw error;
  }
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new SiteSchemaError([`${path} cannot be read. ${REMEDY}`], cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SiteSchemaError([`${path} is not JSON. ${REMEDY}`], cause);
  }
}

const MAX_PROBLEMS = 10;

function notTheWireForm(directory: string, error: z.ZodError): SiteSchemaError {
  const problems = error.issues.slice(0, MAX_PROBLEMS).map((issue) => {
    const [file, ...place] = issue.path.map(String);
    return `${join(directory, `${file}.json`)}: ${place.join('.')}: ${issue.message}. ${REMEDY}`;
  });
  const left = error.issues.length - problems.length;
  const more = left > 0 ? [`${join(directory, 'entity-types.json')} and fields.json have ${left} more.`] : [];
  return new SiteSchemaError([...problems, ...more], error);
}
