import { wavesAtSite } from '../../test/support/golden-page.ts';
import type { LoggedRequest } from '../../studio/site/control/request-log.ts';
import { median } from '../table.ts';

/** Who makes the person wait. */
export type Lane = 'page' | 'code' | 'GraphQL' | 'site';

/** Something that took time, in milliseconds since 1970. */
export interface Span {
  readonly lane: Lane;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** What happened between a click and the rows. Times are milliseconds since 1970. */
export interface TimeLine {
  readonly clickMs: number;
  /** The person is back from the provider; null where nobody had to go there. */
  readonly backMs: number | null;
  /** The last byte of the page's code was there. */
  readonly codeMs: number;
  readonly rowsMs: number;
  readonly spans: readonly Span[];
  readonly calls: readonly LoggedRequest[];
}

const TOKEN = 'token';
const SELF = 'who it is';

type Waited = Pick<TimeLine, 'calls' | 'rowsMs'>;

/** Calls that began after a time, and had ended when the rows were shown, each with its wave. */
function waitedFor(fromMs: number, { calls, rowsMs }: Waited): ReturnType<typeof wavesAtSite> {
  return wavesAtSite(
    calls.filter(
      // A call that is still under way has no answer, and no time.
      ({ startedAtMs, status, ms }) => status !== 0 && startedAtMs >= fromMs && startedAtMs + ms <= rowsMs,
    ),
  );
}

/** Waves that the rows may have waited for: of calls that began after a time. */
export const wavesAfter = (fromMs: number, line: Waited): number =>
  Math.max(0, ...waitedFor(fromMs, line).map(({ wave }) => wave));

/** Waves until the rows were read. What is made ready beside them, such as the token of the launch's writes, is none of them. */
export const wavesOfRows = (fromMs: number, line: Waited): number =>
  Math.max(
    0,
    ...waitedFor(fromMs, line)
      .filter((call) => ![TOKEN, SELF].includes(callName(call)))
      .map(({ wave }) => wave),
  );

/** The one of several clicks that took neither long nor short. */
export function middleOf(lines: readonly TimeLine[]): TimeLine | undefined {
  const tookMs = ({ clickMs, rowsMs }: TimeLine): number => rowsMs - clickMs;
  const middle = median(lines.map(tookMs));
  return lines.find((line) => tookMs(line) === middle);
}

/** A call of the site, as people know it. */
export function callName({ path }: Pick<LoggedRequest, 'path'>): string {
  if (path.endsWith('/access_token')) return TOKEN;
  if (/human_?users?/iu.test(path)) return SELF;
  return path.replace(/^\/api\/v1(?:\.1)?\/(?:entity\/)?/u, '');
}
