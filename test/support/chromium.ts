import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export interface ChromiumOptions {
  /** As where a person or an administrator has set it. */
  readonly blocksThirdPartyCookies?: boolean;
}

/** The system's Chromium, without sandbox where it runs as root and without its own calls to the internet. */
export function startChromium(options: ChromiumOptions = {}): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? PLACES.find((place) => existsSync(place));
  if (executablePath === undefined) throw new Error('These tests need Chromium: apt-get install -y chromium');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(options.blocksThirdPartyCookies === true ? ['--test-third-party-cookie-phaseout'] : []),
    ],
  });
}
