import { Agent, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';

let bff: Bff;
let browser: BrowserClient;
beforeEach(async () => {
  bff = await startBff();
  browser = new BrowserClient(() => bff.now());
});
afterEach(() => bff.stop());

describe('a connection that a proxy keeps alive', () => {
  it('lasts longer than the minute after which nginx closes it, so that no request is cut off', async () => {
    const answer = await browser.get(`${bff.url}/healthz`);
    expect(answer.headers.get('keep-alive')).toBe('timeout=75');
  });
});

describe('a server that stops', () => {
  it('finishes requests under way, answers kept connections a last time, and accepts no new connection', async () => {
    const kept = new Agent({ keepAlive: true });
    expect(await get(`${bff.url}/healthz`, kept)).toEqual([200, 'keep-alive']);
    const left = await browser.get(`${bff.url}/auth/login`, { redirects: 'stop' });
    const back = await browser.get(left.headers.get('location') ?? '', { redirects: 'stop' });
    const asked = new Promise<() => void>((resolve) => {
      bff.idp.fault = (path, response) => {
        if (path !== '/token') return false;
        resolve(() => response.writeHead(503).end());
        return true;
      };
    });
    const underWay = browser.get(back.headers.get('location') ?? '');
    const release = await asked;
    const stopped = bff.stopServer();
    // A proxy that has not heard of the end yet sends its next request on a connection that it has kept.
    expect(await get(`${bff.url}/healthz`, kept)).toEqual([200, 'close']);
    await expect(get(`${bff.url}/healthz`, new Agent())).rejects.toThrow('ECONNREFUSED');
    release();
    const last = await underWay;
    expect([last.status, last.headers.get('connection')]).toEqual([503, 'close']);
    await stopped;
    kept.destroy();
  });
});

const get = (url: string, agent: Agent): Promise<readonly [number | undefined, string | undefined]> =>
  new Promise((resolve, reject) => {
    request(url, { agent }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve([answer.statusCode, answer.headers.connection]));
    })
      .once('error', reject)
      .end();
  });
