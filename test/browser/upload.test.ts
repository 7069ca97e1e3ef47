import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { startChromium } from '../support/chromium.ts';
import { LISTED_ONLY } from '../support/review-page.ts';
import { type StudioProcess, startStudioProcess } from '../support/studio-process.ts';

const MIB = 1024 * 1024;

describe('a movie uploaded from the review app', () => {
  let studio: StudioProcess;
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-movie-'));
    studio = await startStudioProcess(LISTED_ONLY);
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await studio?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A movie that takes no room on the disk. */
  const movie = async (name: string, sizeBytes: number): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, 'ftypqt');
    await truncate(path, sizeBytes);
    return path;
  };

  /** The review app with a Version of the person's own opened. */
  const openVersion = async (login: string): Promise<Page> => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${studio.bffUrl}/apps/review/`);
    await page.click('[data-testid="sign-in"]');
    await page.click(`form:has(input[value="${login}"]) button`);
    await page.locator('[data-testid="version-row"]').filter({ hasText: 'Mira Okafor' }).first().waitFor();
    await page
      .locator('[data-testid="version-row"]')
      .filter({ hasText: 'Mira Okafor' })
      .first()
      .locator('.picture')
      .click();
    await page.waitForSelector('[data-testid="movie-form"]');
    return page;
  };

  const choose = (page: Page, path: string) => page.setInputFiles('[data-testid="movie-form"] input', path);

  it('of 300 MB goes in parts straight to the storage, with progress, and not through this server', async () => {
    const path = await movie('bridge_0040_v007.mp4', 300 * MIB);
    const page = await openVersion('mira');
    const puts: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PUT') puts.push(new URL(request.url()).origin);
    });
    const before = await studio.weigh();
    await choose(page, path);
    const shares = new Set<number>();
    const done = page.locator('[data-testid="upload-done"]');
    let mostMemory = 0;
    while (!(await done.isVisible())) {
      expect(await page.locator('[data-testid="upload-refusal"]').count()).toBe(0);
      const bar = page.locator('[data-testid="upload-progress"] progress');
      if (await bar.isVisible()) shares.add(Number(await bar.getAttribute('value').catch(() => 0)));
      mostMemory = Math.max(mostMemory, (await studio.weigh()).memoryBytes);
    }
    const after = await studio.weigh();
    expect(await done.innerText()).toContain('bridge_0040_v007.mp4');
    expect(await page.locator('[data-testid="movie-form"] .quiet').innerText()).toBe('bridge_0040_v007.mp4');
    expect(shares.size).toBeGreaterThan(3);
    expect(puts).toHaveLength(Math.ceil(300 / 16));
    expect(new Set(puts)).toEqual(new Set([studio.storageUrl]));
    expect(after.readBytes - before.readBytes).toBeLessThan(10 * MIB);
    expect(mostMemory - before.memoryBytes).toBeLessThan(100 * MIB);
    await page.context().close();
  });

  it('is sent again in the parts that failed, until they arrive', async () => {
    const path = await movie('take_two.mp4', 20 * MIB);
    const page = await openVersion('mira');
    let failures = 2;
    await page.route(`${studio.storageUrl}/**`, async (route) => {
      if (route.request().method() !== 'PUT' || failures === 0) return route.continue();
      failures -= 1;
      return route.abort('connectionreset');
    });
    await choose(page, path);
    // Each body goes through the test's own hands, which is slow on a busy machine.
    await page.waitForSelector('[data-testid="upload-done"]', { timeout: 90_000 });
    expect(failures).toBe(0);
    await page.context().close();
  });

  it('can be cancelled, and then nothing has changed', async () => {
    const path = await movie('never.mp4', 40 * MIB);
    const page = await openVersion('mira');
    const named = page.locator('[data-testid="movie-form"] .quiet');
    const before = await named.innerText();
    await page.route(`${studio.storageUrl}/**`, () => undefined);
    await choose(page, path);
    const cancelled = page.waitForResponse(
      (answer) => answer.request().postData()?.includes('CancelUpload') ?? false,
    );
    await page.click('[data-testid="upload-progress"] button');
    await page.waitForSelector('[data-testid="upload-cancelled"]');
    expect(await (await cancelled).json()).toMatchObject({ data: { cancelUpload: true } });
    expect(await named.innerText()).toBe(before);
    await page.context().close();
  });

  it('is refused with a message if it is empty', async () => {
    const page = await openVersion('mira');
    await choose(page, await movie('empty.mp4', 0));
    const refusal = page.locator('[data-testid="upload-refusal"]');
    await refusal.waitFor();
    expect(await refusal.innerText()).toContain('The file is empty.');
    await page.context().close();
  });

  it('may be sent only to the storage of the settings', async () => {
    const answer = await fetch(`${studio.bffUrl}/apps/review/`);
    await answer.text();
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toContain(`connect-src 'self' ${studio.storageUrl}`);
  });
});
