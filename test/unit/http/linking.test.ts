import { beforeEach, describe, expect, it } from 'vitest';
import type { Response } from 'express';
import { AppError } from '../../../src/base/errors.ts';
import type { Login, Subject } from '../../../src/base/ids.ts';
import { createLogger } from '../../../src/base/logger.ts';
import type { HttpDeps } from '../../../src/http/http-deps.ts';
import { inTabOf, type Linking } from '../../../src/http/own-account/linking.ts';
import type { Principal, Session } from '../../../src/identity/person/principal.ts';
import { createSessions } from '../../../src/identity/session/sessions.ts';
import type { Sessions } from '../../../src/identity/session/sessions-port.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createVault } from '../../../src/store/vault.ts';

const HOUR_MS = 3_600_000;
const ADA: Principal = {
  issuer: 'https://idp.example',
  subject: 'sub-ada' as Subject,
  displayName: 'Ada',
  email: null,
  login: 'ada' as Login,
  person: { type: 'HumanUser', id: 1, name: 'Ada' },
  permissionRole: 'Admin',
  acting: { way: 'own', account: null },
};

let store: Store;
let sessions: Sessions;
let session: Session;
let forgotten: string[];

beforeEach(async () => {
  const clock = { now: Date.now };
  store = createMemoryStore(clock);
  sessions = createSessions({
    vault: createVault(store, [new Uint8Array(32)], { place: 'test' }),
    clock,
    settings: { idleMs: HOUR_MS, absoluteMs: HOUR_MS, overlayIdleMs: HOUR_MS, maxPerPerson: 5 },
  });
  const tokens = { idToken: 'id', accessToken: 'access', accessExpiresAtMs: null, refreshToken: null };
  ({ session } = await sessions.create(ADA, tokens));
  forgotten = [];
});

/** A form of the page, sent while the session had no account. */
const form = (): Linking => {
  const response = { locals: { shotgraph: {} }, redirect: () => undefined } as unknown as Response;
  const deps = {
    clock: { now: Date.now },
    logger: createLogger({ level: 'silent' }),
    audit: { record: () => undefined },
    signIn: { sessions },
    accounts: { forget: async (account: string) => void forgotten.push(account) },
  } as unknown as HttpDeps;
  return inTabOf(response, deps, session, '/');
};

const linked = async (): Promise<unknown> => (await sessions.peek(session.id))?.principal.acting;

describe('An account that is linked in a tab', () => {
  it('replaces the account that another form linked at the same moment, which is forgotten', async () => {
    const [one, other] = [form(), form()];
    await one.finish('first');
    await other.finish('second');
    expect([await linked(), forgotten]).toEqual([{ way: 'own', account: 'second' }, ['first']]);
  });

  it.each(['before', 'after'])('is forgotten if the store fails %s it is stored', async (when) => {
    const replace = store.replace.bind(store);
    store.replace = async (...change) => {
      if (when === 'after') await replace(...change);
      throw new AppError('UNAVAILABLE');
    };
    await expect(form().finish('account')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(forgotten).toEqual(['account']);
  });
});
