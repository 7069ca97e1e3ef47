import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OpenSite, openSite } from '../support/open-site.ts';
import { login } from '../support/test-shotgun.ts';
import { type Asking, codeOf, openTabs, personOf, type Tabs, WINDOW } from '../support/two-tabs.ts';

/** A read is not answered by one that began before a write of the person. */
describe('a write between equal reads', () => {
  let site: OpenSite;
  let tabs: Tabs;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site.close());
  beforeEach(async () => {
    tabs = await openTabs(site);
  });
  afterEach(() => tabs.close());

  /** Begins a read whose answer is on its way, and a write. */
  const readAndWrite = async (code: string, more: Asking = {}) => {
    const before = tabs.read();
    const old = await tabs.line.call(0);
    await old.pass();
    const writing = tabs.write(code, more);
    return { before, writing, change: await tabs.line.call(1) };
  };

  it.each<[how: string, more: Asking]>([
    ['of the same session', {}],
    ['of another session', { session: 'another' }],
    ['of a launch', WINDOW === undefined ? {} : { sessionUuid: WINDOW, session: 'launch' }],
  ])('%s is seen by every read after it', async (how, more) => {
    const { before, writing, change } = await readAndWrite(`after ${how}`, more);
    await change.answer();
    await writing;
    const after = tabs.read();
    await tabs.line.open();
    expect(codeOf(await after)).toBe(`after ${how}`);
    expect(codeOf(await before)).not.toBe(`after ${how}`);
    expect(tabs.joined()).toBe(0);
  });

  it('keeps reads apart from earlier ones while it is under way', async () => {
    const { before, writing } = await readAndWrite('under way');
    const meanwhile = tabs.read();
    await tabs.line.call(2);
    await tabs.line.open();
    await Promise.all([before, writing, meanwhile]);
    expect(tabs.joined()).toBe(0);
  });

  it('is seen by reads after it, also where one was begun while it was under way', async () => {
    const { before, writing, change } = await readAndWrite('seen');
    const meanwhile = tabs.read();
    await (await tabs.line.call(2)).pass();
    await change.answer();
    await writing;
    const after = tabs.read();
    await (await tabs.line.call(3)).answer();
    expect(codeOf(await after)).toBe('seen');
    await tabs.line.open();
    await Promise.all([before, meanwhile]);
  });

  it('counts as made where its outcome is unknown', async () => {
    const { before, writing, change } = await readAndWrite('unknown');
    await change.pass();
    change.lose();
    await expect(writing).rejects.toMatchObject({ details: { outcome: 'unknown' } });
    const after = tabs.read();
    await tabs.line.open();
    expect(codeOf(await after)).toBe('unknown');
    await before;
  });

  it('counts where another system has made it', async () => {
    const before = tabs.read();
    await (await tabs.line.call(0)).pass();
    tabs.client.shotgun.noteChange(login('joao'), { personId: personOf('joao') });
    const after = tabs.read();
    await tabs.line.call(1);
    await tabs.line.open();
    await Promise.all([before, after]);
    expect(tabs.joined()).toBe(0);
  });

  it('keeps nobody else from sharing calls', async () => {
    const first = tabs.read('mira');
    await tabs.line.call(0);
    const writing = tabs.write('by joao');
    await (await tabs.line.call(1)).answer();
    await writing;
    const second = tabs.read('mira');
    await tabs.haveJoined(1);
    await tabs.line.open();
    expect(await second).toEqual(await first);
  });
});
