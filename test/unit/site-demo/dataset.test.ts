import { describe, expect, it } from 'vitest';
import { demoDataset } from '../../../studio/site/demo/dataset.ts';

interface Leaf {
  readonly value: unknown;
  readonly editable: boolean;
}
interface Field {
  readonly data_type: { readonly value: string };
  readonly editable: Leaf;
  readonly properties: Readonly<Record<string, Leaf>>;
}
interface Link {
  readonly type: string;
  readonly id: number;
}
type Row = Readonly<Record<string, unknown>> & { readonly id: number };

const dataset = demoDataset();
const types = (dataset.entityTypes as { data: Record<string, object> }).data;
const fields = dataset.fields as Record<string, { data: Record<string, Field> }>;

const rowsOf = (type: string): readonly Row[] => dataset.rows[type] ?? [];
const person = (id: number): Row | undefined => rowsOf('HumanUser').find((row) => row.id === id);
const fieldOf = (type: string, name: string): Field | undefined => fields[type]?.data[name];
const isOneOf = (field: Field, property: string, value: unknown): boolean =>
  (field.properties[property]?.value as unknown[]).includes(value);

/** Every stored value of a field that the schema declares, with where it stands. */
function* cells(...dataTypes: string[]): Generator<readonly [where: string, field: Field, value: unknown]> {
  for (const [type, rows] of Object.entries(dataset.rows)) {
    for (const row of rows) {
      for (const [name, value] of Object.entries(row)) {
        const field = fieldOf(type, name);
        if (field && value !== null && dataTypes.includes(field.data_type.value))
          yield [`${type}.${name}`, field, value];
      }
    }
  }
}

describe('the rows', () => {
  it('are the same for the same seed, and differ for another', () => {
    const bytes = JSON.stringify(dataset);
    expect(JSON.stringify(demoDataset())).toBe(bytes);
    expect(JSON.stringify(demoDataset({ seed: 2 }))).not.toBe(bytes);
  });

  it.each([
    ['Project', 3],
    ['Sequence', 25],
    ['Shot', 400],
    ['Asset', 250],
    ['Task', 3009],
    ['Version', 2500],
    ['Note', 600],
    ['Reply', 400],
    ['Playlist', 30],
    ['PublishedFile', 300],
    ['TimeLog', 400],
    ['HumanUser', 40],
    ['Step', 9],
  ])('%s: %d', (type, count) => {
    expect(rowsOf(type)).toHaveLength(count);
  });

  it('have ids that are unique within their type', () => {
    for (const rows of Object.values(dataset.rows))
      expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });

  it('have an author and a time of creation', () => {
    const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u;
    const isSigned = (row: Row): boolean =>
      instant.test(String(row['created_at'])) &&
      instant.test(String(row['updated_at'])) &&
      Boolean(row['created_by'] && row['updated_by']);
    const unsigned = Object.entries(dataset.rows).flatMap(([type, rows]) =>
      rows.filter((row) => !isSigned(row)).map(({ id }) => `${type}:${id}`),
    );
    expect(unsigned).toEqual([]);
  });

  it('hold no field that the schema does not declare', () => {
    const unknown = Object.entries(dataset.rows).flatMap(([type, rows]) =>
      rows.flatMap((row) =>
        Object.keys(row)
          .filter((name) => !fieldOf(type, name))
          .map((name) => `${type}.${name}`),
      ),
    );
    // What begins so is no field: it is never read over REST.
    expect([...new Set(unknown)].filter((place) => !place.includes('.__'))).toEqual([]);
  });

  it('link only to rows that exist, of a type that the field allows', () => {
    const known = new Set(
      Object.entries(dataset.rows).flatMap(([type, rows]) => rows.map(({ id }) => `${type}:${id}`)),
    );
    const wrong = new Set<string>();
    let count = 0;
    for (const [where, field, value] of cells('entity', 'multi_entity')) {
      for (const { type, id } of [value].flat() as Link[]) {
        count += 1;
        if (!known.has(`${type}:${id}`)) wrong.add(`${where} to no row ${type}:${id}`);
        if (!isOneOf(field, 'valid_types', type)) wrong.add(`${where} to a ${type}`);
      }
    }
    expect([...wrong]).toEqual([]);
    expect(count).toBeGreaterThan(20_000);
  });

  it('hold only legal values in lists and statuses', () => {
    const wrong = [...cells('list', 'status_list')]
      .filter(([, field, value]) => !isOneOf(field, 'valid_values', value))
      .map(([where, , value]) => `${where} = ${String(value)}`);
    expect([...new Set(wrong)]).toEqual([]);
  });

  it.each([
    ['Sequence', 'shots'],
    ['Playlist', 'versions'],
    ['Project', 'users'],
    ['Note', 'replies'],
    ['HumanUser', 'groups'],
    ['Shot', 'tasks'],
    ['Shot', 'sg_versions'],
  ])('do not store the reverse view %s.%s', (type, name) => {
    expect(rowsOf(type).some((row) => name in row)).toBe(false);
  });

  it('order the Versions of each Playlist', () => {
    for (const { id } of rowsOf('Playlist')) {
      const orders = rowsOf('PlaylistVersionConnection')
        .filter(({ playlist }) => (playlist as Link).id === id)
        .map(({ sg_sort_order: order }) => order);
      expect(orders.length).toBeGreaterThan(0);
      expect(new Set(orders).size).toBe(orders.length);
    }
  });
});

