import { systemClock } from '../../base/clock.ts';
import { type ErrorCode, toAppError } from '../../base/errors.ts';
import { parseLogin } from '../../base/ids.ts';
import { createLogger } from '../../base/logger.ts';
import { loadSiteConfig } from '../../config/load-config.ts';
import type { Config } from '../../config/config.ts';
import { atTheShell } from '../../shotgun/script/doors.ts';
import {
  type ProbeAnswer,
  type ProbeOptions,
  type ProbeResult,
  probeSite,
} from '../../shotgun/probe/probe.ts';
import { assertOfSite, factsPath, readFactsFile, renderFacts } from '../../site/facts/site-facts.ts';
import { NO_FACTS } from '../../site/facts/fact-table.ts';
import { secretOf } from '../ami-sign.ts';
import { command, NOT_LOOKED_AT, type Terminal, UsageError } from '../command.ts';
import { type ClickOptions, listenForClick } from './click.ts';
import { checkWritable, writeWhole } from './files.ts';
import { printAnswers, reportOf } from './report.ts';

export const probe = command({
  name: 'probe',
  summary: 'asks your ShotGrid site what differs from site to site, and writes facts.json',
  options: {
    person: {
      takes: 'LOGIN',
      meaning: 'also asks as this person, acting in the way that the settings allow',
    },
    'write-in-project': {
      takes: 'ID',
      meaning:
        'asks what needs a write, as that person, in records of this project that it makes and deletes',
    },
    load: { meaning: 'also measures limits and concurrent calls, and stops at the first 429 or 503' },
    click: { takes: 'PORT', meaning: 'waits at this port of this machine for one click on a menu item' },
    ami: { takes: 'NAME', meaning: 'the menu item of shotgraph.yml whose secret signs that click' },
    report: {
      takes: 'FILE',
      meaning: 'writes the report, which has no name and no value of the site, to a file',
    },
    json: { meaning: 'prints the report as JSON in place of lines' },
  },
  examples: [
    { line: 'probe', does: 'Some thirty reads as the script, two at a time.' },
    {
      line: 'probe --person mira --write-in-project 70 --load --report probe.json',
      does: 'Everything but a click, in a test project and outside working hours.',
    },
    {
      line: 'probe --click 4999 --ami review',
      does: 'Make a menu item that leads to http://localhost:4999/ with the secret of "review", and choose it.',
    },
  ],
  exitCodes: {
    1: 'interrupted, a record could not be deleted, or the script may not act for people',
    3: 'the site, the script, the person or the project could not be used, so nothing was asked',
  },
  async run({ options, environment }, terminal) {
    const asked = optionsOf(options);
    const { site, schemaDirectory } = loadSiteConfig(environment());
    const path = factsPath(schemaDirectory);
    const file = await readFactsFile(path);
    if (file !== undefined) assertOfSite(file, path, site);
    const before = file?.facts ?? NO_FACTS;
    const click = await clickOf(options, (name) => secretOf(name, environment()));
    // What can fail fails before the first question: afterwards its answers would be lost.
    for (const file of [path, options.report]) if (file !== undefined) await checkWritable(file);
    const interrupt = interruptible();
    const awaited = click === null ? null : await listenForClick({ ...click, ...interrupt, terminal });
    try {
      const result = await ask(site, { ...asked, signal: interrupt.signal }, terminal);
      if (result === null) return NOT_LOOKED_AT;
      tellLeft(result, terminal);
      const save = async (answers: readonly ProbeAnswer[]): Promise<void> => {
        const found = answers.flatMap((answer) => ('value' in answer ? [[answer.fact, answer.value]] : []));
        const facts = { ...before, ...Object.fromEntries(found) };
        const { server } = result;
        await writeWhole(path, renderFacts({ site: site.publicUrl, measuredOn: today(), server, facts }));
      };
      await save(result.answers);
      const answers = [...result.answers, ...((await awaited?.answers()) ?? [])];
      if (awaited !== null) await save(answers);
      const report = reportOf(answers, { ...result, before });
      if (options.report !== undefined) await writeWhole(options.report, report);
      if (options.json) terminal.print(report.trimEnd());
      else printAnswers(answers, { ...result, before, path }, terminal);
      return codeOf(result, interrupt.signal, terminal);
    } finally {
      awaited?.close();
      interrupt.end();
    }
  },
});

type Typed = Readonly<Record<'person' | 'write-in-project' | 'click' | 'ami', string | undefined>>;

