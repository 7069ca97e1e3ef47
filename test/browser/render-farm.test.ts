import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { demoJobs, type Job } from '../../studio/farm/jobs.ts';
import { type Farm, startFarm } from '../../studio/farm/start.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { ROOT } from '../rules/source-files.ts';
import { startChromium } from '../support/chromium.ts';
import { freePort } from '../support/free-port.ts';
import { picture } from '../support/picture.ts';
import { LISTED_ONLY } from '../support/review-page.ts';
import { FARM_AUDIENCE, startStudio, type Studio } from '../support/studio.ts';

const ARTEFACTS = join(ROOT, 'test', 'artefacts');

describe('The render farm in the review app', () => {
  let studio: Studio;
  let farm: Farm;
  let browser: Browser;
  let jobs: Job[];
  beforeAll(async () => {
    mkdirSync(ARTEFACTS, { recursive: true });
    jobs = demoJobs(demoDataset());
    const port = await freePort();
    studio = await startStudio({ ...LISTED_ONLY, SHOTGRAPH_SYSTEM_FARM_URL: `http://127.0.0.1:${port}` });
    farm = await startFarm({ port, issuer: studio.issuer, audience: FARM_AUDIENCE, jobs });
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await studio?.stop();
    await farm?.close();
  });

  /** The newest Versions as Mira, with the panel of one of them open. */
  const openPanel = async (wanted: (id: number) => boolean): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
    const page = await context.newPage();
    await page.goto(`${studio.bffUrl}/auth/login?returnTo=/apps/review/`);
    await page.click('button:has-text("Mira Okafor")');
    const cards = page.locator('[data-testid="version-row"]');
    await cards.first().waitFor();
    const ids = await cards.evaluateAll((rows) =>
      rows.map((row) => Number(row.getAttribute('data-version-id'))),
    );
    await cards.nth(ids.findIndex(wanted)).locator('button.picture').click();
    return page;
  };

  it('shows Mira her jobs, and she renders one again', async () => {
    const hers = new Set(
      jobs
        .filter(({ owner, state }) => owner === 'mira' && state === 'FAILED')
        .map(({ versionId }) => versionId),
    );
    const page = await openPanel((id) => hers.has(id));
    const failed = page.locator('.jobs li[data-state="FAILED"]').first();
    const name = await failed.locator('.name').innerText();
    await picture(page, join(ARTEFACTS, 'render-farm.png'));
    await failed.locator('button').click();
    const row = page.locator('.jobs li', { hasText: name });
    await row.locator('.state', { hasText: 'again by mira' }).waitFor();
    expect(jobs.find((job) => job.name === name)).toMatchObject({ state: 'QUEUED', retriedBy: 'mira' });
  });

  it('is reported as unavailable, and the Version is shown all the same', async () => {
    await fetch(`${farm.url}/__studio/mode`, {
      method: 'PUT',
      body: '{"mode":"down"}',
      headers: { 'content-type': 'application/json' },
    });
    const page = await openPanel(() => true);
    await page.locator('.jobs', { hasText: 'not available at the moment' }).waitFor();
    expect(await page.locator('.panel h2').innerText()).not.toBe('');
    await picture(page, join(ARTEFACTS, 'render-farm-away.png'));
  });
});