describe('the schema', () => {
  it('has the wire form of the site, key by key', () => {
    expect(Object.keys(types).length).toBeGreaterThanOrEqual(32);
    expect(types['CustomEntity01']).toEqual({
      name: { value: 'Look', editable: false },
      visible: { value: true, editable: false },
    });
    expect(Object.keys(fields).toSorted()).toEqual(Object.keys(types).toSorted());
    const order =
      'name,description,custom_metadata,entity_type,data_type,editable,mandatory,unique,properties,visible,ui_value_displayable';
    for (const { data } of Object.values(fields)) {
      for (const field of Object.values(data)) {
        expect(Object.keys(field).join(',')).toBe(order);
        const { properties, ...leaves } = field;
        for (const leaf of [...Object.values(leaves), ...Object.values(properties)])
          expect(Object.keys(leaf)).toEqual(['value', 'editable']);
      }
    }
  });

  it.each([
    ['Shot', 'code', 'regex_validation,regex_validation_enabled'],
    ['Shot', 'sg_sequence', 'valid_types'],
    ['Shot', 'assets', 'valid_types'],
    ['Shot', 'sg_shot_type', 'valid_values'],
    ['Shot', 'sg_status_list', 'valid_values,display_values,hidden_values'],
    ['Shot', 'image', 'image_sorts,image_use_query,render_method,allowed_render_methods'],
    ['Version', 'sg_uploaded_movie', 'open_in_new_window'],
    ['Shot', 'open_notes_count', 'summary_value,summary_field,query'],
    ['Task', 'workload', 'calculated_function,renderer'],
    ['Shot', 'cut_in', ''],
  ])('%s.%s has the properties of its data type', (type, name, own) => {
    const keys = Object.keys(fieldOf(type, name)?.properties ?? {});
    expect(keys).toEqual(['default_value', 'summary_default', ...own.split(',').filter(Boolean)]);
  });

  it('says that a person can be impersonated by default, and that nobody can change it here', () => {
    const field = fieldOf('HumanUser', 'can_impersonate_this_user');
    expect(field?.data_type.value).toBe('checkbox');
    expect(field?.editable).toEqual({ value: false, editable: false });
    expect(field?.properties['default_value']?.value).toBe(true);
  });

  it('keeps the underscores of codes and puts spaces between words', () => {
    expect(fieldOf('Icon', 'display_type')?.properties['valid_values']?.value).toContain('image_map');
    expect(fieldOf('Shot', 'sg_shot_type')?.properties['valid_values']?.value).toContain('Full CG');
  });
});