/** @throws UsageError for an option that cannot be meant */
function optionsOf({
  person,
  'write-in-project': project,
  load,
}: Typed & { readonly load: boolean }): Omit<ProbeOptions, 'signal'> {
  const login = person === undefined ? null : parseLogin(person);
  if (login === undefined) throw new UsageError('--person takes the login of one person.');
  const projectId = project === undefined ? null : wholeNumber(project);
  if (projectId === undefined) throw new UsageError('--write-in-project takes the id of one project.');
  if (projectId !== null && login === null)
    throw new UsageError('--write-in-project needs --person LOGIN: nothing is written as the script.');
  return { login, projectId, isLoaded: load };
}

function wholeNumber(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/u.test(text) ? Number(text) : undefined;
}

const MOST_PORT = 65_535;

/** @throws UsageError for a port that cannot be one, or a menu item without a click */
async function clickOf(
  { click, ami }: Typed,
  secret: (name: string) => Promise<string>,
): Promise<Pick<ClickOptions, 'port' | 'secret'> | null> {
  if (click === undefined && ami !== undefined) throw new UsageError('--ami needs --click PORT.');
  if (click === undefined) return null;
  const port = click === '0' ? 0 : (wholeNumber(click) ?? Infinity);
  if (port > MOST_PORT) throw new UsageError('--click takes a port of this machine, such as 4999.');
  return { port, secret: ami === undefined ? null : await secret(ami) };
}

/** The first Ctrl+C ends the questions, so that what was made is deleted. The second one ends the process. */
function interruptible(): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGINT', stop);
  return { signal: controller.signal, end: () => void process.off('SIGINT', stop) };
}

/** @returns null if nothing could be asked, which was said then */
async function ask(
  site: Config['site'],
  options: ProbeOptions,
  terminal: Terminal,
): Promise<ProbeResult | null> {
  const deps = {
    settings: site,
    clock: systemClock,
    logger: createLogger({ level: 'silent' }),
    onScriptRead: atTheShell,
  };
  try {
    return await probeSite(deps, {
      ...options,
      onAsked: (done, total) => terminal.progress?.(`${done} of ${total} questions`),
    });
  } catch (error) {
    if (options.signal.aborted) terminal.printError('Interrupted. Nothing was written.');
    else terminal.printError(sentenceOf(error, site, options.login ?? ''));
    return null;
  }
}

function sentenceOf(error: unknown, { url, scriptName }: Config['site'], login: string): string {
  const { code, message } = toAppError(error);
  const sentences: Partial<Record<ErrorCode, string>> = {
    UPSTREAM_UNAVAILABLE: `${url} does not answer. Check SHOTGRAPH_SITE_URL, the DNS name and the certificate, and that this machine may reach it.`,
    UPSTREAM_TIMEOUT: `${url} did not answer in time. Try again, or look at the status page of ShotGrid.`,
    UPSTREAM_BROKEN: `${url} answers, and not as a ShotGrid site. SHOTGRAPH_SITE_URL must be the origin of one.`,
    UPSTREAM_AUTH: `The site does not accept the script "${scriptName}" with this key. Check SHOTGRAPH_SITE_SCRIPT_NAME and SHOTGRAPH_SITE_SCRIPT_KEY.`,
    UPSTREAM_BUSY: `${url} asks for fewer calls (it answered 429 or 503). Try again later.`,
    NO_SHOTGUN_USER: `Nobody in ShotGrid has the login ${login}: check its spelling, upper and lower case count.`,
    USER_INACTIVE: `The account of ${login} is disabled. Name somebody who is active.`,
    IMPERSONATION_REFUSED: `The script may not act for ${login} ("Can be impersonated" is off). Name somebody else.`,
  };
  const ofProject = code === 'NOT_FOUND' ? message : undefined;
  return `${sentences[code] ?? ofProject ?? `${code}: ${message}`} Nothing was asked, and nothing was written.`;
}

function tellLeft({ left }: ProbeResult, terminal: Terminal): void {
  for (const record of left)
    terminal.printError(`Left in ShotGrid, because it could not be deleted: ${record}. Delete it by hand.`);
}

function codeOf({ left, answers }: ProbeResult, signal: AbortSignal, terminal: Terminal): number {
  if (signal.aborted) terminal.printError('Interrupted. What was answered before is in the file.');
  return left.length > 0 || signal.aborted || answers.some(isWithoutSudo) ? 1 : 0;
}

const isWithoutSudo = (answer: ProbeAnswer): boolean =>
  answer.fact === 'auth.sudoRight' && 'value' in answer && answer.value === 'no_role';

const today = (): string => new Date(systemClock.now()).toISOString().slice(0, 'yyyy-mm-dd'.length);
