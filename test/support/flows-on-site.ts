import { randomBytes } from 'node:crypto';
import { systemClock } from '../../src/base/clock.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { BrowserClient } from './browser-client.ts';
import type { FaultyFlow } from './failing-store.ts';
import { CHALLENGE, OverlayWorld } from './overlay-world.ts';
import { type GraphqlAnswer, startStudio, type Studio } from './studio.ts';

const REQUEST = `mutation ($id: Int!) {
  requestUpload(entity: { type: "Version", id: $id }, field: "sgUploadedMovie", fileName: "take.mov", sizeBytes: 1000) { id }
}`;
const COMPLETE = `mutation ($upload: ID!, $etags: [String!]!) {
  completeUpload(upload: $upload, etags: $etags) { verified }
}`;
const CANCEL = 'mutation ($upload: ID!) { cancelUpload(upload: $upload) }';
const BYTES = randomBytes(1000);
const ADAS_ACCOUNT = { login: 'ada', passphrase: 'ada-passphrase' };

/** Ada acts by her own account, Mira by the script; the store is there to be broken. */
export interface SiteWorld {
  readonly studio: Studio;
  readonly store: ReturnType<typeof createMemoryStore>;
  readonly versionId: number;
  readonly mira: BrowserClient;
  readonly ada: BrowserClient;
}

/** @param environment settings that differ from the demo's */
export async function startSiteWorld(environment: Readonly<Record<string, string>> = {}): Promise<SiteWorld> {
  const store = createMemoryStore(systemClock);
  const studio = await startStudio(
    { SHOTGRAPH_ACTING_POLICY_BY_ROLE: 'Admin=own-credentials', ...environment },
    {},
    { store },
  );
  const versionId = studio.mirasVersionIds[0] ?? 0;
  const [mira, ada] = [new BrowserClient(), new BrowserClient()];
  await studio.launch(mira, 'mira', [versionId]);
  const page = await ada.get(`${studio.bffUrl}/auth/login`);
  await ada.post(page.url, { form: { login: 'ada' } });
  return { studio, store, versionId, mira, ada };
}

/** What people do that asks both ShotGrid and the store, each of which may fail at any call. */
export const FLOWS_ON_SITE: Readonly<Record<string, (world: SiteWorld) => Promise<FaultyFlow>>> = {
  'a person who links their own account': async (world) => ({
    act: async () =>
      (
        await world.ada.post(`${world.studio.bffUrl}/auth/link/passphrase`, {
          form: { returnTo: '/', ...ADAS_ACCOUNT },
          from: 'same-origin',
          redirects: 'stop',
        })
      ).status,
    outcome: async () => ({
      viewer: await viewerOf(world, world.ada),
      accounts: await accountsIn(world),
    }),
    // Of each try that failed nothing is left that could act as her.
    expected: { viewer: { login: 'ada', acting: { way: 'OWN' } }, accounts: 1 },
  }),

  async 'a person who links their own account in the window of a frame'(world) {
    const { frame, id, act, codeOf } = await windowThatLinks(world);
    return {
      act,
      async outcome() {
        const { status } = await frame.redeem(id, codeOf());
        return { status, viewer: await viewerOf(world, frame.frame) };
      },
      expected: { status: 200, viewer: { login: 'ada', acting: { way: 'OWN' } } },
    };
  },

  async 'a request for an upload'(world) {
    let upload = '';
    return {
      async act() {
        const answer = await world.studio.ask(world.mira, REQUEST, { variables: { id: world.versionId } });
        upload = (answer.data?.['requestUpload'] as { id: string } | null)?.id ?? '';
        return statusOf(answer);
      },
      outcome: async () => ({ answer: await complete(world, upload, (await send(world, upload)).etags) }),
      expected: { answer: { data: { completeUpload: { verified: true } } } },
    };
  },

  async 'a file that goes through us'(world) {
    const upload = await request(world);
    let etags: readonly string[] = [];
    return {
      async act() {
        const sent = await send(world, upload);
        etags = sent.etags;
        return sent.status;
      },
      outcome: async () => ({ answer: await complete(world, upload, etags) }),
      expected: { answer: { data: { completeUpload: { verified: true } } } },
    };
  },

  async 'the completion of an upload'(world) {
    const { act, linked } = await uploadToComplete(world);
    return {
      act: async () => statusOf(await act()),
      outcome: async () => ({ links: await linked() }),
      expected: { links: 1 },
    };
  },

  async 'an upload that is given up'(world) {
    const upload = await request(world);
    const cancel = () => world.studio.ask(world.mira, CANCEL, { variables: { upload } });
    return {
      act: async () => statusOf(await cancel()),
      async again() {
        const { errors } = await cancel();
        return errors === undefined || errors[0]?.extensions.code === 'UPLOAD_OVER' ? 200 : 500;
      },
      outcome: async () => ({ status: (await send(world, upload)).status }),
      expected: { status: 410 },
    };
  },
};

