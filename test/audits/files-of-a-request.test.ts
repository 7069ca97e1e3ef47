import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BrowserClient } from '../support/browser-client.ts';
import { filesRunBy } from '../support/files-run.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const WARM = 5;
const QUERY = `{ versions(first: 20) { nodes { id code sgStatusList entity { id name } } } }`;

let studio: Studio;
let browser: BrowserClient;
beforeAll(async () => {
  studio = await startStudio();
  browser = new BrowserClient();
  await studio.launch(browser, 'mira', studio.mirasVersionIds.slice(0, 1));
});
afterAll(() => studio.stop());

/** How many files of `src` run for one more of five equal requests. */
async function filesOf(request: () => Promise<unknown>): Promise<readonly string[]> {
  for (let times = 0; times < WARM; times += 1) await request();
  return filesRunBy(request);
}

describe('a newcomer who follows one request', () => {
  it('reads few files for a query', async () => {
    const files = await filesOf(() => studio.ask(browser, QUERY));
    process.stderr.write(files.join('\n')+'\n');
    expect(files.length).toBeLessThanOrEqual(40);
  });

  it('reads few files for the post of a menu item', async () => {
    const post = () =>
      fetch(`${studio.bffUrl}/ami/review`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: studio.amiBody('mira', studio.mirasVersionIds.slice(0, 1)),
      });
    const files = await filesOf(post);
    process.stderr.write(files.join('\n')+'\n');
    expect(files.length).toBeLessThanOrEqual(20);
  });

  it('reads few files for a write that ShotGrid refuses', async () => {
    const write = `mutation { updateShot(id: 1, input: { code: "x" }) { id } }`;
    const files = await filesOf(() => studio.ask(browser, write));
    process.stderr.write(JSON.stringify(await studio.ask(browser, write))+files.join('\n')+'\n');
    expect(files.length).toBeLessThanOrEqual(45);
  });
});
