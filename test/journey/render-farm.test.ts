import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { demoJobs, type Job } from '../../studio/farm/jobs.ts';
import { type Farm, startFarm } from '../../studio/farm/start.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { freePort } from '../support/free-port.ts';
import { FARM_AUDIENCE, startStudio, type Studio } from '../support/studio.ts';

interface FarmRequest {
  readonly method: string;
  readonly path: string;
  readonly person: string | null;
  readonly audience: string | null;
  readonly status: number;
}

const PAGE = `query Page($ids: [Int!]!) {
  versionsByIds(ids: $ids) { id code renderJobs { id name state owner version { id code } } }
}`;

interface PageVersion {
  readonly id: number;
  readonly code: string;
  readonly renderJobs: { id: number; owner: string; state: string; version: { id: number } }[] | null;
}

/** The render farm stands behind the same single sign-on: its jobs are read and retried as the person. */
describe('versions with their jobs on the render farm', () => {
  let studio: Studio;
  let farm: Farm;
  let jobs: Job[];
  let ids: number[];
  let port: number;
  const browsers = new Map<string, BrowserClient>();
  beforeAll(async () => {
    jobs = demoJobs(demoDataset());
    port = await freePort();
    studio = await startStudio({ SHOTGRAPH_SYSTEM_FARM_URL: `http://127.0.0.1:${port}` });
    farm = await startFarm({ port, issuer: studio.issuer, audience: FARM_AUDIENCE, jobs });
    ids = studio.mirasVersionIds.slice(0, 50);
    for (const login of ['mira', 'joao']) {
      const browser = new BrowserClient();
      const page = await browser.get(`${studio.bffUrl}/auth/login?returnTo=/`);
      await browser.post(page.url, { form: { login } });
      browsers.set(login, browser);
    }
  });
  afterAll(async () => {
    await studio.stop();
    await farm.close();
  });
  afterEach(() => mode('up'));

  const as = (login: string): BrowserClient => browsers.get(login) ?? new BrowserClient();
  const ask = (login: string, query: string, variables: Record<string, unknown> = {}) =>
    studio.ask(as(login), query, { variables });
  const page = async (login: string, versions: readonly number[]) => {
    const { data, errors } = await ask(login, PAGE, { ids: versions });
    return { versions: (data?.['versionsByIds'] ?? []) as (PageVersion | null)[], errors };
  };
  const mode = (name: string) =>
    fetch(`${farm.url}/__studio/mode`, {
      method: 'PUT',
      body: JSON.stringify({ mode: name }),
      headers: { 'content-type': 'application/json' },
    });
  const requests = async (): Promise<FarmRequest[]> => {
    const seen = (await (await fetch(`${farm.url}/__studio/requests`)).json()) as FarmRequest[];
    await fetch(`${farm.url}/__studio/requests`, { method: 'DELETE' });
    return seen;
  };

  it('are read in one call for fifty versions, by a token of that person for the farm alone', async () => {
    await requests();
    const { versions, errors } = await page('mira', ids);
    expect(errors).toBeUndefined();
    const shown = versions.flatMap((version) => version?.renderJobs ?? []);
    expect(shown.length).toBeGreaterThan(20);
    expect(new Set(shown.map(({ owner }) => owner))).toEqual(new Set(['mira']));
    expect(await requests()).toEqual([
      { method: 'GET', path: '/jobs', person: 'mira', audience: FARM_AUDIENCE, status: 200 },
    ]);
    // Each job belongs to its version, read from ShotGrid as the same person.
    for (const version of versions) {
      for (const job of version?.renderJobs ?? []) expect(job.version.id).toBe(version?.id);
    }
  });

  it('differ from person to person: a wrangler sees everyone’s, an artist their own', async () => {
    const project = '{ project: { is: { type: "Project", id: 2 } } }';
    const query = `{ versions(first: 40, filter: ${project}) { nodes { id renderJobs { owner } } } }`;
    const owners = async (login: string): Promise<Set<string>> => {
      const { data, errors } = await ask(login, query);
      expect(errors).toBeUndefined();
      const { nodes } = data?.['versions'] as { nodes: PageVersion[] };
      return new Set(nodes.flatMap(({ renderJobs }) => (renderJobs ?? []).map(({ owner }) => owner)));
    };
    expect([...(await owners('mira'))].filter((owner) => owner !== 'mira')).toEqual([]);
    expect((await owners('joao')).size).toBeGreaterThan(2);
  });

  it('are the same each time that the document is repeated', async () => {
    const answers = [];
    for (let time = 0; time < 3; time += 1) answers.push(await page('mira', ids.slice(0, 5)));
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  it('are requested once per shot and alias, however often they are selected', async () => {
    await requests();
    const { errors } = await ask(
      'joao',
      `{ a: versionsByIds(ids: [1, 2, 3]) { renderJobs { id } more: renderJobs { name } }
         b: shots(first: 3) { nodes { renderJobs { id } } } }`,
    );
    expect(errors).toBeUndefined();
    expect((await requests()).length).toBe(2);
  });

  it('are retried as the person, and another person’s are not', async () => {
    const own = jobs.find((job) => job.owner === 'mira' && job.state === 'FAILED');
    const other = jobs.find((job) => job.owner !== 'mira' && job.state === 'FAILED');
    const retry =
      'mutation Retry($id: Int!) { retryRenderJob(id: $id) { id state retriedBy version { code } } }';
    const done = await ask('mira', retry, { id: own?.id });
    expect(done.errors).toBeUndefined();
    expect(done.data?.['retryRenderJob']).toMatchObject({
      id: own?.id,
      state: 'QUEUED',
      retriedBy: 'mira',
      version: { code: expect.any(String) },
    });
    const refused = await ask('mira', retry, { id: other?.id });
    expect(refused.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect(other?.state).toBe('FAILED');
    const again = await ask('mira', retry, { id: own?.id });
    expect(again.errors?.[0]?.extensions.code).toBe('SYSTEM_REJECTED');
  });

  it.each([
    ['down', 'SYSTEM_UNAVAILABLE'],
    ['slow', 'SYSTEM_TIMEOUT'],
    ['broken', 'SYSTEM_BROKEN'],
  ])('fail only their own field where the farm is %s', async (name, code) => {
    await mode(name);
    const { versions, errors } = await page('mira', ids.slice(0, 3));
    expect(versions.map((version) => version?.id)).toEqual(ids.slice(0, 3));
    expect(versions.every((version) => version?.code !== undefined && version.renderJobs === null)).toBe(
      true,
    );
    expect(errors?.map(({ extensions, path }) => [extensions.code, path?.at(-1)])).toEqual(
      ids.slice(0, 3).map(() => [code, 'renderJobs']),
    );
    expect(JSON.stringify(errors)).not.toContain('It works');
  });

  it('return after the farm was stopped for a while', async () => {
    await farm.close();
    const { versions, errors } = await page('mira', ids.slice(0, 2));
    expect(versions.map((version) => [version?.id, typeof version?.code, version?.renderJobs])).toEqual(
      ids.slice(0, 2).map((id) => [id, 'string', null]),
    );
    expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(
      new Set(['SYSTEM_UNAVAILABLE']),
    );
    farm = await startFarm({ port, issuer: studio.issuer, audience: FARM_AUDIENCE, jobs });
    expect((await page('mira', ids.slice(0, 2))).errors).toBeUndefined();
  });

  it('of one version are complete for a wrangler, and empty for another artist', async () => {
    const query = `query Joined($id: Int!) { version(id: $id) { code renderJobs { id owner state } } }`;
    const seen = new Map<number, Record<string, unknown>>();
    for (const job of jobs.filter(({ owner }) => owner !== 'mira')) {
      const [mira, joao] = await Promise.all(
        ['mira', 'joao'].map((login) => ask(login, query, { id: job.versionId })),
      );
      if (mira?.data?.['version'] === null || joao?.data?.['version'] === null) continue;
      seen.set(job.versionId, { mira: mira?.data?.['version'], joao: joao?.data?.['version'] });
      break;
    }
    const [[id, { mira, joao }]] = [...seen] as [
      [number, Record<string, { code: string; renderJobs: object[] }>],
    ];
    expect([mira?.code, mira?.renderJobs]).toEqual([joao?.code, []]);
    expect(joao?.renderJobs).toEqual(
      jobs
        .filter(({ versionId }) => versionId === id)
        .map((job) => ({ id: job.id, owner: job.owner, state: job.state })),
    );
  });

  it('are refused to a token of another audience, and to none', async () => {
    const forged = ['', 'Bearer x', 'Bearer e30.e30.e30'];
    for (const authorization of forged) {
      expect((await fetch(`${farm.url}/jobs?versions=1`, { headers: { authorization } })).status).toBe(401);
    }
  });

  it('need a new token after the person has signed out: the old one is deleted', async () => {
    const browser = new BrowserClient();
    const signIn = async () => {
      const start = await browser.get(`${studio.bffUrl}/auth/login?returnTo=/`);
      if (start.url.includes('/interaction/')) await browser.post(start.url, { form: { login: 'mira' } });
    };
    await signIn();
    await studio.ask(browser, PAGE, { variables: { ids: ids.slice(0, 1) } });
    await browser.post(`${studio.bffUrl}/auth/logout`, { from: 'same-origin' });
    await requests();
    const { errors } = await studio.ask(browser, PAGE, { variables: { ids: ids.slice(0, 1) } });
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect(await requests()).toEqual([]);
  });

  it('leave no token in a log or an answer', async () => {
    const { errors } = await page('mira', ids.slice(0, 1));
    expect(errors).toBeUndefined();
    expect(studio.logLines.join('\n')).not.toMatch(/eyJ|Bearer/u);
  });
});
