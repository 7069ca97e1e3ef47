import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSiteSchema } from '../../../src/site/load-site-schema.ts';
import { COMMON_FACTS, TYPE_FACTS, typeFacts } from '../../../src/site/type-facts.ts';
import { ROOT } from '../../rules/source-files.ts';

const api = await readFile(join(ROOT, 'docs', 'shotgrid-api.md'), 'utf8');
const demo = await loadSiteSchema(join(ROOT, 'schema', 'site'));
const TYPES = Object.keys(TYPE_FACTS);
/** Fields of recorded sites that the demo's has not. */
const OF_OTHER_SITES = ['Version.tasks'];

/** `Type.field` of all that the facts of a type name. */
function fieldsOf(type: string): readonly string[] {
  const facts = typeFacts(type);
  const inverse = Object.entries(facts.inverseLinks ?? {});
  const own = [
    ...inverse.map(([field]) => field),
    ...(facts.createOnly ?? []),
    ...Object.keys(facts.neverWritten ?? {}),
    ...(facts.unfiltered ?? []),
    ...(facts.takesPaths ?? []),
    ...Object.values(facts.threadLists ?? {}),
    ...[facts.author, facts.createdWith].flatMap((field) => field ?? []),
  ];
  return [...own.map((field) => `${type}.${field}`), ...inverse.flatMap(([, link]) => link ?? [])];
}

const isOnDemo = (place: string): boolean => {
  const [type = '', field = ''] = place.split('.');
  return !demo.types.has(type) || demo.types.get(type)?.fields.has(field) === true;
};

describe('The facts of types', () => {
  it.each(TYPES)('of %s come from sections that docs/shotgrid-api.md has', (type) => {
    const sections = typeFacts(type).from.match(/\d+(?:\.\d+)?/gu) ?? [];
    expect(sections.length).toBeGreaterThan(0);
    const missing = sections.filter(
      (section) => !new RegExp(`^#+ ${section.replace('.', '\\.')}[ .]`, 'mu').test(api),
    );
    expect(missing).toEqual([]);
  });

  it('name fields that the site of the demo has, so that none is misspelt', () => {
    const places = [...TYPES.flatMap(fieldsOf), ...Object.values(COMMON_FACTS.inverseLinks)];
    expect(places.length).toBeGreaterThan(30);
    expect(places.filter((place) => !isOnDemo(place))).toEqual(OF_OTHER_SITES);
  });

  it('are none for a type that has no row, whatever it is called', () => {
    for (const type of ['CustomEntity07', 'toString', '__proto__', 'constructor'])
      expect(typeFacts(type)).toEqual({ from: '' });
  });
});
