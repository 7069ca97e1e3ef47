import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { ActingClient } from '../../src/shotgun/client/shotgun.ts';
import { searchRows } from '../../src/shotgun/calls/search.ts';
import { createDeclaringSystem, NEEDED_SELECTION } from '../support/declaring-system.ts';
import { inOrder } from '../support/in-order.ts';
import { PLAN } from '../support/plan-settings.ts';
import { type Part, selections } from '../support/random-selections.ts';
import { searchingBy } from '../support/site-operations.ts';
import { type SiteWorld, startSiteWorld } from '../support/site-world.ts';

interface Told {
  readonly id: number;
  readonly told: string | null;
}

interface Costs {
  readonly waves: number;
  readonly calls: readonly { readonly kind: string; readonly type: string; readonly wave: number }[];
}

const KEPT = 'description';

/** Nobody's role shows the description of a Shot: ShotGrid leaves it out of the rows. */
const withoutDescription = (client: ActingClient): ActingClient =>
  searchingBy(client, async (request, search) => {
    const rows = await search(searchRows(request));
    return rows.map(({ fields, ...row }) => {
      const isKept = (name: string): boolean =>
        name.endsWith(`.Shot.${KEPT}`) || (row.type === 'Shot' && name === KEPT);
      return { ...row, fields: Object.fromEntries(Object.entries(fields).filter(([name]) => !isKept(name))) };
    });
  });

