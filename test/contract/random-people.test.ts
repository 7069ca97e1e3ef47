import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { toAppError } from '../../src/base/errors.ts';
import type { SessionId, Subject } from '../../src/base/ids.ts';
import { isPersonRefusal } from '../../src/base/error-kinds.ts';
import type { Config } from '../../src/config/config.ts';
import { createAccountMemory } from '../../src/identity/person/account-memory.ts';
import { createMapping } from '../../src/identity/person/mapping.ts';
import { actingOf, type Principal, type Session } from '../../src/identity/person/principal.ts';
import { createRecheck } from '../../src/identity/session/recheck.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { createVault } from '../../src/store/vault.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { startSite } from '../../studio/site/start.ts';
import { createRecord } from '../../src/shotgun/calls/write.ts';
import { scriptToken } from '../support/script-token.ts';
import { createTestShotgun, type TestShotgun } from '../support/test-shotgun.ts';

const RECHECK_MS = 300_000;
const PEOPLE = [31, 32, 34] as const;
const NAMES = ['mira', 'joao', 'kenji', 'zoe'] as const;
const DENY = { byDefault: 'deny', byRole: new Map() } as const;

type Step =
  /** The person gets this login, whoever had it gets one that nobody knows. */
  | { readonly kind: 'login' | 'email'; readonly person: number; readonly name: string }
  | { readonly kind: 'swap'; readonly person: number; readonly other: number }
  | { readonly kind: 'status'; readonly person: number; readonly isActive: boolean }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'signIn'; readonly account: number; readonly name: string }
  | { readonly kind: 'work'; readonly account: number };

const person = fc.constantFrom(...PEOPLE);
const name = fc.constantFrom(...NAMES);
const account = fc.constantFrom(0, 1);
const STEP: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('login' as const, 'email' as const), person, name }),
  fc.record({ kind: fc.constant('swap' as const), person, other: person }),
  fc.record({ kind: fc.constant('status' as const), person, isActive: fc.boolean() }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1000, RECHECK_MS) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('signIn' as const), account, name }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('work' as const), account }) },
);

