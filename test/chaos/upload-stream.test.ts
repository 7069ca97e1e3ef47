import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserClient } from '../support/browser-client.ts';
import { type StudioProcess, startStudioProcess } from '../support/studio-process.ts';

const MIB = 1024 * 1024;
const SIZE = 300 * MIB;

describe('a file of 300 MB that passes through this server', () => {
  let studio: StudioProcess;
  const browser = new BrowserClient();
  beforeAll(async () => {
    studio = await startStudioProcess();
    const page = await browser.get(`${studio.bffUrl}/auth/login`);
    await browser.post(page.url, { form: { login: 'mira' } });
  });
  afterAll(() => studio?.stop());

  const ask = async (query: string) => {
    const answer = await browser.post(`${studio.bffUrl}/graphql`, { json: { query }, from: 'same-origin' });
    return (JSON.parse(answer.body) as { data: Record<string, unknown> }).data;
  };

  it('is never held in memory', async () => {
    const mine = await ask(
      '{ versions(first: 1, filter: { user: { is: { type: "HumanUser", id: 31 } } }) { nodes { id } } }',
    );
    const { id } = (mine['versions'] as { nodes: { id: number }[] }).nodes[0] ?? { id: 0 };
    const begun = await ask(`mutation { requestUpload(entity: { type: "Version", id: ${id} },
      field: "sgUploadedMovie", fileName: "long.mov", sizeBytes: ${SIZE}) { id } }`);
    const upload = (begun['requestUpload'] as { id: string }).id;
    const before = await studio.weigh();
    let mostMemory = 0;
    let sent = 0;
    const chunk = new Uint8Array(MIB);
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (sent === SIZE) return controller.close();
        sent += chunk.length;
        controller.enqueue(chunk);
        mostMemory = Math.max(mostMemory, (await studio.weigh()).memoryBytes);
      },
    });
    const cookies = [...browser.cookies(studio.bffUrl)].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${studio.bffUrl}/upload/${upload}`, {
      method: 'PUT',
      body,
      duplex: 'half',
      headers: { cookie: cookies, 'sec-fetch-site': 'same-origin', 'content-type': 'video/quicktime' },
    });
    expect(answer.status).toBe(200);
    const { etags } = (await answer.json()) as { etags: string[] };
    const after = await studio.weigh();
    expect(after.readBytes - before.readBytes).toBeGreaterThan(SIZE);
    expect(mostMemory - before.memoryBytes).toBeLessThan(100 * MIB);
    const done = await ask(`mutation { completeUpload(upload: "${upload}", etags: ${JSON.stringify(etags)}) {
      verified file { name } } }`);
    expect(done['completeUpload']).toEqual({ verified: true, file: { name: 'long.mov' } });
  });
});
