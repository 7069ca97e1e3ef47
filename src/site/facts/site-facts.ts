import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { nearestName } from '../nearest-name.ts';
import { SiteSchemaError } from '../site-schema-error.ts';
import { FACTS, NO_FACTS, type SiteFacts } from './fact-table.ts';

/** The form of the file. A change that an earlier Shotgraph cannot read gets the next number. */
export const FACTS_VERSION = 1;

/** The file of a site's facts. */
export interface FactsFile {
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
  measuredOn: z.iso.date(),
  server: z.string().max(200).nullable(),
  facts: FACT_FORMS,
});

/** `facts.json` beside the folder of the site's snapshot. */
export const factsPath = (schemaDirectory: string): string => resolve(schemaDirectory, '..', 'facts.json');

/**
 * The facts of a site, from `facts.json`. Without the file nothing is known, and everything is assumed.
 *
 * @throws SiteSchemaError with every mistake of the file
 */
export async function loadFacts(schemaDirectory: string): Promise<SiteFacts> {
  return (await readFactsFile(factsPath(schemaDirectory)))?.facts ?? NO_FACTS;
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
  const parsed = FORM.safeParse(given);
  if (!parsed.success)
    throw new SiteSchemaError(parsed.error.issues.map((issue) => `${path}: ${mistake(issue, given)}`));
  const { measuredOn, server, facts } = parsed.data;
  return { measuredOn, server, facts };
}

function mistake(issue: z.core.$ZodIssue, given: unknown): string {
  const place = issue.path.map(String).join('.');
  if (place === 'version' && typeof given === 'object' && given !== null && 'version' in given)
    return `it has version ${JSON.stringify(given.version)}, and this Shotgraph reads ${FACTS_VERSION}. Update Shotgraph, or probe the site again.`;
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
export function renderFacts({ measuredOn, server, facts }: FactsFile): string {
  const sorted = Object.fromEntries(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ version: FACTS_VERSION, measuredOn, server, facts: sorted }, null, 2)}\n`;
}

/** schema/facts.schema.json: what editors complete and check `facts.json` with. */
export function renderFactsSchema(): string {
  const schema = z.toJSONSchema(FORM, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ title: 'facts.json', ...schema }, null, 2)}\n`;
}
