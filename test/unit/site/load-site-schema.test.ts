import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exposeSchema } from '../../../src/site/expose.ts';
import { EMPTY_EXPOSURE } from '../../../src/site/exposure.ts';
import { loadSiteSchema } from '../../../src/site/load-site-schema.ts';
import { SITE_SCHEMA } from '../../support/recordings.ts';
import { wireField, wireSchema } from '../../support/small-site-schema.ts';

describe('the snapshot of a site', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'site-schema-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function write(entityTypes: unknown, fields: unknown): Promise<void> {
    await writeFile(join(folder, 'entity-types.json'), JSON.stringify(entityTypes));
    await writeFile(join(folder, 'fields.json'), JSON.stringify(fields));
  }

  it('is read with its types and fields sorted, links, values and unknown data types', async () => {
    const wire = wireSchema({
      Task: {
        sg_status_list: wireField('status_list', {
          default_value: 'wtg',
          valid_values: ['wtg', 'fin'],
          display_values: { wtg: 'Waiting', fin: 'Final' },
          hidden_values: ['hld'],
        }),
        entity: wireField('entity', { valid_types: ['Shot', 'Asset'] }),
      },
      Shot: { sg_mood: wireField('mood_ring', {}, { editable: false, name: 'Mood ' }) },
    });
    await write(wire.entityTypes, wire.fields);
    const schema = await loadSiteSchema(folder);
    expect([...schema.types.keys()]).toEqual(['Shot', 'Task']);
    expect(schema.types.get('Task')?.displayName).toBe('Task');
    expect([...(schema.types.get('Task')?.fields.keys() ?? [])]).toEqual(['entity', 'sg_status_list']);
    expect(schema.types.get('Task')?.fields.get('entity')?.validTypes).toEqual(['Shot', 'Asset']);
    expect(schema.types.get('Task')?.fields.get('sg_status_list')).toMatchObject({
      validValues: ['wtg', 'fin'],
      displayValues: new Map([
        ['wtg', 'Waiting'],
        ['fin', 'Final'],
      ]),
      hiddenValues: ['hld'],
      defaultValue: 'wtg',
    });
    expect(schema.types.get('Shot')?.fields.get('sg_mood')).toMatchObject({
      displayName: 'Mood',
      dataType: 'mood_ring',
      editable: false,
    });
  });

  it('reports ten of its mistakes, and the number of the others', async () => {
    const names = Array.from({ length: 14 }, (_, index) => `Type${index}`);
    await write({ data: Object.fromEntries(names.map((name) => [name, 'no type'])) }, {});
    const failure = await loadSiteSchema(folder).catch(
      (error: unknown) => error as { problems: readonly string[] },
    );
    expect((failure as { problems: readonly string[] }).problems).toHaveLength(11);
    expect((failure as { problems: readonly string[] }).problems.at(-1)).toContain('4 more');
  });

  it('keeps the other types if the fields of one are missing', async () => {
    const wire = wireSchema({ Shot: { code: wireField('text') } });
    await write({ data: { Shot: {}, Asset: {} } }, wire.fields);
    expect([...(await loadSiteSchema(folder)).types.keys()]).toEqual(['Shot']);
  });

  it('says which file is missing and what to do', async () => {
    await expect(loadSiteSchema(folder)).rejects.toThrow(
      /entity-types\.json cannot be read\. Run `npx --no-install shotgraph schema pull`/u,
    );
  });

  it('says which file is not JSON', async () => {
    await write({ data: { Shot: {} } }, {});
    await writeFile(join(folder, 'fields.json'), '{"Shot":');
    await expect(loadSiteSchema(folder)).rejects.toThrow(/fields\.json is not JSON.*schema pull/u);
  });

  it('says which place has a different form', async () => {
    await write({ data: { Shot: {} } }, { Shot: { data: { code: { data_type: 'text' } } } });
    await expect(loadSiteSchema(folder)).rejects.toThrow(
      /fields\.json: Shot\.data\.code\.data_type: .*schema pull/u,
    );
  });

  it('refuses an empty snapshot', async () => {
    await write({ data: {} }, {});
    await expect(loadSiteSchema(folder)).rejects.toThrow(/no entity type.*schema pull/u);
  });
});

describe('the schema of a large site', () => {
  it("loads completely, and every exposed name leads back to the site's name", async () => {
    const schema = await loadSiteSchema(SITE_SCHEMA);
    const fieldCount = [...schema.types.values()].reduce((sum, type) => sum + type.fields.size, 0);
    expect([schema.types.size, fieldCount]).toEqual([105, 1667]);

    const { types, names } = exposeSchema(schema, EMPTY_EXPOSURE);
    const roots = [...types.values()].flatMap(({ rootFields }) => [rootFields.one, rootFields.many]);
    expect(new Set(roots).size).toBe(roots.length);
    for (const type of types.values()) {
      expect(type.type).not.toMatch(/Connection$|^PageSetting$/u);
      expect(names.systemType(type.graphqlName)).toBe(type.type);
      for (const field of type.fields.values()) {
        expect(names.systemField(type.type, field.graphqlName)).toBe(field.name);
        expect(names.systemFieldOfEnumValue(type.type, field.enumValue)).toBe(field.name);
        expect(['pivot_column', 'password']).not.toContain(field.dataType);
      }
    }
    expect(types.get('ApiUser')?.fields.has('salted_password')).toBe(false);
    expect(types.get('Version')?.fields.get('sg_task')?.target).toBe('Task');
    expect(types.get('Version')?.fields.get('entity')?.target).toBeNull();
    expect(types.get('Launch')?.graphqlName).toBe('LaunchEntity');
  });
});
