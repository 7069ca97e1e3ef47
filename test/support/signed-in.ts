import { BrowserClient } from './browser-client.ts';
import type { Studio } from './studio.ts';

/** The browser of a person who has opened a launch of one Version, and is signed in by it. */
export async function signedIn(studio: Studio, login: string): Promise<BrowserClient> {
  const browser = new BrowserClient();
  await studio.launch(browser, login, studio.mirasVersionIds.slice(0, 1));
  return browser;
}
