import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { CallCost } from '../../../src/query/calls/call-cost.ts';
import type { ActingClient } from '../../../src/shotgun/client/shotgun.ts';
import type { Operation } from '../../../src/shotgun/client/operation.ts';
import { login } from '../../support/test-shotgun.ts';

const RUN = { kind: 'search', type: 'Shot', sample: null } as const;
const reading = (rows: number): Operation<unknown[]> => ({ ...RUN, run: async () => Array<unknown>(rows) });
const CHANGE: Operation<string> = { ...RUN, run: async () => 'made', changes: () => [] };

/** @param left points before the first refusal */
function open(left: number, changes = { hasAny: false }) {
  const spent: number[] = [];
  const ran: string[] = [];
  const client: ActingClient = {
    login: login('mira'),
    call: (operation) => {
      ran.push(operation.changes === undefined ? 'read' : 'changed');
      // The operations here use no caller.
      return operation.run(undefined as never);
    },
  };
  const cost = new CallCost(async (points) => {
    spent.push(points);
    if (spent.reduce((sum, each) => sum + each, 0) > left) throw new AppError('RATE_LIMITED');
  }, changes);
  return { spent, ran, client: cost.observe(client) };
}

describe('the cost of a request', () => {
  it('is paid with the request for one call, and point by point for the others', async () => {
    const { client, spent } = open(10);
    for (let call = 0; call < 3; call += 1) await client.call(reading(499));
    expect(spent).toEqual([1, 1]);
  });

  it('has a point more for each 500 rows, also beyond the last one', async () => {
    const { client, spent } = open(1);
    await expect(client.call(reading(4999))).resolves.toHaveLength(4999);
    expect(spent).toEqual([9]);
  });

  it('is refused before a read is sent', async () => {
    const { client, ran } = open(0);
    await client.call(reading(1));
    await expect(client.call(reading(1))).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await expect(client.call(CHANGE)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(ran).toEqual(['read']);
  });

  it('is only counted once a change has begun', async () => {
    const { client, ran, spent } = open(0);
    await client.call(CHANGE);
    await client.call(reading(1));
    await client.call(CHANGE);
    expect(ran).toEqual(['changed', 'read', 'changed']);
    expect(spent).toEqual([1, 1]);
  });

  it('is only counted once another system may have changed something', async () => {
    const changes = { hasAny: false };
    const { client, ran } = open(0, changes);
    await client.call(reading(1));
    await expect(client.call(reading(1))).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    changes.hasAny = true;
    await client.call(reading(1));
    expect(ran).toEqual(['read', 'read']);
  });
});
