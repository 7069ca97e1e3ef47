import { describe, expect, it } from 'vitest';
import type { HttpAnswer, HttpCall } from '../../../src/shotgun/wire/http-call.ts';
import { isTokenRefusal, toRecordError, toTokenError } from '../../../src/shotgun/wire/site-errors.ts';

const WRITE: HttpCall = { method: 'PUT', path: '/entity/Task/1', operation: 'update', isRepeatable: false };

function refused(
  status: number,
  code: number,
  title: string | null,
  more: { readonly detail?: string; readonly source?: unknown } = {},
): HttpAnswer {
  return {
    status,
    body: { errors: [{ id: 'abc123', status, code, title, source: null, detail: null, ...more }] },
  };
}

const RULE_TREE =
  ' Rule: artist -- PermissionRule 7: update_field_condition FOR entity_type => Task RULE: {"logical_operator":"and","conditions":[["task_assignees","is","logged_in_user_token"]]}';

describe('refusals that concern the rights of a person', () => {
  it.each([
    [
      'The field is not editable for this user: [Task.content].',
      { entityType: 'Task', field: 'content', reason: 'update' },
    ],
    [
      `The field is not editable for this user: [Task.content].${RULE_TREE}`,
      { entityType: 'Task', field: 'content' },
    ],
    [
      'Invalid field value, update failed [5 - The field is not editable for this user: [Version.user].]',
      { entityType: 'Version', field: 'user' },
    ],
    ['Entity of type Task cannot be created by this user.', { entityType: 'Task', reason: 'create' }],
    [
      `Entity of type Task can not be deleted by this user.${RULE_TREE}`,
      { entityType: 'Task', reason: 'delete' },
    ],
    [
      'Entity of type ApiUser can not be accessed by this user. Rule: Artist',
      { entityType: 'ApiUser', reason: 'read' },
    ],
  ])('%s -> FORBIDDEN', (title, details) => {
    const error = toRecordError(refused(400, 104, title), WRITE);
    expect(error.code).toBe('FORBIDDEN');
    expect(error.details).toMatchObject({ ...details, upstreamErrorId: 'abc123' });
    expect(JSON.stringify([error.details, error.message])).not.toMatch(/rule|token|condition/iu);
  });

  it('a seat or an administrator only -> FORBIDDEN, and no other token is tried', () => {
    for (const answer of [
      refused(401, 110, 'User promotion to active is permitted only for Identity Users'),
      refused(401, 102, 'Must sudo as Administrator to query license information'),
    ]) {
      expect(isTokenRefusal(answer)).toBe(false);
    }
    const rights = refused(401, 102, 'Must sudo as Administrator to query license information');
    expect(toRecordError(rights, WRITE).code).toBe('FORBIDDEN');
    expect(isTokenRefusal(refused(401, 102, 'Unauthorized', { detail: 'Token Expired' }))).toBe(true);
    expect(isTokenRefusal({ status: 401, body: undefined })).toBe(true);
  });
});

describe('what is not there', () => {
  it.each([
    refused(404, 104, 'Not Found', { detail: 'Shot: 999 not found' }),
    refused(404, 104, 'Not Found', { detail: 'Entity of type [Shot] with id=999 does not exist.' }),
    refused(400, 104, 'record_id must be greater than 0'),
  ])('-> NOT_FOUND', (answer) => expect(toRecordError(answer, WRITE).code).toBe('NOT_FOUND'));

  it('an unknown type is not a missing row: the snapshot is older than the site', () => {
    const answer = refused(404, 103, 'Not Found', { detail: "Entity type 'shotz' does not exist." });
    expect(toRecordError(answer, WRITE)).toMatchObject({
      code: 'UPSTREAM_REJECTED',
      details: { reason: 'unknownName' },
    });
  });
});

