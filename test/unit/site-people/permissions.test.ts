import { describe, expect, it } from 'vitest';
import { createPermissions } from '../../../studio/site/permissions/permissions.ts';
import { SiteError } from '../../../studio/site/ports.ts';
import type { Caller } from '../../../studio/site/ports.ts';
import { studioSchema, studioStorage } from './studio-rows.ts';

const PEOPLE = { mira: 31, joao: 32, ada: 34, vera: 35 } as const;
const ROLES = { mira: 'artist', joao: 'manager', ada: 'admin', vera: 'vendor' } as const;

function studio() {
  const storage = studioStorage();
  const permissions = createPermissions({ storage, schema: studioSchema() });
  const as = (login: keyof typeof PEOPLE, role: string = ROLES[login]): Caller => ({
    actor: { type: 'HumanUser', id: PEOPLE[login] },
    script: { type: 'ApiUser', id: 40, name: 'shotgraph' },
    sudoLogin: login,
    sessionUuid: null,
    role,
  });
  const script: Caller = {
    actor: { type: 'ApiUser', id: 40 },
    script: { type: 'ApiUser', id: 40, name: 'shotgraph' },
    sudoLogin: null,
    sessionUuid: null,
    role: 'api_admin',
  };
  const seen = (caller: Caller, type: string) => {
    const filter = permissions.rowFilter(caller, type);
    return [...storage.all(type)].filter(filter).map(({ id }) => id);
  };
  const row = (type: string, id: number) => storage.get(type, id)!;
  return { storage, permissions, as, script, seen, row };
}

function titleOf(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (!(error instanceof SiteError)) throw error;
    expect([error.status, error.code, error.source, error.detail]).toEqual([400, 104, null, null]);
    return error.title;
  }
}

describe('What people see', () => {
  it('is everything for the script and an Admin', () => {
    const { seen, script, as } = studio();
    for (const caller of [script, as('ada')]) {
      expect(seen(caller, 'Project')).toEqual([70, 71]);
      expect(seen(caller, 'Shot')).toEqual([1001, 1002, 2001]);
      expect(seen(caller, 'ApiUser')).toEqual([40, 41]);
    }
  });

  it('is their own projects for an Artist and a Manager, whichever end of the membership names them', () => {
    const { seen, as } = studio();
    expect(seen(as('mira'), 'Project')).toEqual([70]);
    expect(seen(as('mira'), 'Shot')).toEqual([1001, 1002]);
    expect(seen(as('mira'), 'Version')).toEqual([9001, 9002]);
    expect(seen(as('joao'), 'Project')).toEqual([71]);
    expect(seen(as('joao'), 'Shot')).toEqual([2001]);
  });

  it('is every row of a type that belongs to no project', () => {
    const { seen, as } = studio();
    expect(seen(as('mira'), 'HumanUser')).toEqual([31, 32, 33, 34, 35]);
    expect(seen(as('vera'), 'Status')).toEqual([1]);
  });

  it('is each reply whose note they see', () => {
    const { seen, as, storage } = studio();
    expect(seen(as('mira'), 'Reply')).toEqual([301]);
    expect(seen(as('joao'), 'Reply')).toEqual([302]);
    storage.patch('Reply', 301, { entity: { type: 'Reply', id: 301 }, created_by: null });
    expect(seen(as('mira'), 'Reply')).toEqual([]);
  });

  it('is for a Vendor the assigned tasks, their shots, own versions and notes to them or their group', () => {
    const { seen, as } = studio();
    expect(seen(as('vera'), 'Project')).toEqual([70]);
    expect(seen(as('vera'), 'Task')).toEqual([502]);
    expect(seen(as('vera'), 'Shot')).toEqual([1002]);
    expect(seen(as('vera'), 'Version')).toEqual([9002]);
    expect(seen(as('vera'), 'Note')).toEqual([8002]);
    expect(seen(as('vera'), 'Reply')).toEqual([]);
  });

  it('ends with the membership', () => {
    const { seen, as, storage } = studio();
    storage.patch('HumanUser', 35, { projects: [] });
    expect(seen(as('vera'), 'Task')).toEqual([]);
    expect(seen(as('vera'), 'Shot')).toEqual([]);
  });

  it('has the rules of the parent role for a role of the site, and at least those of an Artist', () => {
    const { permissions, as, row } = studio();
    const shot = row('Shot', 2001);
    const mayWrite = (role: string) =>
      titleOf(() => permissions.assertCanUpdateField(as('joao', role), shot, 'code')) === null;
    expect([mayWrite('supervisor'), mayWrite('unheard_of')]).toEqual([true, false]);
  });

  it('is no event without a project, except their own', () => {
    const { seen, as, storage } = studio();
    const insert = (id: number, user: number, project: number | null) =>
      storage.insert(
        'EventLogEntry',
        {
          event_type: 'x',
          user: { type: 'HumanUser', id: user },
          project: project === null ? null : { type: 'Project', id: project },
        },
        id,
      );
    insert(1, 31, null);
    insert(2, 32, null);
    insert(3, 32, 70);
    insert(4, 31, 71);
    expect(seen(as('mira'), 'EventLogEntry')).toEqual([1, 3]);
  });

  it('is never a type that the role cannot read: the answer is a 400, not an empty list', () => {
    const { permissions, as, script } = studio();
    expect(titleOf(() => permissions.assertTypeReadable(as('mira'), 'ApiUser'))).toBe(
      'Entity of type ApiUser can not be accessed by this user. Rule: Artist',
    );
    expect(titleOf(() => permissions.assertTypeReadable(as('joao'), 'ApiUser'))).toContain('Rule: Manager');
    expect(titleOf(() => permissions.assertTypeReadable(as('mira'), 'PermissionRuleSet'))).toBeNull();
    expect(titleOf(() => permissions.assertTypeReadable(script, 'ApiUser'))).toBeNull();
    expect(permissions.canReadField(script, 'ApiUser', 'salted_password')).toBe(false);
    expect(permissions.canReadField(script, 'ApiUser', 'firstname')).toBe(true);
  });
});

