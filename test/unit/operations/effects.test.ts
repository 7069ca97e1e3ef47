import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentCheck } from '../../../src/graphql/execution/document-check.ts';
import { graphOf } from '../../../src/graphql/graph-of.ts';
import { type Effect, effectsOf } from '../../../src/operations/effects.ts';
import { printPlace } from '../../../src/operations/operation.ts';
import { readWrittenTools, type WrittenTool } from '../../../src/operations/read-lists.ts';
import { exposeSchema } from '../../../src/site/expose.ts';
import { EMPTY_EXPOSURE, parseExposure } from '../../../src/site/exposure.ts';
import { parseSiteSchema } from '../../../src/site/parse-site-schema.ts';
import { diffSchemas, exposeAfter, type SiteSide } from '../../../src/site/schema-diff.ts';
import { createGraphqlWorld, GRAPHQL_SETTINGS } from '../../support/graphql-world.ts';
import { type Files, mapOf, temporaryFiles, toolOf } from '../../support/operation-lists.ts';
import { wireField, wireSchema } from '../../support/small-site-schema.ts';

type Wire = Record<string, Record<string, Record<string, unknown>>>;
const NO_PARTS = { connectors: [], remotes: [] };

const link = (...types: string[]) => wireField('entity', { valid_types: types });
const status = (...values: string[]) => wireField('status_list', { valid_values: values });
const BEFORE: Wire = {
  Project: { name: wireField('text') },
  Shot: {
    code: wireField('text'),
    project: link('Project'),
    sg_cut_in: wireField('number'),
    sg_sequence: link('Sequence'),
  },
  Sequence: { code: wireField('text'), project: link('Project') },
  Version: {
    code: wireField('text', {}, { name: 'Version Name' }),
    entity: link('Shot'),
    sg_status_list: status('rev', 'apr', 'na'),
    description: wireField('text'),
  },
};

const sideOf = (wire: Wire, rules = ''): SiteSide => {
  const { entityTypes, fields } = wireSchema(wire);
  const exposure = rules === '' ? EMPTY_EXPOSURE : parseExposure(rules, 'expose.yml');
  return { schema: parseSiteSchema(entityTypes, fields), exposure };
};

/** `breaks review Room room.graphql:3: Cannot query ...`, without the folder. */
const toldOf = ({ effect, tool, operation, place, message }: Effect): string =>
  `${effect} ${tool} ${operation} ${printPlace(place).replace(/^.*\//u, '')}: ${message}`;

async function effects(tools: readonly WrittenTool[], before: SiteSide, after: SiteSide) {
  const exposed = exposeSchema(before.schema, before.exposure);
  return effectsOf(tools, {
    before: await graphOf(exposed, NO_PARTS, GRAPHQL_SETTINGS),
    after: await graphOf(exposeAfter(after), NO_PARTS, GRAPHQL_SETTINGS),
    exposed,
    changes: diffSchemas(before, after),
  });
}

const without = (type: string, ...names: string[]): Wire => ({
  ...BEFORE,
  [type]: Object.fromEntries(Object.entries(BEFORE[type] ?? {}).filter(([name]) => !names.includes(name))),
});
const withField = (type: string, name: string, field: Record<string, unknown>): Wire => ({
  ...BEFORE,
  [type]: { ...BEFORE[type], [name]: field },
});

const ROOM = `query Room($filter: VersionFilter) {
  versions(first: 5, filter: $filter, sort: [{ field: SG_STATUS_LIST }]) {
    nodes {
      ...Card
      entity { code sgCutIn }
    }
  }
}
`;
const CARD = 'fragment Card on Version {\n  code\n  sgStatusList\n}\n';
const RENAME =
  'mutation Rename($id: Int!) {\n  updateVersion(id: $id, input: {\n    description: "x"\n  }) { id }\n}\n';

