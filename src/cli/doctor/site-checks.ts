import { atTheShell } from '../../shotgun/script/doors.ts';
import type { Login } from '../../base/ids.ts';
import type { Config } from '../../config/config.ts';
import { HTTP_STATUS, MS_PER_SECOND, SECONDS_PER_MINUTE } from '../../base/units.ts';
import {
  createDirectory,
  type Described,
  type Directory,
  createPeople,
} from '../../shotgun/script/directory.ts';
import { createShotgun, type ShotgunDeps } from '../../shotgun/create-shotgun.ts';
import { fail, failed, type Finding, ok, warn } from './finding.ts';
import { reachAdvice } from './reach-advice.ts';

const REACH_MS = 10_000;
const MAX_LOOKED_AT = 500;

/** The site, its clock, the script's key, and whether the script may act for a person. */
export async function checkSite(
  deps: ShotgunDeps,
  config: Pick<Config, 'site' | 'launch'>,
  person: Login | undefined,
): Promise<readonly Finding[]> {
  const reached = await checkReach(config);
  if (reached.some(({ level }) => level === 'fail')) return reached;
  const directory = createDirectory({ ...deps, onScriptRead: atTheShell });
  const shotgun = createShotgun(deps);
  try {
    const script = await checkScript(directory, config, person);
    if (script.finding.level === 'fail') return [...reached, script.finding];
    const sudo = await checkSudo(createPeople({ directory, shotgun }), script.person, person);
    return [...reached, script.finding, sudo];
  } finally {
    await Promise.all([directory.close(), shotgun.close()]);
  }
}

/** The site alone: whether it answers, and its clock. */
export async function checkReach({
  site,
  launch,
}: Pick<Config, 'site' | 'launch'>): Promise<readonly Finding[]> {
  const startedMs = Date.now();
  let answer: Response;
  try {
    answer = await fetch(`${site.url}/api/v1`, { signal: AbortSignal.timeout(REACH_MS), redirect: 'error' });
  } catch (error) {
    return [fail('site', `${site.url} does not answer`, reachAdvice(error, 'SHOTGRAPH_SITE_URL'))];
  }
  const { data } = (await answer.json().catch(() => ({}))) as { data?: unknown };
  if (answer.status !== HTTP_STATUS.OK || typeof data !== 'object') {
    return [
      fail(
        'site',
        `${site.url}/api/v1 answers ${answer.status} and no ShotGrid site`,
        'SHOTGRAPH_SITE_URL must be the origin of a ShotGrid site, such as https://studio.shotgrid.autodesk.com.',
      ),
    ];
  }
  return [ok('site', `${site.url} answers`), checkClock(answer, startedMs, launch.clockSkewMs)];
}

/** Launches are judged by their age, so this machine's clock must agree with the site's. */
function checkClock(answer: Response, startedMs: number, allowedMs: number): Finding {
  const siteMs = Date.parse(answer.headers.get('date') ?? '');
  if (Number.isNaN(siteMs))
    return warn('clock', 'the site does not tell its time', 'Keep this machine on NTP.');
  const middleMs = (startedMs + Date.now()) / 2;
  const skewSeconds = Math.round((middleMs - siteMs) / MS_PER_SECOND);
  const amount = Math.abs(skewSeconds);
  const told =
    amount < 2 * SECONDS_PER_MINUTE ? `${amount} s` : `${Math.round(amount / SECONDS_PER_MINUTE)} min`;
  const found = `this machine is ${told} ${skewSeconds < 0 ? 'behind' : 'ahead of'} the site`;
  const advice =
    'Set the clock of this machine (NTP): launches would be refused as too old or from the future.';
  if (Math.abs(skewSeconds) * MS_PER_SECOND > allowedMs) return fail('clock', found, advice);
  return Math.abs(skewSeconds) > 2 ? warn('clock', found, advice) : ok('clock', 'as the site’s');
}

interface Script {
  readonly finding: Finding;
  /** A person whom the script could impersonate. */
  readonly person: Described | undefined;
}

async function checkScript(
  directory: Directory,
  { site }: Pick<Config, 'site'>,
  wanted: Login | undefined,
): Promise<Script> {
  try {
    const person = wanted === undefined ? await anybody(directory) : await directory.byLogin(wanted);
    return { finding: ok('script', `the key of "${site.scriptName}" is accepted`), person };
  } catch (error) {
    const advice = {
      UPSTREAM_AUTH:
        'Check SHOTGRAPH_SITE_SCRIPT_NAME and SHOTGRAPH_SITE_SCRIPT_KEY against the script in ShotGrid (Admin, Scripts), and that it is active.',
      FORBIDDEN: 'Give the script a permission role that reads people, such as API Admin.',
      AMBIGUOUS_USER: 'Give every person in ShotGrid a login that no other has, also apart from letter case.',
    };
    return {
      finding: failed(
        'script',
        error,
        advice,
        'Try again; if it stays, look at the status page of ShotGrid.',
      ),
      person: undefined,
    };
  }
}

async function anybody(directory: Directory): Promise<Described | undefined> {
  let looked = 0;
  for await (const person of directory.everybody()) {
    looked += 1;
    if (person.active && person.canBeImpersonated !== false) return person;
    if (looked >= MAX_LOOKED_AT) return undefined;
  }
  return undefined;
}

async function checkSudo(
  people: ReturnType<typeof createPeople>,
  found: Described | undefined,
  wanted: Login | undefined,
): Promise<Finding> {
  const login = wanted ?? (found?.login as Login | undefined);
  if (login === undefined) {
    return warn('sudo', 'nobody was found to act for', 'Name somebody: --person LOGIN.');
  }
  try {
    const self = await people.self(login);
    return ok(
      'sudo',
      `the script may act as ${login} (HumanUser ${self.id}, role ${self.permissionRole ?? 'not shown'})`,
    );
  } catch (error) {
    return failed(
      'sudo',
      error,
      {
        IMPERSONATION_REFUSED: `Tick "Can be impersonated" (can_impersonate_this_user) on the person page of ${login}, or set SHOTGRAPH_ACTING_POLICY; "npx --no-install shotgraph people" lists everybody like that.`,
        USER_INACTIVE: `Activate ${login} in ShotGrid (Admin, People), or name somebody else: --person LOGIN.`,
        NO_SHOTGUN_USER: `Nobody in ShotGrid has the login ${login}: check its spelling, upper and lower case count.`,
        SHOTGUN_SUDO_REFUSED:
          'Give the script’s permission role the advanced permission "sudo" (Admin, Permissions); the stock role API Admin has it.',
      },
      'Try again; if it stays, look at the status page of ShotGrid.',
    );
  }
}
