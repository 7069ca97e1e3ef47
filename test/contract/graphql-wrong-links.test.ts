import { describe, expect, it } from 'vitest';
import type { ActingClient } from '../../src/shotgun/client/shotgun.ts';
import { searchRows } from '../../src/shotgun/calls/search.ts';
import { searchingBy } from '../support/site-operations.ts';
import { startSiteWorld } from '../support/site-world.ts';

const GONE = 99_999_999;
const UNSEEN = 31;
const NOTE = 'mutation ($input: NoteCreateInput!) { createNote(input: $input) { id } }';

/** A person who may not see one of the people. */
const withoutUnseen = (client: ActingClient): ActingClient =>
  searchingBy(client, async (request, search) =>
    (await search(searchRows(request))).filter(({ id }) => request.type !== 'HumanUser' || id !== UNSEEN),
  );

describe('a refused list of links', () => {
  it('names every link that the person does not see, as any of them may be the wrong one', async () => {
    const world = await startSiteWorld({}, { wrap: withoutUnseen });
    const input = {
      project: { type: 'Project', id: 2 },
      subject: 'To many',
      addressingsTo: [UNSEEN, 32, GONE, 34].map((id) => ({ type: 'HumanUser', id })),
    };
    const { errors } = await world.ask(NOTE, { as: 'joao', variables: { input } });
    await world.close();
    expect(errors.map(({ extensions }) => extensions)).toMatchObject([
      {
        code: 'BAD_USER_INPUT',
        details: {
          path: 'input.addressingsTo',
          candidates: ['input.addressingsTo.0', 'input.addressingsTo.2'],
        },
      },
    ]);
  });
});
