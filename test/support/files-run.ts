import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../rules/source-files.ts';

/**
 * The files of `src` of which a function runs while the work is done, in the order of their names. Work in the same process
 * that is not of the server has to be outside of `src`.
 */
export async function filesRunBy(work: () => Promise<unknown>): Promise<readonly string[]> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    await work();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    await session.post('Profiler.stopPreciseCoverage');
    const ran = result
      .filter(({ functions }) => functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0))
      .map(({ url }) => pathOf(url));
    return [...new Set(ran)].filter((path) => /(?:^|\/)src\//u.test(path) && !path.includes('node_modules')).sort();
  } finally {
    session.disconnect();
  }
}

const pathOf = (url: string): string => relative(ROOT, url.startsWith('file:') ? fileURLToPath(url) : url);
