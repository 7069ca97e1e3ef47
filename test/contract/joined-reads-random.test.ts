import { setImmediate as immediate } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeldCall } from '../support/held-line.ts';
import { type OpenSite, openSite } from '../support/open-site.ts';
import { codeOf, openTabs, type Tabs } from '../support/two-tabs.ts';

interface Read {
  readonly kind: 'read';
  readonly who: 'joao' | 'mira';
  readonly session: string;
}
interface Write {
  readonly kind: 'write';
  readonly session: string;
}
interface GoOn {
  readonly kind: 'goOn';
  readonly method: 'POST' | 'PUT';
  readonly which: number;
}
interface Leave {
  readonly kind: 'leave';
  readonly which: number;
}
type Step = Read | Write | GoOn | Leave;

const session = fc.constantFrom('tab', 'tab', 'tab', 'another');
/** Few, so that a write often ends while a read from before its end is under way. */
const which = fc.nat(2);
const read = (who: 'joao' | 'mira') =>
  fc.record({ kind: fc.constant('read' as const), who: fc.constant(who), session });
const goOn = (method: GoOn['method']) =>
  fc.record({ kind: fc.constant('goOn' as const), method: fc.constant(method), which });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: read('joao') },
  { weight: 1, arbitrary: read('mira') },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('write' as const), session }) },
  { weight: 3, arbitrary: goOn('POST') },
  { weight: 5, arbitrary: goOn('PUT') },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), which }) },
);

/** The site answers a read before a write that began first, and the answer to the read is the last to come. */
const OVERTAKEN: Step[] = [
  { kind: 'write', session: 'tab' },
  { kind: 'read', who: 'joao', session: 'tab' },
  { kind: 'goOn', method: 'POST', which: 0 },
  { kind: 'goOn', method: 'PUT', which: 0 },
  { kind: 'goOn', method: 'PUT', which: 0 },
  { kind: 'read', who: 'joao', session: 'tab' },
];

let stories = 0;

/**
 * João reads and writes one field in two sessions, and Mira reads it. Each call goes to the site, and its answer back,
 * when a step says so.
 */
class Story {
  readonly #tabs: Tabs;
  readonly #name = `story_${(stories += 1)}`;
  /** Values in the order in which the site took them; the first is that from before. */
  readonly #taken: string[] = [];
  readonly #ended: Promise<void>[] = [];
  readonly #leaving: AbortController[] = [];
  #written = 0;
  #done = 0;
  /** The place in `#taken` of the latest write that João knows of. */
  #known = 0;

  constructor(tabs: Tabs) {
    this.#tabs = tabs;
  }

  async run(steps: readonly Step[]): Promise<void> {
    this.#taken.push(await this.#readAlone());
    for (const each of steps) await this.#take(each);
    for (const method of ['PUT', 'POST'] as const)
      while (this.#held(method).length > 0) await this.#goOn({ kind: 'goOn', method, which: 0 });
    await Promise.all(this.#ended);
    expect(await this.#readAlone()).toBe(this.#taken.at(-1));
  }

  async #take(each: Step): Promise<void> {
    if (each.kind === 'goOn') return this.#goOn(each);
    if (each.kind === 'leave') return this.#leaving[each.which % this.#leaving.length]?.abort();
    const before = this.#seen();
    this.#ended.push(each.kind === 'read' ? this.#read(each) : this.#write(each));
    while (this.#seen() === before) await immediate();
  }

  /** Calls that have come to the line, and reads that have joined others. */
  #seen(): number {
    return this.#tabs.line.calls.length + this.#tabs.joined();
  }

  /** What is read is never older than what the person had written before, and nothing that nobody wrote. */
  async #read({ who, session: inSession }: Read): Promise<void> {
    const known = who === 'joao' ? this.#known : 0;
    const leaving = new AbortController();
    this.#leaving.push(leaving);
    const rows = await this.#tabs
      .read(who, { session: inSession, signal: leaving.signal })
      .catch((error: unknown) => (leaving.signal.aborted ? null : Promise.reject(error)));
    if (rows !== null) expect(this.#taken.slice(known)).toContain(codeOf(rows));
  }

  async #write({ session: inSession }: Write): Promise<void> {
    this.#written += 1;
    const code = `${this.#name}_${this.#written}`;
    await this.#tabs.write(code, { session: inSession });
    this.#done += 1;
    this.#known = Math.max(this.#known, this.#taken.indexOf(code));
  }

  async #readAlone(): Promise<string> {
    const { line } = this.#tabs;
    const asked = this.#tabs.read('joao', { session: null });
    await (await line.call(line.calls.length)).answer();
    return codeOf(await asked);
  }

  #held(of: GoOn['method']): readonly HeldCall[] {
    return this.#tabs.line.calls.filter(({ method, state }) => method === of && state !== 'over');
  }

  /** A call goes to the site, or its answer back. */
  async #goOn({ method, which: index }: GoOn): Promise<void> {
    const held = this.#held(method);
    const call = held[index % held.length];
    if (call === undefined) return;
    if (call.state === 'after') {
      const wasDone = this.#done;
      await call.answer();
      if (method === 'POST') return;
      while (this.#done === wasDone) await immediate();
      return;
    }
    await call.pass();
    const code = /"code":"(?<code>story_\w+)"/u.exec(call.body)?.groups?.['code'];
    if (call.method === 'PUT' && code !== undefined) this.#taken.push(code);
  }
}

describe('reads and writes of one person in any order', () => {
  let site: OpenSite;
  let tabs: Tabs;
  beforeAll(async () => {
    site = await openSite();
    tabs = await openTabs(site);
  });
  afterAll(async () => {
    await tabs.close();
    await site.close();
  });

  it('show each write to every read that begins after it, and never what nobody has written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40, size: 'max' }), (steps) =>
        new Story(tabs).run(steps),
      ),
      { numRuns: 40, examples: [[OVERTAKEN]] },
    );
    expect(tabs.joined()).toBeGreaterThan(20);
  }, 120_000);
});