describe('what is no legal value', () => {
  it.each([
    [
      "Update failed for [Version.sg_status_list]: 'x' is not a valid status. Valid statuses: 'rev', 'apr'.",
      { entityType: 'Version', field: 'sg_status_list', legal: ['rev', 'apr'] },
    ],
    [
      "Invalid field value, update failed [5 - Update failed for [Shot.sg_type]: 'Valid statuses: 'q'' is not a valid list value. Valid list values: 'A', 'Director's cut'.]",
      { entityType: 'Shot', field: 'sg_type', legal: ['A', "Director's cut"] },
    ],
    ['Update failed for [Version.entity]: Value is not legal.', { field: 'entity', reason: 'illegalValue' }],
    [
      'API update() Shot.sg_cut_in expected [String, Integer, NilClass] data type(s) but got Float: 2.5',
      { entityType: 'Shot', field: 'sg_cut_in', reason: 'wrongClass' },
    ],
    ['Update failed for [Shot.sg_cut_in]: Invalid statement.', { field: 'sg_cut_in', reason: 'outOfRange' }],
    [
      'Create failed for [Shot]: PG::NumericValueOutOfRange: ERROR:  integer out of range\n',
      { entityType: 'Shot', reason: 'outOfRange', upstreamMessage: 'Create failed for [Shot]:' },
    ],
    [
      'Create failed for [HumanUser]: The value for the Login field is required to be unique. <br> ',
      { entityType: 'HumanUser', reason: 'notUnique' },
    ],
    ['Create failed for [Shot]: Cannot set identifier field to empty. (Shot)', { reason: 'emptyName' }],
    ['Invalid date format: tomorrow. Correct format is: 2011-01-21', { reason: 'unreadable' }],
    [
      'API create() missing \'project\' attribute: {"code" => "private title"}',
      { field: 'project', upstreamMessage: "API create() missing 'project' attribute:" },
    ],
    [
      "undefined method `reflect_on_association' for nil:NilClass",
      { entityType: 'Reply', field: 'entity', reason: 'orphan' },
    ],
    [
      'User promotion to active is permitted only for Identity Users',
      { entityType: 'HumanUser', field: 'sg_status_list', legal: ['dis'] },
    ],
    ['API update() Version.created_at is read only.', { field: 'created_at', reason: 'readOnly' }],
    [
      "API read() Shot.image's 'image' data type doesn't support 'contains' 'relation'",
      { field: 'image', reason: 'operator' },
    ],
  ])('%s -> BAD_USER_INPUT', (title, details) => {
    const error = toRecordError(refused(400, 104, title), WRITE);
    expect(error.code).toBe('BAD_USER_INPUT');
    expect(error.details).toMatchObject(details);
    expect(JSON.stringify(error.details)).not.toMatch(/private title|PG::|<br>|reflect_on/u);
  });

  it('takes the field from the source if the title does not name it', () => {
    const answer = refused(400, 103, "Invalid data for 'number' data type", {
      source: { sg_cut_in: 'Value: 42abc' },
    });
    expect(toRecordError(answer, WRITE).details).toMatchObject({ field: 'sg_cut_in', reason: 'unreadable' });
  });

  it('cuts any other refusal before rule trees, echoed bodies and database errors', () => {
    const error = toRecordError(refused(400, 104, `Something new happened. ${RULE_TREE}`), WRITE);
    expect(error).toMatchObject({
      code: 'UPSTREAM_REJECTED',
      details: { upstreamMessage: 'Something new happened.' },
    });
  });

  it('cuts a very long refused value without slow matching', () => {
    const error = toRecordError(refused(400, 104, `${'x '.repeat(9)}${' '.repeat(2_000_000)}`), WRITE);
    expect(String(error.details?.['upstreamMessage']).length).toBeLessThan(301);
  });

  it('a failure of the site itself may have changed something', () => {
    const error = toRecordError(refused(500, 100, 'Shotgun Server Error', { detail: 'call support' }), WRITE);
    expect(error).toMatchObject({
      code: 'UPSTREAM_BROKEN',
      details: { outcome: 'unknown', upstreamErrorId: 'abc123' },
    });
  });

  it('an answer without the error envelope is still an error', () => {
    for (const body of [undefined, null, [], 'x', { errors: [] }, { errors: [{ id: '<script>' }] }])
      expect(toRecordError({ status: 400, body }, WRITE)).toMatchObject({
        code: 'UPSTREAM_REJECTED',
        details: { upstreamStatus: 400 },
      });
  });
});

describe('why there is no token', () => {
  it.each([
    ["Cannot 'sudo' - unknown or retired user: 'zoe'", 'NO_SHOTGUN_USER'],
    ["Cannot 'sudo' - inactive user account: 'kenji'", 'USER_INACTIVE'],
    [
      "Cannot 'sudo' - user account has 'can_impersonate_this_user' turned off: 'ada'",
      'IMPERSONATION_REFUSED',
    ],
    ["Cannot 'sudo' - something new: 'x'", 'IMPERSONATION_REFUSED'],
    ["The user does not have permission to 'sudo': {...}", 'SHOTGUN_SUDO_REFUSED'],
    ["Can't authenticate script 'shotgraph'", 'UPSTREAM_AUTH'],
    ["Cannot 'sudo' - unknown or retired user: 'Cannot 'sudo' - inactive user account: '", 'NO_SHOTGUN_USER'],
  ])('%s -> %s', (title, code) => {
    const error = toTokenError(refused(400, 102, title));
    expect(error.code).toBe(code);
    expect(JSON.stringify(error.details)).not.toContain('sudo');
  });

  it('a script key that the site no longer accepts is not an error of the person', () => {
    expect(toTokenError(refused(401, 102, 'Unauthorized')).code).toBe('UPSTREAM_AUTH');
    for (const body of [undefined, '<html>Forbidden</html>', {}])
      expect(toTokenError({ status: 403, body }).code).toBe('UPSTREAM_BROKEN');
    expect(toTokenError(refused(500, 100, 'Shotgun Server Error')).code).toBe('UPSTREAM_BROKEN');
  });
});
