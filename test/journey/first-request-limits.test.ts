import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserClient } from '../support/browser-client.ts';
import {
  askAs,
  clickAt,
  OTHER,
  ROOM,
  searchesAt,
  settingsOf,
  signIn,
  until,
} from '../support/first-requests.ts';
import { type Files, temporaryFiles } from '../support/operation-lists.ts';
import { startStudio, type Studio } from '../support/studio.ts';

describe('what a page asks first, of several operations and within the limits of a person', () => {
  let files: Files;
  let studio: Studio;
  beforeAll(async () => {
    files = await temporaryFiles();
    const settings = await settingsOf(files, '[Room, Other]');
    studio = await startStudio({ ...settings, SHOTGRAPH_GRAPHQL_REQUESTS_PER_MINUTE: '4' });
  }, 60_000);
  afterAll(async () => {
    await studio.stop();
    await files.remove();
  });

  const asked = async (browser: BrowserClient, launchId: string, query: string): Promise<string> => {
    const variables = query === ROOM ? { id: launchId } : {};
    const { errors } = await askAs(browser, studio, launchId, { query, variables });
    return errors?.[0]?.extensions.code ?? 'answered';
  };

  it('each counts once: those that are taken as the requests that take them', async () => {
    const mira = await signIn(studio, 'mira');
    const launchId = await clickAt(studio, mira);
    await until(async () => (await searchesAt(studio)) === 2);
    const all = [];
    for (const query of [ROOM, OTHER, OTHER, OTHER, OTHER]) all.push(await asked(mira, launchId, query));
    expect(all).toEqual(['answered', 'answered', 'answered', 'answered', 'RATE_LIMITED']);
    expect(await searchesAt(studio)).toBe(4);
  });

  it('those that nobody asked for count too, and a person without a request left begins none', async () => {
    const joao = await signIn(studio, 'joao');
    const launchId = await clickAt(studio, joao, 'joao');
    await until(async () => (await searchesAt(studio)) === 2);
    const ended = await joao.post(`${studio.bffUrl}/auth/logout`, { from: 'same-origin', form: {} });
    expect(ended.status).toBeLessThan(400);
    const again = await signIn(studio, 'joao');
    const all = [];
    for (const query of [ROOM, OTHER, OTHER]) all.push(await asked(again, launchId, query));
    expect(all).toEqual(['answered', 'answered', 'RATE_LIMITED']);
    const ofLines = () => studio.logLines.filter((line) => line.includes('graphql.first_not_begun')).length;
    await clickAt(studio, again, 'joao');
    await until(async () => ofLines() === 2);
    expect(await searchesAt(studio)).toBe(0);
  });
});
