import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActingClient } from '../../src/shotgun/client/shotgun.ts';
import { searchRows } from '../../src/shotgun/calls/search.ts';
import { PLAN } from '../support/plan-settings.ts';
import { searchingBy } from '../support/site-operations.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

/** A search of the lists of another project, whose rows an artist may not see. */
const SEQUENCES = (project: number): string =>
  `{ sequences(first: 5, filter: { project: { is: { type: "Project", id: ${project} } } }, sort: [{ field: CODE }]) {
    nodes { code shots { code tasks { content } } } } }`;

/** A site that keeps sequences from the person, and nothing that links to them. */
const withoutParents = (client: ActingClient): ActingClient =>
  searchingBy(client, (request, search) =>
    request.type === 'Sequence' ? Promise.resolve([]) : search(searchRows(request)),
  );

/**
 * A search beside the parents finds what the person may see, and still it is only shown where the parent came back from
 * the person's own search.
 */
describe('a row that a search in parallel with its parents finds', () => {
  let planned: SiteWorld;
  let stepwise: SiteWorld;
  let hidden: SiteWorld;
  beforeAll(async () => {
    planned = await startSiteWorld();
    stepwise = await startSiteWorld({ plan: { ...PLAN, beside: false, paths: false } });
    hidden = await startSiteWorld({}, { wrap: withoutParents });
  });
  afterAll(async () => {
    await Promise.all([planned.close(), stepwise.close(), hidden.close()]);
  });
  beforeEach(() => {
    planned.takeSearches();
    hidden.takeSearches();
  });

  it.each([
    ['mira', 'Artist', 1],
    ['mira', 'Artist', 3],
    ['kenji', 'Artist', 1],
    ['joao', 'Manager', 3],
  ])(
    'is shown to %s (%s), in project %i, as one level after the other shows it',
    async (as, role, project) => {
      const document = SEQUENCES(project);
      const [first, second] = await Promise.all([
        planned.ask(document, { as, role }),
        stepwise.ask(document, { as, role }),
      ]);
      expect(first.data).toEqual(second.data);
      const types = planned.takeSearches().map(({ type }) => type);
      expect(types.slice(0, 3).sort()).toEqual(['Sequence', 'Shot', 'Task']);
    },
  );

  it('is shown to a vendor, who sees only what is assigned, as one level after the other shows it', async () => {
    const role = planned.dataset.rows['PermissionRuleSet']?.find(({ code }) => code === 'vendor');
    const vendors = (planned.dataset.rows['HumanUser'] ?? []).filter(
      ({ permission_rule_set: set, sg_status_list: status }) =>
        status === 'act' && (set as { id: number } | null)?.id === role?.id,
    );
    expect(vendors.length).toBeGreaterThan(0);
    for (const { login } of vendors.slice(0, 2)) {
      const options = { as: String(login), role: 'Vendor' };
      const document = SEQUENCES(1);
      const [first, second] = await Promise.all([
        planned.ask(document, options),
        stepwise.ask(document, options),
      ]);
      expect(first.data).toEqual(second.data);
    }
  });

  it('is not shown if the person may not see the parent', async () => {
    const { data, text } = await hidden.ask(SEQUENCES(1));
    expect(data.sequences.nodes).toEqual([]);
    expect(text).not.toContain('"tasks"');
    expect(
      hidden
        .takeSearches()
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['Shot', 'Task']);
  });

  it('is not shown for a link whose parent the person may not see', async () => {
    const document = '{ shot(id: 2) { code tasks { content } } sequence(id: 2) { code shots { code } } }';
    const whole = await planned.ask(document);
    const { data } = await hidden.ask(document);
    expect(data.shot).toEqual(whole.data.shot);
    expect(data.sequence).toBeNull();
  });
});
