import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

interface Link {
  readonly type: string;
  readonly id: number;
  readonly name: string;
  readonly code?: string;
}

interface Version {
  readonly id: number;
  readonly code: string;
  readonly description: string | null;
  readonly sgStatusList: string | null;
  readonly sgFirstFrame: number | null;
  readonly clientApproved: boolean;
  readonly createdAt: string;
  readonly entity: Link | null;
  readonly user: Link | null;
  readonly sgTask: { readonly content: string; readonly step: { readonly code: string } | null } | null;
  readonly playlists: readonly Link[];
}

/** A filter as a client gives it, and what it means, said plainly. */
type Test = readonly [filter: object, holds: (version: Version) => boolean];

const FIELDS = `id code description sgStatusList sgFirstFrame clientApproved createdAt
  entity { type id name ... on Shot { code } } user { type id name } sgTask { content step { code } } playlists { type id name }`;
const MAX_ID = 500;

const has = (text: string | null, part: string): boolean =>
  text !== null && text.toLowerCase().includes(part.toLowerCase());
const isSame = (link: Link | null, { type, id }: { type: string; id: number }): boolean =>
  link !== null && link.type === type && link.id === id;

function textLeaves(parts: fc.Arbitrary<string>): fc.Arbitrary<Test> {
  return fc.oneof(
    parts.map((part): Test => [{ code: { contains: part } }, ({ code }) => has(code, part)]),
    parts.map((part): Test => [{ code: { notContains: part } }, ({ code }) => !has(code, part)]),
    parts.map((part): Test => [
      { code: { startsWith: part } },
      ({ code }) => code.toLowerCase().startsWith(part.toLowerCase()),
    ]),
    parts.map((part): Test => [
      { code: { endsWith: part } },
      ({ code }) => code.toLowerCase().endsWith(part.toLowerCase()),
    ]),
    parts.map((part): Test => [
      { description: { notContains: part } },
      ({ description }) => !has(description, part),
    ]),
    fc
      .boolean()
      .map((empty): Test => [
        { description: { isNull: empty } },
        ({ description }) => (description === null) === empty,
      ]),
  );
}

function valueLeaves(): fc.Arbitrary<Test> {
  const id = fc.integer({ min: 1, max: MAX_ID });
  const ids = fc.array(id, { minLength: 1, maxLength: 30 });
  const status = fc.constantFrom('rev', 'apr', 'na', 'vwd', 'ip');
  const day = fc
    .integer({ min: 0, max: 300 })
    .map((days) => new Date(Date.UTC(2026, 0, 1 + days)).toISOString());
  return fc.oneof(
    id.map((limit): Test => [{ id: { greaterThan: limit } }, (version) => version.id > limit]),
    fc
      .tuple(id, id)
      .map((ends) => ends.toSorted((left, right) => left - right))
      .map(([low = 0, high = 0]): Test => [
        { id: { between: [low, high] } },
        (version) => version.id >= low && version.id <= high,
      ]),
    ids.map((some): Test => [{ id: { notIn: some } }, (version) => !some.includes(version.id)]),
    status.map((code): Test => [{ sgStatusList: { is: code } }, ({ sgStatusList }) => sgStatusList === code]),
    status.map((code): Test => [
      { sgStatusList: { notIn: [code] } },
      ({ sgStatusList }) => sgStatusList !== code,
    ]),
    fc
      .boolean()
      .map((flag): Test => [
        { clientApproved: { isNot: flag } },
        (version) => version.clientApproved !== flag,
      ]),
    fc
      .integer({ min: 900, max: 1200 })
      .map((frame): Test => [
        { sgFirstFrame: { lessThan: frame } },
        ({ sgFirstFrame }) => sgFirstFrame !== null && sgFirstFrame < frame,
      ]),
    day.map((instant): Test => [
      { createdAt: { lessThan: instant } },
      ({ createdAt }) => Date.parse(createdAt) < Date.parse(instant),
    ]),
    fc
      .tuple(status, id)
      .map(([code, limit]): Test => [
        { sgStatusList: { is: code }, id: { lessThan: limit } },
        (version) => version.sgStatusList === code && version.id < limit,
      ]),
  );
}