describe('A field of a system that needs more of its rows', () => {
  const system = createDeclaringSystem();
  let world: SiteWorld;
  let ids: readonly number[];
  beforeAll(async () => {
    const plan = { ...PLAN, maxSearches: 1000, shown: true };
    world = await startSiteWorld(
      { maxAliases: 1000, maxDepth: 64, plan },
      { deps: system.deps, wrap: (client) => inOrder(withoutDescription(client)) },
    );
    const { data } = await world.ask('{ versions(first: 12) { nodes { id } } }');
    ids = (data.versions.nodes as Told[]).map(({ id }) => id);
  });
  afterAll(() => world.close());
  beforeEach(() => {
    system.calls.length = 0;
  });

  const ask = async (document: string, variables = {}) => {
    const { data, errors, text } = await world.ask(document, { variables });
    const { extensions } = JSON.parse(text) as { extensions?: { plan: Costs } };
    return { data, errors, costs: extensions?.plan };
  };
  const callsOf = (costs: Costs | undefined): readonly string[] =>
    (costs?.calls ?? []).map(({ kind, type, wave }) => `${wave} ${kind} ${type}`).sort();

  it('gets what a query for them shows, and nothing else', async () => {
    const { data, errors } = await ask(`{ versionsByIds(ids: [${ids.join()}]) { id told } }`);
    expect(errors).toEqual([]);
    const plain = await ask(`{ versionsByIds(ids: [${ids.join()}]) { id type ${NEEDED_SELECTION} } }`);
    const expected = (plain.data.versionsByIds as { entity: Entity | null }[]).map(
      ({ entity, ...version }) => ({
        ...version,
        entity: entity?.type === 'Shot' ? { ...entity } : entity,
      }),
    );
    expect((data.versionsByIds as Told[]).map(({ told }) => JSON.parse(told ?? '') as unknown)).toEqual(
      expected,
    );
    expect(new Set(expected.map(({ entity }) => entity?.type))).toEqual(new Set(['Shot', 'Asset']));
  });

  it('has them read in the same calls and waves as a document that selects them', async () => {
    const told = await ask('{ versions(first: 20) { nodes { id told } } }');
    const plain = await ask(`{ versions(first: 20) { nodes { id type ${NEEDED_SELECTION} } } }`);
    expect(callsOf(told.costs)).toEqual(callsOf(plain.costs));
    expect(told.costs?.waves).toBe(plain.costs?.waves);
    expect(system.calls.map(({ rows }) => rows.length)).toEqual([20]);
  });

  it('may need fields of systems, which are then asked for once', async () => {
    const { data, errors } = await ask(
      `{ versionsByIds(ids: [${ids.join()}]) { id retold told entity { ... on Shot { told } } } }`,
    );
    expect(errors).toEqual([]);
    for (const row of data.versionsByIds as (Told & { retold: string; entity: Told | null })[]) {
      const { told, entity } = JSON.parse(row.retold) as { told: string; entity: { told?: string } | null };
      expect(told).toBe(row.told);
      expect(entity?.told).toBe(row.entity?.told);
    }
    const fields = system.calls.map(({ field }) => field);
    expect(fields.sort()).toEqual(['Shot.told', 'Version.retold', 'Version.told']);
  });

  it('is null with a code for a row whose need the role may not see', async () => {
    const { data, errors } = await ask(
      `{ versionsByIds(ids: [${ids.join()}]) { id ofSecret entity { ... on Shot { description } } } }`,
    );
    const rows = data.versionsByIds as (Told & { ofSecret: string | null; entity: { description: null } })[];
    const refused = rows.flatMap(({ ofSecret }, index) => (ofSecret === null ? [index] : []));
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(rows.length);
    expect(errors.map(({ path }) => path)).toEqual(
      refused.map((index) => ['versionsByIds', index, 'ofSecret']),
    );
    expect(errors[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      details: { system: 'sheets', field: 'ofSecret', need: 'entity.description' },
    });
  });

  it('is asked about rows of an own type once, with the values as the system gave them', async () => {
    const { data, errors } = await ask(
      `{ versionsByIds(ids: [${ids.join()}]) { sheets { id mark log again: log later: log(from: 2) next { id mark } } } }`,
    );
    expect(errors).toEqual([]);
    const [id = 0] = ids;
    const given = { id, hours: id / 2, next: { id: id + 1000 }, versions: [{ id }, { id }] };
    const log = `log of ${id} from 1`;
    expect(data.versionsByIds[0].sheets[0]).toEqual({
      ...{ id, mark: JSON.stringify(given), log, again: log, later: `log of ${id} from 2` },
      next: { id: id + 1000, mark: JSON.stringify(given.next) },
    });
    const calls = system.calls.map(({ field, rows }) => `${field} ${rows.length}`);
    const sheets = 2 * ids.length;
    expect(calls.slice(1).sort()).toEqual([
      ...[`Sheet.log ${sheets}`, `Sheet.log ${sheets}`, `Sheet.mark ${sheets + ids.length}`],
    ]);
  });

  it('answers the same whatever else the document selects', async () => {
    const version = world.exposed.types.get('Version');
    if (version === undefined) throw new Error('There are versions.');
    const fields = [
      'told',
      'retold',
      'ofShot',
      'ofSecret',
      'sheets { id log mark next { mark } versions { id code } }',
    ];
    const alone = new Map<string, readonly unknown[]>();
    for (const field of fields) {
      const { data } = await ask(`{ versionsByIds(ids: [${ids.join()}]) { declared: ${field} } }`);
      alone.set(
        field,
        (data.versionsByIds as { declared: unknown }[]).map(({ declared }) => declared),
      );
    }
    const shapes = fc.tuple(
      fc.subarray(fields, { minLength: 1 }),
      selections(world.exposed, version),
      fc.constantFrom('beside', 'merged', 'paged'),
    );
    await fc.assert(
      fc.asyncProperty(shapes, async ([chosen, beside, how]) => {
        const { data } = await ask(documentOf({ chosen, beside, how, ids }), { no: false });
        const rows = data.rows.nodes ?? data.rows;
        chosen.forEach((field, index) => {
          const given = (rows as Record<string, unknown>[]).map((row) => row[`declared${index}`]);
          expect(given).toEqual(alone.get(field));
        });
      }),
      { numRuns: 60 },
    );
  });
});

interface Entity {
  readonly type: string;
}

interface Asked {
  readonly chosen: readonly string[];
  readonly beside: Part;
  readonly how: string;
  readonly ids: readonly number[];
}

/** The fields with a random selection: of the same row, of the same row elsewhere, or of a page. */
function documentOf({ chosen, beside, how, ids }: Asked): string {
  const declared = chosen.map((field, index) => `declared${index}: ${field}`).join(' ');
  const list = `versionsByIds(ids: [${ids.join()}])`;
  const page = `versions(filter: { id: { in: [${ids.join()}] } }, first: 100)`;
  const roots = {
    beside: `rows: ${list} { ${declared} ...B }`,
    merged: `rows: ${list} { ${declared} } rows: ${list} ${beside.text} other: ${list} { ...B }`,
    paged: `rows: ${page} { nodes { ${declared} ...B } }`,
  };
  const root = roots[how as keyof typeof roots];
  const fragment = `fragment B on Version ${beside.text}`;
  const head = 'query Any($yes: Boolean! = true, $no: Boolean!)';
  return [
    `${head} { __typename @include(if: $yes) @skip(if: $no) ${root} }`,
    fragment,
    ...beside.fragments.values(),
  ].join('\n');
}