/** People are renamed, disabled, given the login or the address of others; accounts sign in and work meanwhile. */
describe('For random histories of people', () => {
  let site: Awaited<ReturnType<typeof startSite>>;
  let nowMs = Date.now();
  const clock = { now: () => nowMs };
  beforeAll(async () => {
    site = await startSite({
      port: 0,
      dataset: demoDataset({ bffUrl: 'http://localhost:9' }),
      now: clock.now,
    });
  });
  afterAll(() => site.close());

  const control = async (path: string, method: string, body: object = {}): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${site.url}/__studio/${path}`, {
      method,
      headers,
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    return text === '' ? undefined : JSON.parse(text);
  };

  it.each(['login', 'email'] as const)(
    'no account that is found by %s is answered as another person than at its first sign-in',
    async (field) => {
      await fc.assert(
        fc.asyncProperty(fc.array(STEP, { minLength: 4, maxLength: 24 }), async (steps) => {
          await control('reset', 'POST');
          const world = new World(site.url, clock, field, control);
          try {
            for (const step of steps) {
              if (step.kind === 'wait') nowMs += step.ms;
              else await world.take(step);
            }
          } finally {
            await world.client.close();
          }
        }),
        { numRuns: 8 },
      );
    },
    300_000,
  );
});

type Control = (path: string, method: string, body?: object) => Promise<unknown>;

class World {
  readonly client: TestShotgun;
  readonly #control: Control;
  readonly #url: string;
  readonly #field: 'login' | 'email';
  readonly #logins = new Map<number, string>([
    [31, 'mira'],
    [32, 'joao'],
    [34, 'kenji'],
  ]);
  readonly #sessions = new Map<number, Principal>();
  /** The oracle: who an account is, once and for ever. */
  readonly #first = new Map<number, number>();
  readonly #mapping: ReturnType<typeof createMapping>;
  readonly #recheck: ReturnType<typeof createRecheck>;
  #spare = 0;

  constructor(url: string, clock: { now(): number }, field: 'login' | 'email', control: Control) {
    this.#control = control;
    this.#url = url;
    this.#field = field;
    this.client = createTestShotgun(url, { clock, settings: { recheckMs: RECHECK_MS } });
    const vault = createVault(createMemoryStore(clock), [new Uint8Array(32)], { place: 'test' });
    const settings: Config['identity'] = {
      claim: field,
      field,
      rewrite: null,
      letterCase: 'exact',
      emailVerified: 'not-sent',
      acting: DENY,
    };
    const { people } = this.client;
    this.#mapping = createMapping(settings, people, vault);
    this.#recheck = createRecheck({
      people,
      sessions: {
        changePrincipal: async (id, change) => {
          const known = this.#sessions.get(Number(id));
          if (known !== undefined) this.#sessions.set(Number(id), change(known));
          return known !== undefined;
        },
      },
      memory: createAccountMemory(vault),
      policies: DENY,
      onNews: () => undefined,
      clock,
      recheckMs: RECHECK_MS,
    });
  }

  async take(step: Exclude<Step, { kind: 'wait' }>): Promise<void> {
    if (step.kind === 'signIn') return this.#signIn(step.account, step.name);
    if (step.kind === 'work') return this.#work(step.account);
    if (step.kind === 'status') {
      return this.#patch(step.person, { sg_status_list: step.isActive ? 'act' : 'dis' });
    }
    if (step.kind === 'email') return this.#patch(step.person, { email: addressOf(step.name) });
    const holder =
      step.kind === 'swap' ? step.other : [...this.#logins].find(([, login]) => login === step.name)?.[0];
    const wanted = step.kind === 'swap' ? (this.#logins.get(step.other) ?? '') : step.name;
    if (holder === step.person) return;
    const own = this.#logins.get(step.person) ?? '';
    if (holder !== undefined) await this.#rename(holder, `spare-${(this.#spare += 1)}`);
    await this.#rename(step.person, wanted);
    if (step.kind === 'swap') await this.#rename(step.other, own);
  }

  async #rename(id: number, login: string): Promise<void> {
    await this.#patch(id, { login });
    this.#logins.set(id, login);
  }

  async #patch(id: number, changes: object): Promise<void> {
    await this.#control(`people/${this.#logins.get(id)}`, 'PATCH', changes);
  }

  async #signIn(account: number, name: string): Promise<void> {
    const claims = this.#field === 'login' ? { login: name } : { email: addressOf(name) };
    const signedIn = { issuer: 'https://idp.example', subject: `sub-${account}` as Subject, claims };
    const principal = await this.#mapping(signedIn).catch(() => undefined);
    if (principal === undefined) return;
    const first = this.#first.get(account) ?? principal.person.id;
    this.#first.set(account, first);
    expect(principal.person.id).toBe(first);
    this.#sessions.set(account, principal);
  }

  /** Writes a note: ShotGrid itself says whose it is. */
  async #work(account: number): Promise<void> {
    const principal = this.#sessions.get(account);
    if (principal === undefined) return;
    const answered = await this.#answered(account, principal).catch((error: unknown) => {
      const { code } = toAppError(error);
      // Not everybody is in the project.
      if (code === 'FORBIDDEN') return;
      if (!isPersonRefusal(code)) throw error;
      this.#sessions.delete(account);
    });
    if (answered === undefined) return;
    const first = this.#first.get(account);
    expect(answered).toEqual({ shown: first, author: first });
  }

  async #answered(account: number, principal: Principal): Promise<{ shown: number; author: unknown }> {
    const session = { id: String(account) as SessionId, principal } as Session;
    const current = await this.#recheck(session);
    const client = this.client.shotgun.as(current.login, actingOf(current));
    const { id } = await client.call(
      createRecord('Note', { project: { type: 'Project', id: 2 }, subject: 'whose?' }),
    );
    // The site says whose it is, to the script: the person may not see it.
    const authorization = `Bearer ${await scriptToken(this.#url)}`;
    const answer = await fetch(`${this.#url}/api/v1/entity/notes/${id}?fields=created_by`, {
      headers: { authorization },
    });
    const { data } = (await answer.json()) as {
      data: { relationships: { created_by: { data: { id: number } } } };
    };
    return { shown: current.person.id, author: data.relationships.created_by.data.id };
  }
}

const addressOf = (name: string): string => `${name}@lantern.example`;