/** A file that is at the storage; `linked` counts how often it was linked since. */
export async function uploadToComplete(world: SiteWorld) {
  const [upload, before] = [await request(world), await links(world)];
  const { etags } = await send(world, upload);
  return {
    act: () => complete(world, upload, etags),
    linked: async () => (await links(world)) - before,
  };
}

/** A GraphQL answer as if it had a status: what was refused as a whole or in its only field. */
const statusOf = ({ errors }: GraphqlAnswer): number => (errors === undefined ? 200 : 500);

async function viewerOf({ studio }: SiteWorld, browser: BrowserClient): Promise<unknown> {
  const { data } = await studio.ask(
    browser,
    '{ viewer { login acting { way } } versions(first: 1) { nodes { id } } }',
  );
  return data?.['viewer'];
}

async function accountsIn({ store }: SiteWorld): Promise<number> {
  let accounts = 0;
  for await (const [key] of store.entries('')) accounts += key.includes('own-account:') ? 1 : 0;
  return accounts;
}

/** Ada has signed in in the window of a frame, and is asked for her account. */
async function windowThatLinks({ studio, versionId }: SiteWorld) {
  const amiBody = (): string => studio.amiBody('ada', [versionId]);
  const frame = new OverlayWorld({ url: studio.bffUrl, now: Date.now, amiBody });
  const { id } = await frame.launch();
  const begun = (await frame.say('start', { launch: id, challenge: CHALLENGE })).content;
  const asked = await frame.window.get(`${studio.bffUrl}/auth/handover/popup?ticket=${begun['ticket']}`);
  const page = await frame.window.post(asked.url, { form: { login: 'ada' } });
  const window = /name="window" value="([\w-]+)"/u.exec(page.body)?.[1] ?? '';
  let done = '';
  const act = async (): Promise<number> => {
    const linked = await frame.window.post(`${studio.bffUrl}/auth/link/passphrase`, {
      form: { window, ...ADAS_ACCOUNT },
      from: 'same-origin',
    });
    done = linked.body;
    return linked.status;
  };
  return { frame, id, act, codeOf: () => /data-code="([^"]+)"/u.exec(done)?.[1] ?? '' };
}

async function request({ studio, mira, versionId }: SiteWorld): Promise<string> {
  const { data } = await studio.ask(mira, REQUEST, { variables: { id: versionId } });
  return (data?.['requestUpload'] as { id: string }).id;
}

async function send(
  { studio, mira }: SiteWorld,
  upload: string,
): Promise<{ status: number; etags: readonly string[] }> {
  const answer = await fetch(`${studio.bffUrl}/upload/${upload}`, {
    method: 'PUT',
    body: BYTES,
    headers: { cookie: mira.cookieHeader(studio.bffUrl), 'sec-fetch-site': 'same-origin' },
  });
  const { etags = [] } = (await answer.json()) as { etags?: readonly string[] };
  return { status: answer.status, etags };
}

async function complete(
  { studio, mira }: SiteWorld,
  upload: string,
  etags: readonly string[],
): Promise<GraphqlAnswer> {
  const { data, errors } = await studio.ask(mira, COMPLETE, { variables: { upload, etags } });
  return errors === undefined ? { data: data ?? null } : { data: data ?? null, errors };
}

/** How often a file was linked to the Version, as the site counts it. */
async function links({ studio, mira, versionId }: SiteWorld): Promise<number> {
  const query = `{ eventLogEntries(first: 200, filter: { entity: { is: { type: "Version", id: ${versionId} } },
    attributeName: { is: "sg_uploaded_movie" } }) { nodes { id } } }`;
  const { data } = await studio.ask(mira, query);
  return (data?.['eventLogEntries'] as { nodes: unknown[] }).nodes.length;
}
