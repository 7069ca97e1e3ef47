import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/base/clock.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { failAtEachCall, faultIn, type FaultyFlow, type StoreFault } from '../support/failing-store.ts';
import { CHALLENGE, OverlayWorld } from '../support/overlay-world.ts';
import { type GraphqlAnswer, startStudio, type Studio } from '../support/studio.ts';

const REQUEST = `mutation ($id: Int!) {
  requestUpload(entity: { type: "Version", id: $id }, field: "sgUploadedMovie", fileName: "take.mov", sizeBytes: 1000) { id }
}`;
const COMPLETE = `mutation ($upload: ID!, $etags: [String!]!) {
  completeUpload(upload: $upload, etags: $etags) { verified }
}`;
const CANCEL = 'mutation ($upload: ID!) { cancelUpload(upload: $upload) }';
const BYTES = randomBytes(1000);

let studio: Studio;
const store = createMemoryStore(systemClock);
let fault: StoreFault;
let mira: BrowserClient;
let ada: BrowserClient;
let versionId: number;

beforeAll(async () => {
  fault = faultIn(store);
  studio = await startStudio({ SHOTGRAPH_ACTING_POLICY_BY_ROLE: 'Admin=own-credentials' }, {}, { store });
  versionId = studio.mirasVersionIds[0] ?? 0;
  [mira, ada] = [new BrowserClient(), new BrowserClient()];
  await studio.launch(mira, 'mira', [versionId]);
  const page = await ada.get(`${studio.bffUrl}/auth/login`);
  await ada.post(page.url, { form: { login: 'ada' } });
}, 60_000);
afterAll(() => studio.stop());

const adasClick = (): string => studio.amiBody('ada', [versionId]);

/** A GraphQL answer as if it had a status: what was refused as a whole or in its only field. */
const statusOf = ({ errors }: GraphqlAnswer): number => (errors === undefined ? 200 : 500);

const request = async (): Promise<string> => {
  const { data } = await studio.ask(mira, REQUEST, { variables: { id: versionId } });
  return (data?.['requestUpload'] as { id: string }).id;
};
const send = async (upload: string): Promise<{ status: number; etags: readonly string[] }> => {
  const answer = await fetch(`${studio.bffUrl}/upload/${upload}`, {
    method: 'PUT',
    body: BYTES,
    headers: { cookie: mira.cookieHeader(studio.bffUrl), 'sec-fetch-site': 'same-origin' },
  });
  const { etags = [] } = (await answer.json()) as { etags?: readonly string[] };
  return { status: answer.status, etags };
};
const complete = async (upload: string, etags: readonly string[]): Promise<GraphqlAnswer> => {
  const { data, errors } = await studio.ask(mira, COMPLETE, { variables: { upload, etags } });
  return errors === undefined ? { data: data ?? null } : { data: data ?? null, errors };
};
/** How often a file was linked to the Version, as the site counts it. */
const links = async (): Promise<number> => {
  const query = `{ eventLogEntries(first: 200, filter: { entity: { is: { type: "Version", id: ${versionId} } },
    attributeName: { is: "sg_uploaded_movie" } }) { nodes { id } } }`;
  const { data } = await studio.ask(mira, query);
  return (data?.['eventLogEntries'] as { nodes: unknown[] }).nodes.length;
};

const FLOWS: Readonly<Record<string, () => Promise<FaultyFlow>>> = {
  async 'a person who links their own account'() {
    const way = async () => {
      const { data } = await studio.ask(
        ada,
        '{ viewer { acting { way } } versions(first: 1) { nodes { id } } }',
      );
      let accounts = 0;
      for await (const [key] of store.entries('')) accounts += key.includes('own-account:') ? 1 : 0;
      return { way: (data?.['viewer'] as { acting: { way: string } } | undefined)?.acting.way, accounts };
    };
    const form = { returnTo: '/', login: 'ada', passphrase: 'ada-passphrase' };
    return {
      act: async () =>
        (
          await ada.post(`${studio.bffUrl}/auth/link/passphrase`, {
            form,
            from: 'same-origin',
            redirects: 'stop',
          })
        ).status,
      outcome: way,
      // Of each try that failed nothing is left that could act as her.
      expected: { way: 'OWN', accounts: 1 },
    };
  },

  async 'a person who links their own account in the window of a frame'() {
    const world = new OverlayWorld({ url: studio.bffUrl, now: Date.now, amiBody: () => adasClick() });
    const { id } = await world.launch();
    const begun = (await world.say('start', { launch: id, challenge: CHALLENGE })).content;
    const asked = await world.window.get(`${studio.bffUrl}/auth/handover/popup?ticket=${begun['ticket']}`);
    const page = await world.window.post(asked.url, { form: { login: 'ada' } });
    const window = /name="window" value="([\w-]+)"/u.exec(page.body)?.[1] ?? '';
    let done = '';
    return {
      async act() {
        const linked = await world.window.post(`${studio.bffUrl}/auth/link/passphrase`, {
          form: { window, login: 'ada', passphrase: 'ada-passphrase' },
          from: 'same-origin',
        });
        done = linked.body;
        return linked.status;
      },
      async outcome() {
        const code = /data-code="([^"]+)"/u.exec(done)?.[1] ?? '';
        const { status } = await world.redeem(id, code);
        const { data } = await studio.ask(world.frame, '{ viewer { login acting { way } } }');
        return { status, viewer: data?.['viewer'] };
      },
      expected: { status: 200, viewer: { login: 'ada', acting: { way: 'OWN' } } },
    };
  },

  async 'a request for an upload'() {
    let upload = '';
    return {
      async act() {
        const answer = await studio.ask(mira, REQUEST, { variables: { id: versionId } });
        upload = (answer.data?.['requestUpload'] as { id: string } | null)?.id ?? '';
        return statusOf(answer);
      },
      async outcome() {
        const { etags } = await send(upload);
        return { answer: await complete(upload, etags) };
      },
      expected: { answer: { data: { completeUpload: { verified: true } } } },
    };
  },

  async 'a file that goes through us'() {
    const upload = await request();
    let etags: readonly string[] = [];
    return {
      async act() {
        const sent = await send(upload);
        etags = sent.etags;
        return sent.status;
      },
      outcome: async () => ({ answer: await complete(upload, etags) }),
      expected: { answer: { data: { completeUpload: { verified: true } } } },
    };
  },

  async 'the completion of an upload'() {
    const [upload, before] = [await request(), await links()];
    const { etags } = await send(upload);
    return {
      act: async () => statusOf(await complete(upload, etags)),
      outcome: async () => ({ links: (await links()) - before }),
      expected: { links: 1 },
    };
  },

  async 'an upload that is given up'() {
    const upload = await request();
    const cancel = () => studio.ask(mira, CANCEL, { variables: { upload } });
    return {
      act: async () => statusOf(await cancel()),
      async again() {
        const { errors } = await cancel();
        return errors === undefined || errors[0]?.extensions.code === 'UPLOAD_OVER' ? 200 : 500;
      },
      outcome: async () => ({ status: (await send(upload)).status }),
      expected: { status: 410 },
    };
  },
};

describe.each(Object.entries(FLOWS))('%s, and the store fails once', (_, prepare) => {
  it.each(['before', 'after'] as const)(
    '%s any one of its calls took effect: another try finishes it, once',
    async (when) => {
      expect(await failAtEachCall(fault, when, prepare)).toBeGreaterThan(0);
    },
    60_000,
  );
});
