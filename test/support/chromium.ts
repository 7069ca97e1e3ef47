import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const PATIENCE_MS = 120_000;
/** `profile.cookie_controls_mode` of Chromium. */
const COOKIE_CONTROLS = { off: 0, blockThirdParty: 1 };

/** Without sandbox where it runs as root, and without its own calls to the internet. */
const options = () => ({
  executablePath: executablePath(),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

const installedPath = (): string | undefined =>
  process.env['CHROMIUM_PATH'] ?? PLACES.find((place) => existsSync(place));

/** Whether a Chromium is installed here. */
export const hasChromium = (): boolean => installedPath() !== undefined;

function executablePath(): string {
  const path = installedPath();
  if (path === undefined) throw new Error('These tests need Chromium: apt-get install -y chromium');
  return path;
}

/** The system's Chromium. */
export async function startChromium(): Promise<Browser> {
  const browser = await chromium.launch(options());
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (wanted) => patient(await newContext(wanted));
  return browser;
}

/** On a busy machine a page may take longer than the half minute that Playwright waits. */
function patient(context: BrowserContext): BrowserContext {
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

/**
 * The same with a profile of its own, as people have it: contexts beside a profile count as incognito, where
 * third-party cookies are always blocked. Closing the context ends the browser.
 */
export async function startChromiumProfile({
  blocksThirdPartyCookies,
}: {
  readonly blocksThirdPartyCookies: boolean;
}): Promise<BrowserContext> {
  const folder = await mkdtemp(join(tmpdir(), 'shotgraph-chromium-'));
  const mode = blocksThirdPartyCookies ? COOKIE_CONTROLS.blockThirdParty : COOKIE_CONTROLS.off;
  await mkdir(join(folder, 'Default'));
  await writeFile(
    join(folder, 'Default', 'Preferences'),
    JSON.stringify({
      profile: { cookie_controls_mode: mode, block_third_party_cookies: blocksThirdPartyCookies },
    }),
  );
  const context = await chromium.launchPersistentContext(folder, {
    ...options(),
    viewport: { width: 1280, height: 860 },
  });
  context.once('close', () => void rm(folder, { recursive: true, force: true }).catch(() => undefined));
  return patient(context);
}
