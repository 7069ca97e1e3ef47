import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { nearestName } from '../nearest-name.ts';
import { SiteSchemaError } from '../site-schema-error.ts';
import { FACTS, NO_FACTS, type SiteFacts } from './fact-table.ts';

/** The form of the file. A change that an earlier Shotgraph cannot read gets the next number. */
export const FACTS_VERSION = 2;

/** The file of a site's facts. */
export interface FactsFile {
  /** Origin of the site, as people open it. Other sites may behave otherwise. */
  readonly site: string;
  /** Day of the last measurement, `2026-12-01`. */
  readonly measuredOn: string;
  /** The version of the site's server, as it tells it; null if it tells none. */
  readonly server: string | null;
  readonly facts: SiteFacts;
}

const FACT_FORMS = z.strictObject(
  Object.fromEntries(Object.entries(FACTS).map(([name, { form }]) => [name, form.optional()])),
);

const FORM = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(FACTS_VERSION),
  site: z.url({ protocol: /^https?$/u }),
  measuredOn: z.iso.date(),
  server: z.string().max(200).nullable(),
  facts: FACT_FORMS,
});

/** `facts.json` beside the folder of the site's snapshot. */
export const factsPath = (schemaDirectory: string): string => resolve(schemaDirectory, '..', 'facts.json');

/** A site as this server reaches it, and as people open it. */
export interface SiteAddress {
  readonly url: string;
  readonly publicUrl: string;
}

/**
 * The facts of a site, from `facts.json`. Without the file nothing is known, and everything is assumed.
 *
 * @param address where the site is known: facts of another site are refused
 * @throws SiteSchemaError with every mistake of the file
 */
export async function loadFacts(schemaDirectory: string, address?: SiteAddress): Promise<SiteFacts> {
  const path = factsPath(schemaDirectory);
  const file = await readFactsFile(path);
  if (file !== undefined && address !== undefined) assertOfSite(file, path, address);
  return file?.facts ?? NO_FACTS;
}

/** @throws SiteSchemaError for facts that were measured at another site */
export function assertOfSite({ site }: FactsFile, path: string, { url, publicUrl }: SiteAddress): void {
  if (site === url || site === publicUrl) return;
  throw new SiteSchemaError([
    `${path} was measured at ${site}, and this site is ${publicUrl}. Give each site a folder of its own, such as SHOTGRAPH_SCHEMA_DIRECTORY=schema/staging/site. If the site has a new address, correct "site" in the file, or delete it and run "npx --no-install shotgraph probe" again.`,
  ]);
}

/**
 * @returns undefined if there is no such file
 * @throws SiteSchemaError with every mistake of the file
 */
export async function readFactsFile(path: string): Promise<FactsFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new SiteSchemaError([`${path} cannot be read.`], cause);
  }
  return parseFacts(text, path);
}

const REMEDY = '"npx --no-install shotgraph probe" writes the file; correct it or delete it.';

/** @throws SiteSchemaError with every mistake, each with its place and remedy */
export function parseFacts(text: string, path: string): FactsFile {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (cause) {
    throw new SiteSchemaError([`${path} is not JSON. ${REMEDY}`], cause);
  }
  if (hasRepeatedName(text))
    throw new SiteSchemaError([`${path} has a name twice, and only one of the two would hold. ${REMEDY}`]);
  const parsed = FORM.safeParse(given);
  if (!parsed.success)
    throw new SiteSchemaError(parsed.error.issues.map((issue) => `${path}: ${mistake(issue, given)}`));
  const { site, measuredOn, server, facts } = parsed.data;
  return { site: new URL(site).origin, measuredOn, server, facts };
}

/** JSON keeps the last of two values without a word. The reader of YAML sees both. */
const hasRepeatedName = (json: string): boolean =>
  parseDocument(json).errors.some(({ code }) => code === 'DUPLICATE_KEY');

function mistake(issue: z.core.$ZodIssue, given: unknown): string {
  const place = issue.path.map(String).join('.');
  if (place === 'version' && typeof given === 'object' && given !== null && 'version' in given) {
    const advice = given.version === 1 ? 'Delete it' : 'Update Shotgraph, or delete it';
    return `it has version ${JSON.stringify(given.version)}, and this Shotgraph reads ${FACTS_VERSION}. ${advice} and probe the site again.`;
  }
  if (issue.code !== 'unrecognized_keys') return `${place || 'the file'}: ${issue.message}. ${REMEDY}`;
  return issue.keys
    .map((key) => {
      const nearest = place === 'facts' ? nearestName(key, Object.keys(FACTS)) : undefined;
      const advice = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
      return `${place || 'the file'}: there is no "${key}".${advice} ${REMEDY}`;
    })
    .join(' ');
}

/** The text of a facts file: facts sorted, so that two equal measurements give equal files. */
export function renderFacts({ site, measuredOn, server, facts }: FactsFile): string {
  const sorted = Object.fromEntries(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ version: FACTS_VERSION, site, measuredOn, server, facts: sorted }, null, 2)}\n`;
}

/** schema/facts.schema.json: what editors complete and check `facts.json` with. */
export function renderFactsSchema(): string {
  const schema = z.toJSONSchema(FORM, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ title: 'facts.json', ...schema }, null, 2)}\n`;
}
