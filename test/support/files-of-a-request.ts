import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../rules/source-files.ts';
import { BrowserClient } from './browser-client.ts';
import { startStudio, type Studio } from './studio.ts';

/** As many equal requests go before the one that is measured: what is made once is there by then. */
const WARM = 5;
/** A timer of the server may run during one of the measured requests, but not during each of them. */
const MEASURED = 3;

/** Files of `src` of which a function runs between one request and its answer, by kind of request. */
export interface FilesOfRequests {
  /** A page of rows with a link. */
  readonly query: readonly string[];
  /** The post of a menu item. */
  readonly post: readonly string[];
  /** A write that ShotGrid refuses. */
  readonly refusedWrite: readonly string[];
}

/** Measures them at the studio in a box, in this process. */
export async function filesOfRequests(): Promise<FilesOfRequests> {
  const studio = await startStudio();
  try {
    const browser = new BrowserClient();
    await studio.launch(browser, 'mira', studio.mirasVersionIds.slice(0, 1));
    const ask = (document: string) => () => studio.ask(browser, document);
    return {
      query: await filesOf(
        ask('{ versions(first: 20) { nodes { id code sgStatusList entity { id name } } } }'),
      ),
      post: await filesOf(() => postMenuItem(studio)),
      refusedWrite: await filesOf(ask('mutation { updateShot(id: 1, input: { code: "x" }) { id } }')),
    };
  } finally {
    await studio.stop();
  }
}

const postMenuItem = (studio: Studio): Promise<unknown> =>
  fetch(`${studio.bffUrl}/ami/review`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: studio.amiBody('mira', studio.mirasVersionIds.slice(0, 1)),
  });

async function filesOf(request: () => Promise<unknown>): Promise<readonly string[]> {
  for (let times = 0; times < WARM; times += 1) await request();
  let ran = await filesRunBy(request);
  for (let times = 1; times < MEASURED; times += 1) {
    const again = new Set(await filesRunBy(request));
    ran = ran.filter((path) => again.has(path));
  }
  return ran;
}

/** The test runner makes each export a getter: reading it runs nothing of the file. */
const EXPORT_OF_THE_RUNNER = /^[^{]*\{ try \{ return [\w$.]+ \} catch \{\} \}$/u;

/** Counts of functions come from V8. The site and the provider run in the same process, but not in `src`. */
async function filesRunBy(work: () => Promise<unknown>): Promise<readonly string[]> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Debugger.enable');
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    await work();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const ran: string[] = [];
    for (const { url, scriptId, functions } of result) {
      const path = pathOf(url);
      if (!path.startsWith('src/')) continue;
      // One session.
      const { scriptSource } = await session.post('Debugger.getScriptSource', { scriptId });
      const isOurs = ({ ranges: [whole] }: Profiler.FunctionCoverage): boolean =>
        whole !== undefined &&
        whole.count > 0 &&
        !EXPORT_OF_THE_RUNNER.test(scriptSource.slice(whole.startOffset, whole.endOffset));
      if (functions.some(isOurs)) ran.push(path);
    }
    return [...new Set(ran)].sort();
  } finally {
    session.disconnect();
  }
}

/** Path from the root of the project, also for the copy that the bench is compiled to. */
function pathOf(url: string): string {
  const path = relative(ROOT, url.startsWith('file:') ? fileURLToPath(url) : url).replaceAll('\\', '/');
  return path.replace(/^dist\/bench\//u, '').replace(/\.js$/u, '.ts');
}
