import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { ReadsUnderWay } from '../../../src/shotgun/acting/reads-under-way.ts';
import { toReadCall } from '../../../src/shotgun/calls/threads.ts';
import type { HttpAnswer } from '../../../src/shotgun/wire/http-call.ts';
import type { Transport } from '../../../src/shotgun/wire/transport.ts';

const CALL = toReadCall('/entity/Note/1/thread_contents', 'noteThread');
const ANSWER: HttpAnswer = { status: 200, body: {} };

/** A transport whose calls end when the test says. */
function openReads() {
  const sent: { readonly answer: () => void; readonly fail: (error: Error) => void }[] = [];
  let joined = 0;
  const reads = new ReadsUnderWay(() => (joined += 1));
  const send = () =>
    new Promise<HttpAnswer>((resolve, reject) => {
      sent.push({ answer: () => resolve(ANSWER), fail: reject });
    });
  const transport: Transport = {
    send,
    inTime: (run) => run(new AbortController().signal),
    close: async () => undefined,
  };
  const shared = reads.through(transport, { of: '1', session: 'tab' });
  return {
    sent,
    joined: () => joined,
    ask: (signal = new AbortController().signal) => shared.send(CALL, null, signal),
  };
}

const timedOut = () => new AppError('UPSTREAM_TIMEOUT');

describe('a read that joined one whose time ran out', () => {
  it('is sent once for all who came later: they still have time', async () => {
    const { sent, ask, joined } = openReads();
    const first = ask();
    const later = [ask(), ask()];
    sent[0]?.fail(timedOut());
    await expect(first).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    await expect.poll(() => joined()).toBe(3);
    sent[1]?.answer();
    expect(await Promise.all(later)).toEqual([ANSWER, ANSWER]);
    expect(sent).toHaveLength(2);
  });

  it('is not sent for somebody whose own time is over', async () => {
    const { sent, ask } = openReads();
    const first = ask();
    const over = new AbortController();
    const later = ask(over.signal);
    over.abort(new DOMException('The time is over.', 'TimeoutError'));
    await expect(later).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT', operation: 'noteThread' });
    sent[0]?.fail(timedOut());
    await expect(first).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    expect(sent).toHaveLength(1);
  });

  it('keeps every other failure of the call', async () => {
    const { sent, ask } = openReads();
    const both = [ask(), ask()];
    sent[0]?.fail(new AppError('UPSTREAM_UNAVAILABLE'));
    for (const each of both) await expect(each).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(sent).toHaveLength(1);
  });
});
