import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { freePort } from '../support/free-port.ts';
import { type Files, temporaryFiles } from '../support/operation-lists.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type ServerProcess, startServerProcess } from '../support/studio-process.ts';
import { environmentOf, startStudio, type Studio } from '../support/studio.ts';

const WHO = 'query Who {\n  viewer {\n    login\n  }\n}';
const NAME = 'query Name {\n  viewer {\n    displayName\n  }\n}';
const BROKEN = 'query Broken {\n  viewer {\n    shoeSize\n  }\n}';
const POLL_MS = 50;

/** Two servers with one Redis and a folder of operations each, as two machines have them; one is told by a real signal. */
describe('operations that are deployed while pages are open', () => {
  let files: Files;
  let redis: TestRedis;
  let before: Studio;
  let told: ServerProcess;
  let mira: BrowserClient;
  beforeAll(async () => {
    [files, redis] = await Promise.all([temporaryFiles(), startRedis()]);
    const settingsOf = async (machine: string) => ({
      SHOTGRAPH_CONFIG: await files.write(
        `${machine}/shotgraph.yml`,
        `documents: only
amis: { review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], opens: /apps/review/ } }
apps: { review: { directory: ., operations: review } }
`,
      ),
      SHOTGRAPH_STORE_URL: redis.url,
    });
    for (const machine of ['before', 'told']) {
      await files.write(`${machine}/review/who.graphql`, WHO);
      await files.write(`${machine}/index.html`, '<!doctype html>');
    }
    before = await startStudio(await settingsOf('before'));
    const bffPort = await freePort();
    const bffUrl = `http://localhost:${bffPort}`;
    const { siteUrl, issuer } = before;
    told = await startServerProcess(bffUrl, {
      ...environmentOf({ bffUrl, bffPort, siteUrl, issuer, storageUrl: '' }),
      ...(await settingsOf('told')),
      SHOTGRAPH_LOG_LEVEL: 'info',
    });
    mira = new BrowserClient();
    await before.launch(mira, 'mira', before.mirasVersionIds.slice(0, 1));
  });
  afterAll(async () => {
    await told?.stop();
    await before?.stop();
    await redis?.stop();
    await files?.remove();
  });

  const ask = async (url: string, text: string): Promise<unknown> => {
    const json = { documentId: sha256(text, 'hex') };
    const answer = await mira.post(`${url}/apps/review/graphql`, { json, from: 'same-origin' });
    const { data, errors } = JSON.parse(answer.body) as {
      data?: object;
      errors?: { extensions: { code: string } }[];
    };
    return errors?.[0]?.extensions.code ?? data;
  };
  /** Deploys a text to the machine that is told, and waits until its server says something of the list. */
  const deploy = async (name: string, text: string): Promise<string> => {
    await files.write(`told/review/${name}.graphql`, text);
    const from = told.output().length;
    told.signal('SIGHUP');
    const said = () => told.output().slice(from);
    while (!/"operations\.\w+"/u.test(said())) await new Promise((wait) => setTimeout(wait, POLL_MS));
    return said();
  };

  it('run at both servers as soon as one has them, and those of before go on', async () => {
    expect(await ask(told.url, WHO)).toEqual({ viewer: { login: 'mira' } });
    expect(await ask(told.url, NAME)).toBe('DOCUMENT_UNKNOWN');
    await deploy('name', NAME);
    for (const url of [told.url, before.bffUrl]) {
      expect(await ask(url, NAME)).toEqual({ viewer: { displayName: 'Mira Okafor' } });
      expect(await ask(url, WHO)).toEqual({ viewer: { login: 'mira' } });
    }
  });

  it('are left as they were, whole, where one of them does not fit the schema', async () => {
    expect(await deploy('broken', BROKEN)).toContain('shoeSize');
    for (const url of [told.url, before.bffUrl]) {
      expect(await ask(url, BROKEN)).toBe('DOCUMENT_UNKNOWN');
      expect(await ask(url, NAME)).toEqual({ viewer: { displayName: 'Mira Okafor' } });
    }
  });
});
