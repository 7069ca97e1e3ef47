import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, toAppError } from '../../base/errors.ts';
import type { Login } from '../../base/ids.ts';
import { isSuccess } from '../../base/units.ts';
import { isRecord } from '../wire/http-call.ts';
import type { RawAnswer } from '../wire/raw-calls.ts';
import { isTooMuch } from '../wire/retry-after.ts';
import { ProbeDoor, type ProbeDoorDeps, SiteHasEnough } from '../script/probe-door.ts';
import { askAll, type ProbeAnswer, skip } from './ask-all.ts';
import { inProject } from './in-project.ts';
import type { Asking, AskingAsPerson, AskingByWriting } from './question.ts';
import { QUESTIONS, SUDO_RIGHT } from './questions.ts';

export type { ProbeAnswer };

export interface ProbeOptions {
  /** Asks the questions as a person as well. */
  readonly login: Login | null;
  /** Asks those that need a write as well, as that person. */
  readonly projectId: number | null;
  /** Asks those that strain the site as well. */
  readonly isLoaded: boolean;
  readonly signal: AbortSignal;
  readonly onAsked?: (done: number, total: number) => void;
  /** By default it waits. */
  readonly pause?: (ms: number) => Promise<void>;
}

/** What a probe found out. */
export interface ProbeResult {
  readonly answers: readonly ProbeAnswer[];
  /** The version of the site's server; null if it tells none. */
  readonly server: string | null;
  readonly calls: number;
  /** The status with which the site asked for fewer calls. */
  readonly stoppedBy: number | null;
  /** Records that could not be deleted. */
  readonly left: readonly string[];
}

const NO_SUDO = 'The role of the script may not act for people.';

/**
 * Asks the site the questions of the levels that are given.
 *
 * @throws AppError if the site is not there, the key is wrong, or the person or the project cannot be used; nothing was
 * written then
 */
export async function probeSite(deps: ProbeDoorDeps, options: ProbeOptions): Promise<ProbeResult> {
  const { login, projectId, isLoaded, signal } = options;
  const door = new ProbeDoor(deps, signal);
  const { scriptName } = deps.settings;
  const asking: Asking = { door, signal, pause: options.pause ?? waitUnder(signal), scriptName };
  const answers: ProbeAnswer[] = [];
  const total = countOf(options);
  const tell = (answer: ProbeAnswer): void => {
    answers.push(answer);
    options.onAsked?.(answers.length, total);
  };
  try {
    const { server, person, project } = await begin(asking, options, tell).catch(toBusy);
    await askAll({ asking, tell, atOnce: 2 }, QUESTIONS.plain);
    if (person !== null) await askAll({ asking: person, tell, atOnce: 1 }, QUESTIONS.person);
    else if (login !== null) skip(QUESTIONS.person, NO_SUDO, tell);
    const left = project === null ? [] : await askByWriting(project, tell);
    if (project === null && projectId !== null) skip(QUESTIONS.write, NO_SUDO, tell);
    if (isLoaded) await askAll({ asking, tell, atOnce: 1 }, QUESTIONS.load);
    return { answers, server, calls: door.sent, stoppedBy: door.refusal?.status ?? null, left };
  } finally {
    await door.close();
  }
}

/** What every question needs. Nothing is written yet. */
async function begin(
  asking: Asking,
  { login, projectId }: ProbeOptions,
  tell: (answer: ProbeAnswer) => void,
): Promise<{
  readonly server: string | null;
  readonly person: AskingAsPerson | null;
  readonly project: AskingByWriting | null;
}> {
  const server = serverIn(await asking.door.about());
  await asking.door.grant();
  const person = login === null ? null : await personOf(asking, login, tell);
  const project = projectId === null || person === null ? null : await inProject(person, projectId);
  return { server, person, project };
}

/** Nothing is known yet, so a site that asks for fewer calls is a failure here. */
function toBusy(error: unknown): never {
  throw error instanceof SiteHasEnough ? new AppError('UPSTREAM_BUSY', { cause: error }) : error;
}

/** @returns the records that could not be deleted */
async function askByWriting(
  project: AskingByWriting,
  tell: (answer: ProbeAnswer) => void,
): Promise<readonly string[]> {
  await askAll({ asking: project, tell, atOnce: 1 }, QUESTIONS.write);
  return project.records.deleteAll();
}

function countOf({ login, projectId, isLoaded }: ProbeOptions): number {
  const levels: readonly (readonly unknown[])[] = [
    QUESTIONS.plain,
    ...(login === null ? [] : [QUESTIONS.person, [SUDO_RIGHT]]),
    ...(projectId === null ? [] : [QUESTIONS.write]),
    ...(isLoaded ? [QUESTIONS.load] : []),
  ];
  return levels.flat().length;
}

/** @returns null if the script may not act for anybody, which is an answer of its own */
async function personOf(
  asking: Asking,
  login: Login,
  tell: (answer: ProbeAnswer) => void,
): Promise<AskingAsPerson | null> {
  try {
    const person = await asking.door.as(login);
    tell({ fact: SUDO_RIGHT, value: 'api_admin' });
    return { ...asking, login, person };
  } catch (error) {
    if (toAppError(error).code !== 'SHOTGUN_SUDO_REFUSED') throw error;
    tell({ fact: SUDO_RIGHT, value: 'no_role' });
    return null;
  }
}

/** `v8.89.0.9724 (build ...)` */
const MAX_VERSION = 100;

const waitUnder =
  (signal: AbortSignal) =>
  async (ms: number): Promise<void> => {
    await sleep(ms, undefined, { signal });
  };

/** @throws AppError UPSTREAM_BROKEN for a server that is no ShotGrid site, SiteHasEnough if it asked for fewer calls */
function serverIn(answer: RawAnswer): string | null {
  if (isTooMuch(answer)) throw new SiteHasEnough();
  const { status, body } = answer;
  const data = isRecord(body) ? body['data'] : undefined;
  if (!isSuccess(status) || !isRecord(data)) throw new AppError('UPSTREAM_BROKEN');
  const version = data['shotgun_version'];
  return typeof version === 'string' ? version.slice(0, MAX_VERSION) : null;
}