describe('the fixed people', () => {
  it.each([
    [31, 'mira', 'Mira Okafor', 'artist', [1, 2]],
    [32, 'joao', 'João Almeida', 'manager', [2, 3]],
    [33, 'ada', 'Ada Lindqvist', 'admin', [1, 2, 3]],
    [34, 'kenji', 'Kenji Mori', 'artist', [1]],
  ])('%d is %s', (...expected) => {
    const [id, login, name, role, projects] = expected;
    const row = person(id);
    const rules = rowsOf('PermissionRuleSet').find(
      (set) => set.id === (row?.['permission_rule_set'] as Link).id,
    );
    expect(row).toMatchObject({ login, email: `${login}@lantern.example` });
    expect(`${String(row?.['firstname'])} ${String(row?.['lastname'])}`).toBe(name);
    expect(rules?.['code']).toBe(role);
    expect((row?.['projects'] as Link[]).map((link) => link.id)).toEqual(projects);
  });

  it('Ada cannot be impersonated and Kenji is disabled', () => {
    expect(person(33)?.['can_impersonate_this_user']).toBe(false);
    expect(person(31)?.['can_impersonate_this_user']).toBe(true);
    expect(person(34)?.['sg_status_list']).toBe('dis');
  });

  it('Mira has at least 60 Versions in her first project, of her own Tasks, most often to review', () => {
    const versions = rowsOf('Version').filter(
      ({ user, project }) => (user as Link).id === 31 && (project as Link).id === 1,
    );
    expect(versions.length).toBeGreaterThanOrEqual(60);
    const counts = new Map<unknown, number>();
    for (const { sg_status_list: status } of versions) counts.set(status, (counts.get(status) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBe(counts.get('rev'));
    const tasks = new Map(rowsOf('Task').map((task) => [task.id, task['task_assignees'] as Link[]]));
    for (const { sg_task: task } of versions)
      expect(tasks.get((task as Link).id)?.map(({ id }) => id)).toContain(31);
  });

  it('two active people share an address', () => {
    const emails = rowsOf('HumanUser')
      .filter(({ sg_status_list: status }) => status === 'act')
      .map(({ email }) => email);
    expect(emails.length - new Set(emails).size).toBe(1);
  });

  it('the script has its key and makes no events', () => {
    expect(rowsOf('ApiUser').find(({ id }) => id === 1)).toMatchObject({
      firstname: 'shotgraph',
      lastname: '1.0',
      salted_password: 'demo-script-key',
      generate_event_log_entries: false,
    });
  });
});

it('the menu items lead to the given address', () => {
  const { rows } = demoDataset({ bffUrl: 'http://localhost:4999' });
  expect(rows['ActionMenuItem']?.find(({ list_order: order }) => order === 1)).toMatchObject({
    title: 'Review in Shotgraph',
    entity_type: 'Version',
    url: 'http://localhost:4999/ami/review',
    secret_token: 'demo-ami-secret',
    selection_required: true,
    light_payload: false,
    open_in_overlay: false,
  });
});

it('one menu item of a Shot has no secret', () => {
  const items = dataset.rows['ActionMenuItem']?.filter((row) => row['entity_type'] === 'Shot') ?? [];
  expect(items.map((row) => row['title'])).toEqual(['Open in browser log']);
  expect(items[0]).not.toHaveProperty('secret_token');
});

it('the statuses of Shots, Tasks and Versions are those of the studio', () => {
  const codes = (type: string): unknown => fieldOf(type, 'sg_status_list')?.properties['valid_values']?.value;
  for (const type of ['Shot', 'Task'])
    expect(codes(type)).toEqual(['wtg', 'rdy', 'ip', 'rev', 'apr', 'fin', 'hld', 'omt', 'cmpt']);
  expect(codes('Version')).toEqual(['rev', 'vwd', 'apr', 'na', 'fin', 'omt']);
});
