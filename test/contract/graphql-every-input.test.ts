import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canCreate, writableFields, type WriteMode } from '../../src/query/write/write-values.ts';
import type { ExposedType } from '../../src/site/expose.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';
import { emptyOf, type WriteSample, type WriteSamples, writeSamples } from '../support/write-samples.ts';

/** Ada, an administrator, fills in every field that any input has; the site checks each value as it always does. */
describe('every input of every type', () => {
  let world: SiteWorld;
  let samples: WriteSamples;
  let types: ExposedType[];
  /** Ids of what the first test makes, by type. */
  const made = new Map<string, number>();
  beforeAll(async () => {
    world = await startSiteWorld();
    await world.control('PATCH', 'people/ada', { can_impersonate_this_user: true });
    samples = writeSamples(world.exposed, world.dataset);
    types = [...world.exposed.types.values()].filter(
      (type) =>
        // Its two Tasks and its kind have to fit each other: test/contract/site-schedule has its rules.
        type.type !== 'TaskDependency' && canCreate(type) && writableFields(type, 'update').length > 0,
    );
  });
  afterAll(() => world.close());

  const write = async (type: ExposedType, mode: WriteMode, fields: readonly WriteSample[]) => {
    const name = `${mode}${type.graphqlName}`;
    const [header, id] = mode === 'create' ? ['', ''] : ['$id: Int!, ', 'id: $id, '];
    const inputType = `${type.graphqlName}${mode === 'create' ? 'Create' : 'Update'}Input`;
    const { data, errors } = await world.ask(
      `mutation (${header}$input: ${inputType}!) { ${name}(${id}input: $input) { id ${fields.map(({ ask }) => ask).join(' ')} } }`,
      {
        as: 'ada',
        variables: {
          input: Object.fromEntries(fields.map(({ name: field, value }) => [field, value])),
          ...(mode === 'update' && { id: made.get(type.type) }),
        },
      },
    );
    expect([type.type, errors]).toEqual([type.type, []]);
    const row = data[name] as Record<string, unknown>;
    const read = Object.fromEntries(fields.map((field) => [field.name, row[field.name]]));
    expect([type.type, read]).toEqual([
      type.type,
      Object.fromEntries(fields.map((field) => [field.name, field.read])),
    ]);
    return row['id'] as number;
  };

  it('is taken by a create, and reads as it was given', async () => {
    const taken = new Set<string>();
    for (const type of types) {
      const fields = samples.of(type, 'create');
      // One type after the other: what fails is told apart.
      made.set(type.type, await write(type, 'create', fields));
      for (const { dataType } of fields) taken.add(dataType);
    }
    const writable = types.flatMap((type) => writableFields(type, 'create').map(({ dataType }) => dataType));
    expect([...taken].sort()).toEqual([...new Set(writable)].sort());
    expect(taken.size).toBe(18);
  });

  it('is taken by an update, and reads as it was given', async () => {
    for (const type of types) {
      await write(type, 'update', samples.of(type, 'update'));
    }
  });

  it('is emptied by null, or by what its data type has instead', async () => {
    for (const type of types) {
      const fields = samples.of(type, 'update').flatMap((sample) => emptyOf(type, sample) ?? []);
      await write(type, 'update', fields);
    }
  });
});