describe('what a change of the site does to operations', () => {
  let files: Files;
  beforeEach(async () => {
    files = await temporaryFiles();
  });
  afterEach(() => files.remove());

  const tools = async (): Promise<readonly WrittenTool[]> => {
    await files.write('review/room.graphql', ROOM);
    await files.write('review/card.graphql', CARD);
    await files.write('review/rename.graphql', RENAME);
    const script = await files.write(
      'nightly.json',
      mapOf('query Room {\n  shots {\n    nodes { sgCutIn }\n  }\n}'),
    );
    return readWrittenTools(
      [toolOf('review', `${files.folder}/review`), toolOf('nightly', script)],
      GRAPHQL_SETTINGS,
    );
  };
  const told = async (after: SiteSide, before = sideOf(BEFORE)): Promise<readonly string[]> =>
    (await effects(await tools(), before, after)).map(toldOf);

  it('is nothing if nothing has changed, or only fields that nobody selects', async () => {
    expect(await told(sideOf(BEFORE))).toEqual([]);
    expect(await told(sideOf(without('Sequence', 'project')))).toEqual([]);
    expect(await told(sideOf(withField('Version', 'code', wireField('text', {}, { name: 'Take' }))))).toEqual(
      [],
    );
  });

  it('breaks each operation of each tool that selects a removed field, also if two have one name', async () => {
    expect(await told(sideOf(without('Shot', 'sg_cut_in')))).toEqual([
      'breaks review Room room.graphql:5: Cannot query field "sgCutIn" on type "Shot".',
      'breaks nightly Room nightly.json:2: Room, line 3 of its text: Cannot query field "sgCutIn" on type "Shot".',
    ]);
  });

  it('is named with the change behind it, the nearest name, and the file of the fragment', async () => {
    const after = sideOf({
      ...without('Version', 'sg_status_list'),
      Version: { ...without('Version', 'sg_status_list')['Version'], sg_status_lists: status('rev') },
    });
    const found = await effects(await tools(), sideOf(BEFORE), after);
    expect(found.map((effect) => [toldOf(effect), effect.change])).toEqual([
      [
        'breaks review Room room.graphql:2: Value "SG_STATUS_LIST" does not exist in "VersionSortField" enum. Did you mean the enum value "SG_STATUS_LISTS"?',
        'Version.sg_status_list',
      ],
      [
        'breaks review Room card.graphql:3: Cannot query field "sgStatusList" on type "Version". Did you mean "sgStatusLists"?',
        'Version.sg_status_list',
      ],
      [
        'warns review Room room.graphql:1: values of $filter: Version.sg_status_list is gone.',
        'Version.sg_status_list',
      ],
    ]);
  });

  it('is only a warning for another type, other legal values and links to other types', async () => {
    const float = sideOf(withField('Shot', 'sg_cut_in', wireField('float')));
    expect(await told(float)).toEqual([
      'warns review Room room.graphql:5: Shot.sg_cut_in is float now, not number.',
      'warns nightly Room nightly.json:2: Room, line 3 of its text: Shot.sg_cut_in is float now, not number.',
    ]);
    expect(await told(sideOf(withField('Version', 'sg_status_list', status('rev', 'apr'))))).toEqual([
      'warns review Room room.graphql:2: Version.sg_status_list may be na no longer.',
      'warns review Room card.graphql:3: Version.sg_status_list may be na no longer.',
    ]);
  });

  it('breaks operations that write a field that is now read-only, and not those that read it', async () => {
    const readOnly = wireField('text', {}, { editable: false });
    expect(await told(sideOf(withField('Version', 'description', readOnly)))).toEqual([
      expect.stringMatching(/^breaks review Rename rename\.graphql:3: Field "description" is not defined/u),
    ]);
    expect(
      await told(sideOf(withField('Version', 'code', wireField('text', {}, { editable: false })))),
    ).toEqual([]);
  });

  it('breaks by expose.yml as well: a field or a type that is hidden, or has another name', async () => {
    const hidden = sideOf(BEFORE, 'types: { Shot: { fields: { sg_cut_in: { hide: true } } } }');
    const found = await effects(await tools(), sideOf(BEFORE), hidden);
    expect(found.map(({ tool, effect, change }) => [tool, effect, change])).toEqual([
      ['review', 'breaks', 'Shot.sg_cut_in'],
      ['nightly', 'breaks', 'Shot.sg_cut_in'],
    ]);
    expect(await told(sideOf(BEFORE, 'types: { Shot: { rename: Take } }'))).toContainEqual(
      expect.stringMatching(/^breaks nightly Room .*Cannot query field "shots"/u),
    );
    expect((await told(sideOf(BEFORE, 'types: { Shot: { hide: true } }'))).length).toBeGreaterThan(1);
  });

  it('reports an operation that did not fit before as an old mistake', async () => {
    const hidden = sideOf(BEFORE, 'types: { Shot: { fields: { sg_cut_in: { hide: true } } } }');
    const found = await effects(await tools(), hidden, hidden);
    expect(found.map(({ tool, effect, isOld }) => [tool, effect, isOld])).toEqual([
      ['review', 'breaks', true],
      ['nightly', 'breaks', true],
    ]);
  });
});

