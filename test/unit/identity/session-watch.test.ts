import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import type { SessionId } from '../../../src/base/ids.ts';
import { createLogger } from '../../../src/base/logger.ts';
import type { Session } from '../../../src/identity/person/principal.ts';
import {
  announceEnd,
  createSessionWatch,
  type SessionListener,
  type SessionWatch,
} from '../../../src/identity/session/session-watch.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';

const ID = 'session:of-mira' as SessionId;
const NEVER_MS = 3_600_000;
const logger = createLogger({ level: 'silent' });
let offsetMs: number;
const clock = { now: () => Date.now() + offsetMs };

let store: Store;
/** What the store says of the session. */
let peek: () => Promise<Session | undefined>;
let subscriptions: number;

const alive = (): Session => ({ id: ID, expiresAtMs: Date.now() + NEVER_MS }) as Session;
const away = (): Promise<never> => Promise.reject(new AppError('UNAVAILABLE'));

beforeEach(() => {
  [subscriptions, offsetMs] = [0, 0];
  peek = async () => alive();
  const kept = createMemoryStore(clock);
  store = {
    ...kept,
    publish: (channel, message) => kept.publish(channel, message),
    subscribe: async (channel, listener) => {
      const end = await kept.subscribe(channel, listener);
      subscriptions += 1;
      return async () => {
        subscriptions -= 1;
        await end();
      };
    },
  };
});

const watchWith = (lookEveryMs: number): SessionWatch =>
  createSessionWatch({ store, sessions: { peek: () => peek() }, clock, logger, lookEveryMs });

/** Follows the session; `heard` are the news in order. */
function follow(watch: SessionWatch) {
  const heard: Parameters<SessionListener>[0][] = [];
  let tell = (): void => undefined;
  const stop = watch.follow(ID, (session) => {
    heard.push(session);
    tell();
  });
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        tell = resolve;
      });
    }
  };
  return { heard, stop, until };
}
const MAX_TURNS = 10_000;
const untilSubscribed = async (count: number): Promise<void> => {
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    if (subscriptions === count) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(subscriptions).toBe(count);
};

describe('a follower of a session', () => {
  it('learns of its end from the announcement, and leaves nothing behind', async () => {
    const { heard, until } = follow(watchWith(NEVER_MS));
    await until(() => heard.length === 1);
    peek = async () => undefined;
    await announceEnd({ store, logger }, ID);
    await until(() => heard.at(-1) === undefined);
    expect(heard).toHaveLength(2);
    await untilSubscribed(0);
  });

  it('learns of an end that is announced during its look-up', async () => {
    let look = (): void => undefined;
    peek = () =>
      new Promise((resolve) => {
        look = () => resolve(alive());
      });
    const { heard, until } = follow(watchWith(NEVER_MS));
    await untilSubscribed(1);
    await announceEnd({ store, logger }, ID);
    await new Promise((resolve) => setImmediate(resolve));
    peek = async () => undefined;
    look();
    await until(() => heard.length === 2);
    expect(heard[1]).toBeUndefined();
  });

  it('learns of an end whose announcement was lost, a little later', async () => {
    const { heard, until } = follow(watchWith(5));
    await until(() => heard.length === 1);
    store.publish = away;
    peek = async () => undefined;
    await announceEnd({ store, logger }, ID);
    await until(() => heard.at(-1) === undefined);
  });

  it('does not take an outage of the store for the end (D25)', async () => {
    const { subscribe } = store;
    store.subscribe = away;
    peek = away;
    const { heard, until } = follow(watchWith(5));
    let looks = 0;
    peek = () => {
      looks += 1;
      return looks < 3 ? away() : Promise.resolve(alive());
    };
    await until(() => heard.length === 1);
    expect(heard[0]).toBeDefined();
    store.subscribe = subscribe;
    peek = async () => undefined;
    await until(() => heard.at(-1) === undefined);
    await untilSubscribed(0);
  });

  it('of a session that was replaced asks again after a minute, also where the store was away until then (D33)', async () => {
    const { heard, until } = follow(watchWith(5));
    await until(() => heard.length === 1);
    const successor = { ...alive(), id: 'session:of-mira, too' as SessionId, createdAtMs: clock.now() };
    let looks = 0;
    peek = () => {
      looks += 1;
      if (looks === 2) offsetMs += 60_000;
      return looks === 2 ? away() : Promise.resolve(successor);
    };
    await announceEnd({ store, logger }, ID);
    await until(() => heard.length === 2);
    expect(heard[1]).toBe('ask again');
    await untilSubscribed(0);
  });

  it('is not called any more once it has stopped', async () => {
    const { heard, stop, until } = follow(watchWith(NEVER_MS));
    await until(() => heard.length === 1);
    stop();
    await untilSubscribed(0);
    await announceEnd({ store, logger }, ID);
    expect(heard).toHaveLength(1);
  });
});
