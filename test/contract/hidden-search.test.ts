import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

describe('With a hidden field and a hidden type, events', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    const exposure = `types:
  PublishedFile: { hide: true }
  Version: { fields: { description: { hide: true } } }
`;
    world = await startSiteWorld({}, { exposure });
  });
  afterAll(() => world.close());

  it('are not found by words of the sentence that holds the values of a hidden field', async () => {
    await world.takeCalls();
    const { errors } = await world.ask('{ search(text: "a", types: ["Shot", "EventLogEntry"]) { name } }');
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'types.1' } });
    expect(await world.takeCalls()).toEqual([]);
  });

  it('of a hidden type are left out of a filter by their kind, and no group names them', async () => {
    world.takeSearches();
    const { errors } = await world.ask(
      '{ eventLogEntries(first: 1, filter: { eventType: { contains: "_P" } }) { nodes { id } } }',
    );
    expect(errors).toEqual([]);
    expect(JSON.stringify(world.takeSearches())).toContain('["event_type","not_contains","_PublishedFile_"]');
    const grouped =
      '{ summarizeEventLogEntries(summaries: [{ field: ID, type: COUNT }], grouping: [{ field: EVENT_TYPE }]) { name } }';
    expect((await world.ask(grouped)).codes[0]).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});

describe('With a hidden field, events under another name', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    const exposure = `types:
  EventLogEntry: { rename: Event }
  Version: { fields: { description: { hide: true } } }
`;
    world = await startSiteWorld({}, { exposure });
  });
  afterAll(() => world.close());

  it.each(['Event', 'EventLogEntry'])('are not found by words of their sentence: %s', async (type) => {
    const { errors } = await world.ask(`{ search(text: "a", types: ["${type}"]) { name } }`);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'types.0' } });
    expect(await world.takeCalls()).toEqual([]);
  });
});
