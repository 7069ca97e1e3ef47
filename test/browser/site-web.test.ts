import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Frame, Page } from 'playwright-core';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { startSite } from '../../studio/site/start.ts';
import { ROOT } from '../rules/source-files.ts';
import { startChromium } from '../support/chromium.ts';
import { picture } from '../support/picture.ts';
import { freePort } from '../support/free-port.ts';

const ARTEFACTS = join(ROOT, 'test', 'artefacts');
const SECRET = 'a-secret-of-the-menu-item';

/** The site's own page is what artists see: its menu items decide what is posted, to whom and how. */
describe('the web face of the emulated site', () => {
  let site: Awaited<ReturnType<typeof startSite>>;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(ARTEFACTS, { recursive: true });
    const port = await freePort();
    const dataset = demoDataset();
    const roleId = (dataset.rows['PermissionRuleSet'] ?? []).find(({ code }) => code === 'manager')?.id;
    // A page of the site itself shows what was posted to it, and whose secret signed it.
    const url = `http://127.0.0.1:${port}/__web/posted`;
    const item = (id: number, title: string, more: object = {}) => ({
      id,
      title,
      url,
      entity_type: 'Version',
      list_order: id,
      ...more,
    });
    const items = [
      item(1, 'Signed in a tab', { selection_required: true, secret_token: SECRET, folder: 'Review' }),
      item(2, 'In the overlay', { open_in_overlay: true }),
      item(3, 'Light', { light_payload: true, selection_required: true }),
      item(4, 'For managers', { permissions_groups: [{ type: 'PermissionRuleSet', id: roleId }] }),
      item(5, 'Of project 1', { projects: [{ type: 'Project', id: 1 }] }),
      item(6, 'Of shots', { entity_type: 'Shot' }),
      item(7, 'A program', { url: 'portal://review', projects: [{ type: 'Project', id: 3 }] }),
      item(8, 'Watched', { poll_for_data_updates: true, projects: [{ type: 'Project', id: 3 }] }),
    ];
    site = await startSite({
      port,
      dataset: { ...dataset, rows: { ...dataset.rows, ActionMenuItem: items } },
    });
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  const openPage = async (login: string, path: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1500, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${site.url}${path}`);
    await page.click(`form:has(input[value="${login}"]) button`);
    await page.goto(`${site.url}${path}`);
    return page;
  };
  const openMenu = async (page: Page): Promise<string[]> => {
    await page.locator('#rows tbody tr').nth(1).click({ button: 'right' });
    return page.locator('#menu [role="menuitem"]').allInnerTexts();
  };
  const posted = async (page: Page | Frame): Promise<Record<string, string>> => {
    await page.waitForSelector('[data-testid="posted-verdict"]');
    const cells = await page.locator('.posted tbody tr').allInnerTexts();
    return Object.fromEntries(
      cells.map((text) => text.split('\t').map((part) => part.trim()) as [string, string]),
    );
  };
  const choose = async (page: Page, title: string): Promise<Page> => {
    await openMenu(page);
    const [opened] = await Promise.all([
      page.waitForEvent('popup'),
      page.click(`#menu button:has-text("${title}")`),
    ]);
    return opened;
  };

  it('offers a person the menu items for the type, the project and the role, in order and in folders', async () => {
    const mira = await openPage('mira', '/page/Version?project=2');
    expect(await openMenu(mira)).toEqual(['In the overlay', 'Light', 'Signed in a tab']);
    expect(await mira.locator('#menu .folder').allInnerTexts()).toEqual(['Review']);
    await picture(mira, join(ARTEFACTS, 'site-menu.png'));
    const miraOne = await openPage('mira', '/page/Version?project=1');
    expect(await openMenu(miraOne)).toContain('Of project 1');
    const joao = await openPage('joao', '/page/Version?project=2');
    expect(await openMenu(joao)).toContain('For managers');
    const shots = await openPage('mira', '/page/Shot?project=2');
    expect(await openMenu(shots)).toContain('Of shots');
  });

  it('posts every field of the page into a new tab, signed with the secret of the item', async () => {
    const page = await openPage('mira', '/page/Version?project=2');
    await page.locator('#rows tbody tr').nth(1).click();
    await page
      .locator('#rows tbody tr')
      .nth(2)
      .click({ modifiers: ['Control'] });
    const selectedIds = await page
      .locator('#rows tr[aria-selected="true"]')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id')));
    const tab = await choose(page, 'Signed in a tab');
    const fields = await posted(tab);
    expect(fields).toMatchObject({
      user_login: 'mira',
      entity_type: 'Version',
      project_id: '2',
      selected_ids: selectedIds.join(','),
      ids: selectedIds.join(','),
      timestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/u),
    });
    expect(Object.keys(fields)).toEqual(
      expect.arrayContaining([
        'user_id',
        'title',
        'server_hostname',
        'referrer_path',
        'page_id',
        'session_uuid',
        'cols',
        'column_display_names',
        'view',
        'sort_column',
        'sort_direction',
        'project_name',
        'signature',
      ]),
    );
    expect(await tab.locator('[data-testid="posted-verdict"]').innerText()).toContain('Signed in a tab');
    await picture(tab, join(ARTEFACTS, 'site-posted.png'));
  });

  it('opens an overlay over the page, with all rows if no selection is needed', async () => {
    const page = await openPage('mira', '/page/Version?project=2');
    await openMenu(page);
    await page.click('#menu button:has-text("In the overlay")');
    const frame = await (await page.waitForSelector('#overlay iframe')).contentFrame();
    if (frame === null) throw new Error('The overlay has no frame.');
    const fields = await posted(frame);
    expect((fields['ids'] ?? '').split(',').length).toBeGreaterThan(5);
    expect((fields['selected_ids'] ?? '').split(',')).toHaveLength(1);
    expect(fields).not.toHaveProperty('signature');
    await picture(page, join(ARTEFACTS, 'site-overlay.png'));
    await page.click('#close-overlay');
    await page.waitForSelector('#overlay', { state: 'hidden' });
  });

  it('sends only the id of an event for a light payload; the event has the other fields and belongs to the person', async () => {
    const page = await openPage('mira', '/page/Version?project=2');
    await page.locator('#rows tbody tr').nth(3).click();
    const tab = await choose(page, 'Light');
    const fields = await posted(tab);
    expect(Object.keys(fields)).toEqual(['event_log_entry_id']);
    const token = await fetch(`${site.url}/api/v1/auth/access_token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: 'shotgraph',
        client_secret: 'demo-script-key',
        grant_type: 'client_credentials',
      }),
    });
    const { access_token: bearer } = (await token.json()) as { access_token: string };
    const read = async (): Promise<
      { attributes: { event_type: string; meta: { ami_payload: Record<string, string> } } } | undefined
    > => {
      const answer = await fetch(
        `${site.url}/api/v1/entity/event_log_entries/${fields['event_log_entry_id']}?fields=meta,event_type`,
        {
          headers: { authorization: `Bearer ${bearer}` },
        },
      );
      return answer.ok ? ((await answer.json()) as { data: never }).data : undefined;
    };
    let event = await read();
    // An event is listed a moment after it happened (API 9.1).
    for (let attempt = 0; attempt < 50 && event === undefined; attempt += 1) {
      await page.waitForTimeout(50);
      event = await read();
    }
    expect(event?.attributes.event_type).toBe('Shotgun_ActionMenuItem_Triggered');
    expect(event?.attributes.meta.ami_payload).toMatchObject({
      user_login: 'mira',
      entity_type: 'Version',
      project_id: '2',
    });
    await page.goto(`${site.url}/events`);
    expect(await page.locator('table').innerText()).toMatch(/ActionMenuItem_Triggered\s+Version \d+/u);
    await picture(page, join(ARTEFACTS, 'site-events.png'));
  });

  it('sorts by a click on a column, by a second one with Shift, and groups; the post contains all of it', async () => {
    const page = await openPage('mira', '/page/Version?project=2');
    await page.click('#rows th a:has-text("Status")');
    await page.waitForURL(/sort=sg_status_list/u);
    await page.click('#rows th a:has-text("Version Name")', { modifiers: ['Shift'] });
    await page.waitForURL(/sort=sg_status_list%2Ccode/u);
    await page.selectOption('select[name="group"]', 'entity');
    await page.click('button:has-text("Show")');
    await page.waitForURL(/group=entity/u);
    expect(await page.locator('#rows tr.group').first().innerText()).toBe('Asset');
    const sorted = page.locator('#rows th[aria-sort="ascending"]');
    expect((await sorted.allInnerTexts()).map((text) => text.trim())).toEqual(['Version Name', 'Status']);
    await picture(page, join(ARTEFACTS, 'site-grouped.png'));
    await page.locator('#rows tbody tr[data-id]').nth(1).click();
    const fields = await posted(await choose(page, 'Signed in a tab'));
    expect(fields).toMatchObject({
      sort_column: 'sg_status_list',
      sort_columns: 'sg_status_list,code',
      grouping_column: 'entity',
      grouping_method: 'entitytype',
    });
  });

  it('shows the menu without a selection too, with the items disabled that need one', async () => {
    const page = await openPage('mira', '/page/Version?project=2');
    await page.click('#actions');
    const items = page.locator('#menu [role="menuitem"]');
    expect(await items.allInnerTexts()).toEqual(['In the overlay', 'Light', 'Signed in a tab']);
    const waiting = await Promise.all([0, 1, 2].map((index) => items.nth(index).isDisabled()));
    expect(waiting).toEqual([false, true, true]);
    await page.keyboard.press('Escape');
    await page.waitForSelector('#menu', { state: 'hidden' });
  });

  it('passes the fields to a desktop program in its URL', async () => {
    const page = await openPage('ada', '/page/Version?project=3');
    await page.evaluate(`addEventListener('click', ({ target }) => {
      if (target.protocol === 'portal:') window.opened = target.href;
    })`);
    await openMenu(page);
    await page.click('#menu button:has-text("A program")');
    const opened = await page.waitForFunction('window.opened');
    const { protocol, searchParams } = new URL(String(await opened.jsonValue()));
    expect([protocol, searchParams.get('user_login'), searchParams.getAll('cols').length]).toEqual([
      'portal:',
      'ada',
      8,
    ]);
  });

  it('polls for writes of its window once an item asks for it, less and less often, and then stops', async () => {
    const page = await openPage('ada', '/page/Version?project=3');
    const polls: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/__web/updates')) polls.push(request.url());
    });
    await page.clock.install();
    await page.reload();
    await page.clock.runFor(120_000);
    expect(polls).toEqual([]);
    await choose(page, 'Watched');
    const later = async (seconds: number): Promise<number> => {
      for (let passed = 0; passed < seconds; passed += 1) {
        const answered = page.evaluate(() => fetch('/__web/static/site.css').then(({ ok }) => ok));
        await page.clock.runFor(1000);
        await answered;
      }
      return polls.length;
    };
    const [early, middle] = [await later(20), await later(180)];
    expect(early).toBeGreaterThan(3);
    expect(middle).toBeGreaterThan(early);
    expect(middle).toBeLessThan(12);
    await page.clock.runFor(3_600_000);
    const end = await later(5);
    await page.clock.runFor(3_600_000);
    expect(await later(5)).toBe(end);
  });
});
