import { request } from 'undici';
import { withDeadline } from '../../base/deadline.ts';
import { MS_PER_SECOND } from '../../base/units.ts';

const PATIENCE_MS = 10 * MS_PER_SECOND;
/** A placeholder is a file of the site itself. */
const PLACEHOLDER = /\/images\/status\//u;
/** No browser has this origin. */
const ORIGIN = 'https://shotgraph-probe.invalid';

/**
 * Whether the storage lets pages of another origin read its files; undefined if none of these is in a storage.
 *
 * @param urls presigned links of one site's pictures
 */
export async function corsOf(urls: readonly string[], parent: AbortSignal): Promise<boolean | undefined> {
  const url = urls.find((each) => URL.canParse(each) && !PLACEHOLDER.test(each));
  if (url === undefined) return undefined;
  const headers = await withDeadline(PATIENCE_MS, parent, async (signal) => {
    const answer = await request(url, { headers: { origin: ORIGIN, range: 'bytes=0-0' }, signal });
    await answer.body.dump();
    return answer.headers;
  });
  const allowed = headers['access-control-allow-origin'];
  return allowed === '*' || allowed === ORIGIN;
}