describe('What people may change', () => {
  it('lets an Artist approve a Version of theirs, and no other', () => {
    const { permissions, as, row } = studio();
    const mira = as('mira');
    const approve = (id: number) =>
      titleOf(() => permissions.assertCanUpdateField(mira, row('Version', id), 'sg_status_list'));
    expect(approve(9001)).toBeNull();
    expect(approve(9002)).toBe(
      'The field is not editable for this user: [Version.sg_status_list]. Rule: Artist -- PermissionRule 32: ' +
        'update_field_condition FOR entity_type => Version, field_name => sg_status_list RULE: ' +
        '{"logical_operator":"or","conditions":[{"path":"user","relation":"in","values":["logged_in_user_token"]},' +
        '{"path":"created_by","relation":"in","values":["logged_in_user_token"]}]}',
    );
    expect(approve(9003)).toBe('The field is not editable for this user: [Version.sg_status_list].');
  });

  it('lets an Artist set the status of assigned Tasks only, and nothing else of them', () => {
    const { permissions, as, row } = studio();
    const write = (id: number, field: string) =>
      titleOf(() => permissions.assertCanUpdateField(as('mira'), row('Task', id), field));
    expect(write(501, 'sg_status_list')).toBeNull();
    expect(write(502, 'sg_status_list')).toContain('-- PermissionRule 31: update_field_condition');
    expect(write(501, 'content')).toBe('The field is not editable for this user: [Task.content].');
  });

  it('lets a Vendor set the status of a Task assigned to their group', () => {
    const { permissions, as, row } = studio();
    const write = (id: number) =>
      titleOf(() => permissions.assertCanUpdateField(as('vera'), row('Task', id), 'sg_status_list'));
    expect(write(502)).toBeNull();
    expect(write(501)).toBe('The field is not editable for this user: [Task.sg_status_list].');
  });

  it('lets only the author, or a Manager of the project, edit or delete a Note', () => {
    const { permissions, as, row } = studio();
    const remove = (login: 'mira' | 'joao', id: number) =>
      titleOf(() => permissions.assertCanDelete(as(login), row('Note', id)));
    expect(remove('mira', 8001)).toBeNull();
    expect(remove('mira', 8003)).toBe('Entity of type Note can not be deleted by this user.');
    expect(remove('joao', 8003)).toBeNull();
    expect(remove('joao', 8001)).toBe('Entity of type Note can not be deleted by this user.');
    expect(titleOf(() => permissions.assertCanDelete(as('mira'), row('Task', 501)))).toBe(
      'Entity of type Task can not be deleted by this user.',
    );
  });

  it('lets an Artist create Notes and Versions in their projects, and no Task at all', () => {
    const { permissions, as } = studio();
    const create = (type: string, values: Record<string, unknown>) =>
      titleOf(() => permissions.assertCanCreate(as('mira'), type, values));
    const here = { type: 'Project', id: 70 };
    expect(create('Note', { project: here })).toBeNull();
    expect(create('Version', { project: here, sg_status_list: 'nonsense' })).toBeNull();
    expect(create('Note', { project: { type: 'Project', id: 71 } })).toBe(
      'Entity of type Note cannot be created by this user.',
    );
    expect(create('Task', { project: here })).toBe('Entity of type Task cannot be created by this user.');
    expect(create('Reply', { entity: { type: 'Note', id: 8001 } })).toBeNull();
    expect(create('Reply', { entity: { type: 'Note', id: 8003 } })).toContain('cannot be created');
    expect(create('Note', { project: 'nonsense' })).toBeNull();
  });

  it('lets nobody change the sudo exemption and the event log, not even the script', () => {
    const { permissions, as, script, row, storage } = studio();
    const flag = (caller: Caller) =>
      titleOf(() =>
        permissions.assertCanUpdateField(caller, row('HumanUser', 31), 'can_impersonate_this_user'),
      );
    for (const caller of [script, as('ada'), as('mira')]) {
      expect(flag(caller)).toMatch(
        /^The field is not editable for this user: \[HumanUser\.can_impersonate_this_user\]\. Rule: .* DENY update_field FOR entity_type => HumanUser, field_name => can_impersonate_this_user$/,
      );
    }
    const entry = storage.insert('EventLogEntry', { event_type: 'x' });
    expect(titleOf(() => permissions.assertCanDelete(script, entry))).toContain('can not be deleted');
    expect(titleOf(() => permissions.assertCanCreate(script, 'EventLogEntry', {}))).toBeNull();
    expect(titleOf(() => permissions.assertCanUpdateField(script, row('HumanUser', 31), 'name'))).toBeNull();
  });

  it('lets everybody write their own read states', () => {
    const { permissions, as, row } = studio();
    const mark = () =>
      permissions.assertCanUpdateField(as('mira'), row('Note', 8002), 'read_by_current_user');
    expect(titleOf(mark)).toBeNull();
  });

  it('lists the editable fields of the caller, where true means maybe', () => {
    const { permissions, as, script } = studio();
    const editable = (caller: Caller, field: string) => permissions.isFieldEditable(caller, 'Task', field);
    expect([editable(script, 'content'), editable(as('mira'), 'content')]).toEqual([true, false]);
    expect([editable(script, 'sg_status_list'), editable(as('mira'), 'sg_status_list')]).toEqual([
      true,
      true,
    ]);
    expect([editable(script, 'created_at'), editable(as('joao'), 'content')]).toEqual([false, true]);
  });
});
