import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

const ENTITY = '/api/v1/entity';
const CREATE =
  'mutation { createVersion(input: { project: { type: "Project", id: 2 }, code: "made_once" }) { id code } }';
const MADE = '{ versions(filter: { code: { is: "made_once" } }) { nodes { id } } }';
const BATCH = `mutation { batch(operations: [
  { createVersion: { project: { type: "Project", id: 2 }, code: "made_once" } }
  { createVersion: { project: { type: "Project", id: 2 }, code: "made_twice" } }]) { id entity { name } } }`;

/** The site, or the way to it, fails in the middle of João's work. */
describe('a write in trouble', () => {
  let world: SiteWorld;
  beforeEach(async () => {
    world = await startSiteWorld();
  });
  afterEach(() => world.close());
  const ask = (document: string) => world.ask(document, { as: 'joao' });
  const fault = (method: string, path: string, rest: object) =>
    world.control('POST', 'faults', { match: { method, path: `${ENTITY}${path}` }, ...rest });
  const writes = async () =>
    (await world.takeCalls()).filter(({ method, path }) => method === 'POST' && !path.endsWith('_search'));

  it.each([
    ['a create', CREATE, '/Version'],
    ['a batch', BATCH, '/_batch'],
  ])(
    '%s that was made but not answered is reported as unknown, and never sent again',
    async (_, document, path) => {
      await fault('POST', path, { after: true, drop: true, times: 1 });
      await world.takeCalls();
      const { errors, data } = await ask(document);
      expect(Object.values(data)).toEqual([null]);
      expect(errors[0]?.extensions).toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        details: { outcome: 'unknown' },
      });
      expect(errors[0]?.message).toContain('look before you repeat it');
      expect(await writes()).toHaveLength(1);
      expect((await ask(MADE)).data.versions.nodes).toHaveLength(1);
    },
  );

  it.each([
    ['a create', CREATE, '/Version'],
    ['a batch', BATCH, '/_batch'],
  ])('%s that the site could not process is not sent again either', async (_, document, path) => {
    await fault('POST', path, { status: 503, times: 1 });
    await world.takeCalls();
    expect((await ask(document)).errors[0]?.extensions.details).toMatchObject({ outcome: 'unknown' });
    expect(await writes()).toHaveLength(1);
    expect((await ask(MADE)).data.versions.nodes).toEqual([]);
  });

  it('that was made, but whose result cannot be read, is reported as made, so that nobody repeats it', async () => {
    await fault('POST', '/Version/_search', { status: 500, body: '{}' });
    const { errors } = await ask(CREATE);
    expect(errors[0]?.extensions).toMatchObject({
      code: 'UPSTREAM_BROKEN',
      details: { outcome: 'done', type: 'Version' },
    });
    expect(errors[0]?.message).toContain('The change was made');
    await world.control('DELETE', 'faults');
    const id = errors[0]?.extensions.details?.['id'];
    expect((await ask(MADE)).data.versions.nodes).toEqual([{ id }]);
  });

  it('of a batch that was made returns its ids if only the new rows cannot be read', async () => {
    await fault('POST', '/Version/_search', { status: 500, body: '{}' });
    const { data, errors } = await ask(BATCH);
    expect(data.batch).toEqual([
      { id: expect.any(Number), entity: null },
      { id: expect.any(Number), entity: null },
    ]);
    expect(errors.map(({ path }) => path)).toEqual([
      ['batch', 0, 'entity'],
      ['batch', 1, 'entity'],
    ]);
    const [{ message } = { message: '' }] = errors;
    expect(message).toContain('The change was made');
    expect(message).toContain('if this happens again, tell an administrator');
  });

  it('does not hide the result of the one before it in the same request: each has its own result, in order', async () => {
    const { data, errors } = await ask(`mutation {
      first: createVersion(input: { project: { type: "Project", id: 2 }, code: "one" }) { code }
      second: updateVersion(id: 99999999, input: { code: "nobody" }) { code }
    }`);
    expect(errors.map(({ path }) => path)).toEqual([['second']]);
    expect(data).toEqual({ first: { code: 'one' }, second: null });
  });

  it('costs one call if only the id is selected, and two otherwise', async () => {
    await world.takeCalls();
    await ask(CREATE.replace('{ id code }', '{ id type __typename }'));
    expect(await world.takeCalls()).toHaveLength(1);
    await ask(CREATE.replace('{ id code }', '{ name }'));
    expect(await world.takeCalls()).toHaveLength(2);
  });
});