function linkLeaves(versions: readonly Version[]): fc.Arbitrary<Test> {
  const entity = fc.constantFrom(...versions.flatMap((version) => version.entity ?? []));
  const task = fc.constantFrom(...versions.flatMap((version) => version.sgTask ?? []));
  const playlist = fc.constantFrom(...versions.flatMap((version) => version.playlists));
  const ref = ({ type, id }: Link): object => ({ type, id });
  return fc.oneof(
    entity.map((link): Test => [{ entity: { is: ref(link) } }, (version) => isSame(version.entity, link)]),
    entity.map((link): Test => [
      { entity: { isNot: ref(link) } },
      (version) => !isSame(version.entity, link),
    ]),
    fc
      .tuple(entity, entity)
      .map(([one, other]): Test => [
        { entity: { in: [ref(one), ref(other)] } },
        (version) => isSame(version.entity, one) || isSame(version.entity, other),
      ]),
    fc
      .constantFrom('Shot', 'Asset')
      .map((type): Test => [{ entity: { typeIs: type } }, (version) => version.entity?.type === type]),
    entity.map(({ name }): Test => [
      { entity: { nameContains: name.slice(0, 5) } },
      (version) => has(version.entity?.name ?? null, name.slice(0, 5)),
    ]),
    entity.map(({ name }): Test => [
      { entity: { onShot: { code: { is: name } } } },
      (version) => version.entity?.type === 'Shot' && version.entity.code === name,
    ]),
    task.map(({ content, step }): Test => [
      { sgTask: { content: { is: content }, step: { code: { is: step?.code ?? '' } } } },
      ({ sgTask }) => sgTask?.content === content && sgTask.step?.code === step?.code,
    ]),
    playlist.map((link): Test => [
      { playlists: { in: [ref(link)] } },
      ({ playlists }) => playlists.some((other) => other.id === link.id),
    ]),
    playlist.map((link): Test => [
      { playlists: { notIn: [ref(link)] } },
      ({ playlists }) => !playlists.some((other) => other.id === link.id),
    ]),
    fc
      .boolean()
      .map((empty): Test => [
        { playlists: { isNull: empty } },
        ({ playlists }) => (playlists.length === 0) === empty,
      ]),
  );
}

/** Trees of `and` and `or` over such leaves. */
function filters(versions: readonly Version[]): fc.Arbitrary<Test> {
  const part = fc.constantFrom('v00', 'fx', 'ATTIC', '_l', '0', 'harbour_00');
  const { tree } = fc.letrec<{ tree: Test; group: Test; leaf: Test }>((tie) => ({
    leaf: fc.oneof(textLeaves(part), valueLeaves(), linkLeaves(versions)),
    group: fc
      .tuple(
        fc.constantFrom('and' as const, 'or' as const),
        fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
      )
      .map(([name, members]): Test => [
        { [name]: members.map(([filter]) => filter) },
        (version) =>
          name === 'and'
            ? members.every(([, holds]) => holds(version))
            : members.some(([, holds]) => holds(version)),
      ]),
    tree: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('group')),
  }));
  return tree;
}

describe('filters of the API', () => {
  let world: SiteWorld;
  let versions: readonly Version[];
  beforeAll(async () => {
    world = await startSiteWorld();
    const { data, errors } = await world.ask(
      `{ versions(first: 1000, filter: { id: { lessThan: ${MAX_ID} } }) { nodes { ${FIELDS} } } }`,
    );
    expect(errors).toEqual([]);
    versions = data.versions.nodes as Version[];
  });
  afterAll(() => world.close());

  it('find in any combination the rows that a plain reading of the rows finds', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(filters(versions), async ([filter, holds]) => {
        const { data, errors } = await world.ask(
          'query ($filter: VersionFilter) { versions(first: 1000, filter: $filter) { nodes { id } } }',
          { variables: { filter: { and: [{ id: { lessThan: MAX_ID } }, filter] } } },
        );
        expect(errors).toEqual([]);
        const expected = versions.filter((version) => holds(version)).map(({ id }) => id);
        expect((data.versions.nodes as { id: number }[]).map(({ id }) => id)).toEqual(expected);
        found += expected.length;
      }),
      { numRuns: 200 },
    );
    expect(found).toBeGreaterThan(0);
  });
});