const TEXTS = [
  ROOM.replace('...Card', 'code sgStatusList').replace('query Room', 'query A'),
  RENAME.replace('Rename', 'B'),
  'query C { shots(first: 2, filter: { sgCutIn: { greaterThan: 3 } }) { nodes { code project { nameField } } } }',
  'query D { shots(first: 2, sort: [{ field: SG_CUT_IN }]) { nodes { id } } sequences { nodes { code } } }',
  'query E { version(id: 1) { entity { ... on Shot { sgSequence { code project { id } } } } } }',
  'mutation F($id: Int!, $input: VersionUpdateInput!) { updateVersion(id: $id, input: $input) { code } }',
  'mutation G { createShot(input: { code: "a", project: { id: 1, type: "Project" } }) { id } }',
  'query H { summarizeVersions(summaries: [{ field: CODE, type: COUNT }]) { name values { number } } }',
  'query I { viewer { login } }',
];

const field = fc.constantFrom(
  wireField('text'),
  wireField('number'),
  wireField('float'),
  wireField('text', {}, { editable: false }),
  link('Shot'),
  link('Sequence', 'Shot'),
  link('Project'),
  status('rev'),
  null,
);
const changedSite = fc
  .array(fc.tuple(fc.constantFrom(...Object.keys(BEFORE)), fc.nat(3), field), { minLength: 1, maxLength: 3 })
  .map((changes) => {
    const after = structuredClone(BEFORE);
    for (const [type, at, other] of changes) {
      const fields = after[type] ?? {};
      const name = Object.keys(BEFORE[type] ?? {})[at];
      if (name === undefined) continue;
      if (other === null) delete fields[name];
      else fields[name] = other;
    }
    return after;
  });
const rules = fc.constantFrom(
  '',
  '',
  'types: { Sequence: { hide: true } }',
  'types: { Shot: { rename: Take } }',
  'types: { Version: { readOnly: true } }',
);

describe('an operation that is called broken', () => {
  it('is exactly what a server refuses after the change', async () => {
    const files = await temporaryFiles();
    const path = await files.write('all.json', mapOf(...TEXTS));
    const all = await readWrittenTools([toolOf('all', path)], GRAPHQL_SETTINGS);
    const before = sideOf(BEFORE);
    const verdicts = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(changedSite, rules, async (wire, text) => {
        const after = sideOf(wire, text);
        const broken = new Set(
          (await effects(all, before, after)).flatMap(({ effect, operation }) =>
            effect === 'breaks' ? [operation] : [],
          ),
        );
        const world = await createGraphqlWorld({ exposed: exposeAfter(after) });
        try {
          for (const { name, text: document } of all[0]?.operations ?? []) {
            const { codes } = await world.ask(document, { variables: { id: 1 } });
            const isRefused = codes.includes('GRAPHQL_VALIDATION_FAILED');
            verdicts.add(isRefused);
            expect([name, broken.has(name)]).toEqual([name, isRefused]);
          }
        } finally {
          await world.close();
        }
      }),
      { numRuns: 25 },
    );
    expect(verdicts).toEqual(new Set([true, false]));
    await files.remove();
  });

  it('fits the site before any change', async () => {
    const world = await createGraphqlWorld({ exposed: exposeSchema(sideOf(BEFORE).schema, EMPTY_EXPOSURE) });
    const files = await temporaryFiles();
    const path = await files.write('all.json', mapOf(...TEXTS));
    const [all] = await readWrittenTools([toolOf('all', path)], GRAPHQL_SETTINGS);
    const { mistakesOf } = documentCheck(world.part.schema, GRAPHQL_SETTINGS);
    expect((all?.operations ?? []).flatMap(({ document }) => mistakesOf(document))).toEqual([]);
    await world.close();
    await files.remove();
  });
});
