import { describe, expect, it } from 'vitest';
import { readLightPayload } from '../../../src/launch/light-payload.ts';

const read = (payload: Readonly<Record<string, unknown>>) => {
  const event = { personId: 31, createdAtMs: 0, payload: { user_id: 31, user_login: 'mira', ...payload } };
  return readLightPayload({ read: async () => event }, new Map([['event_log_entry_id', ['7']]]));
};

describe('the event of a click', () => {
  it.each([
    ['is_detail_page', false],
    ['detail', { page: 1 }],
    ['rows', [[1], [2]]],
    ['note', 'line\nline'],
    ['__proto__', 'x'],
  ])(
    'with a field that is not of ours (%s: %j) opens as any other, without that field',
    async (name, value) => {
      const { texts } = await read({ [name]: value, title: 'Shots' });
      expect([...texts.keys()].toSorted()).toEqual(['title', 'user_id', 'user_login']);
    },
  );

  it.each([
    ['title', false, 'AMI_FIELDS'],
    ['ids', [[1]], 'AMI_FIELDS'],
    ['title', 'a\u0000b', 'AMI_CONTROL_CHAR'],
    ['title', 'a\u0085b', 'AMI_CONTROL_CHAR'],
    ['cols', ['code', 'a\u009fb'], 'AMI_CONTROL_CHAR'],
  ])('with %s: %j is %s, as a form field would be', async (field, value, code) => {
    await expect(read({ [field]: value })).rejects.toMatchObject({ code, details: { field } });
  });
});
