import { describe, expect, it } from 'vitest';
import { startDeadline, withDeadline } from '../../../src/base/deadline.ts';

describe('the deadline of a request', () => {
  it("ends each of its calls, with the deadline's reason", async () => {
    const request = startDeadline(60_000);
    const calls = Promise.allSettled(
      Array.from({ length: 3 }, () =>
        withDeadline(60_000, request.signal, (signal) => {
          return new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error));
          });
        }),
      ),
    );
    const reason = new Error('The client has gone.');
    request.abort(reason);
    expect(await calls).toEqual(Array.from({ length: 3 }, () => ({ status: 'rejected', reason })));
  });
});
