import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { systemClock } from '../../base/clock.ts';
import { createLogger } from '../../base/logger.ts';
import {
  type Environment,
  environmentIn,
  SETTINGS_FILE,
  variablesOfProcess,
  variablesWithoutOurs,
} from '../../config/environment.ts';
import { unfinishedConfig } from '../../config/load-config.ts';
import { command, type Given, type Terminal, UsageError } from '../command.ts';
import { printFindings } from '../doctor/finding.ts';
import { Cancelled } from '../line/asker.ts';
import { type Answers, ANSWERS, DEMO, SECRETS } from './answers.ts';
import { finish } from './finish.ts';
import { FRONT_ENDS, Interview, namesOf } from './interview.ts';
import { repositoryOf } from './repository.ts';
import { hasWindowsLines } from './settings-file.ts';
import { type SiteSnapshot, takeSnapshot } from './site-snapshot.ts';
import { CLIENT, ISSUER, ITEM, SCRIPT, settle, SITE, Stopped } from './stages.ts';
import { interrupted } from './told.ts';
import { isThere, reasonOf, sortFiles, type SortedFiles, writeFiles } from './write-files.ts';
import { assertHasItem, earlierAnswers } from './yaml-files.ts';

const OPTIONS = {
  site: { takes: 'URL', meaning: 'address of the ShotGrid site (SHOTGRAPH_SITE_URL)' },
  script: { takes: 'NAME', meaning: 'name of the API script (SHOTGRAPH_SITE_SCRIPT_NAME)' },
  issuer: { takes: 'URL', meaning: 'issuer of the identity provider (SHOTGRAPH_OIDC_ISSUER)' },
  'public-url': {
    takes: 'URL',
    meaning: 'address at which browsers reach this server (SHOTGRAPH_PUBLIC_URL)',
  },
  client: { takes: 'ID', meaning: 'client id at the provider (SHOTGRAPH_OIDC_CLIENT_ID)' },
  item: { takes: 'NAME', meaning: 'name of the first menu item (SHOTGRAPH_INIT_ITEM)' },
  title: { takes: 'TEXT', meaning: 'its title in the menu of ShotGrid (SHOTGRAPH_INIT_TITLE)' },
  type: { takes: 'TYPE', meaning: 'entity type of the rows that it is offered for (SHOTGRAPH_INIT_TYPE)' },
  opens: {
    takes: 'ADDRESS',
    meaning: 'what it opens: /apps/NAME/, or a front end elsewhere (SHOTGRAPH_INIT_OPENS)',
  },
  'front-end': {
    takes: 'KIND',
    meaning: 'how the front end is written (SHOTGRAPH_INIT_FRONT_END)',
    choices: Object.keys(FRONT_ENDS),
  },
  'create-menu-item': { meaning: 'makes the menu item in ShotGrid, as the script' },
  'secrets-from-input': { meaning: 'reads the secrets from the standard input, as lines NAME=value' },
  'without-npm': { meaning: 'installs nothing, and says what to install' },
  demo: { meaning: 'for the studio in a box at its usual addresses' },
  'go-on': { meaning: 'writes the files although a check fails' },
  yes: { meaning: 'asks no questions: uses the given answers, and defaults for the others' },
} as const;

type Options = Given<typeof OPTIONS>['options'];

const quiet = { clock: systemClock, logger: createLogger({ level: 'silent' }) };

/** Makes a studio's own repository. Nothing is written before every answer is there and was tried. */
export const init = command({
  name: 'init',
  words: '[FOLDER]',
  summary: "makes a studio's own repository: asks questions, tries each answer, and writes the files",
  options: OPTIONS,
  examples: [
    { line: 'init', does: 'In this folder; asks for everything.' },
    { line: 'init --demo --yes', does: 'For the studio in a box, which runs beside it.' },
    {
      line: 'init tools --site https://studio.shotgrid.autodesk.com --issuer https://login.studio.example --yes',
      does: 'For machines: SHOTGRAPH_SITE_SCRIPT_KEY_FILE and SHOTGRAPH_OIDC_CLIENT_SECRET_FILE name the files of the secrets.',
    },
  ],
  exitCodes: { 1: 'a check fails, or it was stopped; what was written is told' },
  async run({ options, words }, terminal) {
    if (words.length > 1) throw new UsageError('Name one folder.');
    const folder = resolve(words[0] ?? '.');
    try {
      return await makeRepository(folder, options, terminal);
    } catch (error) {
      if (!(error instanceof Cancelled || error instanceof Stopped)) throw error;
      terminal.printError('Nothing was written.');
      return 1;
    }
  },
});

async function makeRepository(folder: string, options: Options, terminal: Terminal): Promise<number> {
  await assertFolder(folder);
  const environment = await environmentFor(folder, options, terminal);
  const ask = options.yes ? undefined : terminal.ask;
  if (ask === undefined && !options.yes) {
    throw new UsageError(
      'There is no terminal to ask at. Give the answers by options and variables, and add --yes.',
    );
  }
  const yaml = await readFile(join(folder, 'shotgraph.yml'), 'utf8').catch(() => '');
  const earlier = earlierAnswers(yaml);
  const fallbacks = { ...(options.demo && DEMO), ...earlier };
  const interview = new Interview({ options, environment, fallbacks, ask });
  interview.assertComplete();
  const snapshot = await answered(folder, interview, { terminal, goesOn: options['go-on'] });
  try {
    const answers = await allAnswers(interview);
    const exposed = snapshot?.exposed;
    const repository = await repositoryOf({ folder, answers, environment, isDemo: options.demo, exposed });
    const sorted = await sortFiles(folder, repository.files);
    if (sorted.kept.includes('shotgraph.yml')) assertHasItem(yaml, answers.item);
    await agree(folder, sorted, interview, terminal);
    const isWhole = await writeAll(folder, { sorted, snapshot }, terminal);
    if (!isWhole) return 1;
    return await finish(
      { folder, answers, repository, options, ask, settings: interview.environment() },
      terminal,
    );
  } finally {
    await snapshot?.close();
  }
}

async function assertFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found !== undefined && !found.isDirectory())
    throw new UsageError(`${folder} is a file. Name a folder.`);
}

/** Variables of this process, `.env` of the folder (from an earlier run), and secrets of the standard input. */
async function environmentFor(folder: string, options: Options, terminal: Terminal): Promise<Environment> {
  const environment = environmentIn(folder, options.demo ? besidesOurs() : variablesOfProcess());
  if (!options['secrets-from-input']) return environment;
  const given = parseEnv((await terminal.readInput?.()) ?? '');
  const known = SECRETS.map((name) => ANSWERS[name].variable);
  const others = Object.keys(given).filter((name) => !known.some((each) => each === name));
  if (others.length > 0) {
    throw new UsageError(
      `The standard input has ${others.join(', ')}; it takes ${known.join(' and ')} only.`,
    );
  }
  const files = new Set(Object.keys(given).map((name) => `${name}_FILE`));
  const rest = Object.entries(environment).filter(([name]) => !files.has(name));
  return { ...Object.fromEntries(rest), ...given };
}

/** The studio in a box is never set up with the addresses and secrets of another site that the shell knows. */
const besidesOurs = (): Environment => ({
  ...variablesWithoutOurs(),
  ...Object.fromEntries(
    Object.entries(variablesOfProcess()).filter(([name]) => name.startsWith('SHOTGRAPH_INIT_')),
  ),
});

/** Settles the stages one after the other. */
async function answered(
  folder: string,
  interview: Interview,
  how: { readonly terminal: Terminal; readonly goesOn: boolean },
): Promise<SiteSnapshot | undefined> {
  const isSiteFine = await settle(SITE, interview, how);
  const isScriptFine = isSiteFine && (await settle(SCRIPT, interview, how));
  const { config } = unfinishedConfig(interview.environment());
  const taken = isScriptFine
    ? await takeSnapshot(join(folder, 'schema', 'site'), config, quiet, how.terminal)
    : undefined;
  if (taken !== undefined) printFindings(how.terminal, [taken.finding]);
  try {
    await settle(ISSUER, interview, how);
    await settle(CLIENT, interview, how);
    interview.types = new Set(taken?.snapshot?.exposed.types.keys());
    await settle(ITEM, interview, how);
    return taken?.snapshot;
  } catch (error) {
    await taken?.snapshot?.close();
    throw error;
  }
}

async function allAnswers(interview: Interview): Promise<Answers> {
  const answers = new Map<string, string>();
  for (const name of namesOf(ANSWERS)) answers.set(name, await interview.answer(name));
  const of = (name: keyof Answers): string => answers.get(name) ?? '';
  return {
    ...{ site: of('site'), script: of('script'), scriptKey: of('scriptKey'), issuer: of('issuer') },
    ...{ publicUrl: of('publicUrl'), client: of('client'), clientSecret: of('clientSecret') },
    ...{
      item: of('item'),
      title: of('title'),
      type: of('type'),
      opens: of('opens'),
      frontEnd: of('frontEnd'),
    },
  };
}

/** What npm and git keep in a folder is of no concern. */
const OF_TOOLS = /^(?:\.git|node_modules|package-lock\.json|\.npmrc|.*\.tgz)$/u;

/** Rights of anybody but the owner. */
const OTHERS = 0o077;

/** @throws Stopped if the person does not agree */
async function agree(
  folder: string,
  { fresh, kept }: SortedFiles,
  interview: Interview,
  terminal: Terminal,
): Promise<void> {
  const there = await readdir(folder).catch(() => []);
  const ours = new Set([...fresh.map(({ path }) => path), ...kept].map((path) => path.split('/')[0]));
  const others = there.filter((name) => !ours.has(name) && !OF_TOOLS.test(name) && name !== 'schema');
  if (kept.length > 0) terminal.print(`Stays as it is: ${kept.join(', ')}`);
  for (const { path, adds } of fresh) {
    if (adds !== undefined && (await isThere(join(folder, path)))) terminal.print(`${path} gets ${adds}`);
  }
  if (others.length > 0) terminal.print(`Not touched, though ${folder} is not empty: ${others.join(', ')}`);
  const settings = await readFile(join(folder, SETTINGS_FILE), 'utf8').catch(() => '');
  if (hasWindowsLines(settings)) {
    terminal.print(
      '.env has Windows line ends. Shotgraph understands them; "docker --env-file" would keep them as a part of each value.',
    );
  }
  const { mode } = await stat(join(folder, SETTINGS_FILE)).catch(() => ({ mode: 0 }));
  if (kept.includes(SETTINGS_FILE) && process.platform !== 'win32' && (mode & OTHERS) !== 0) {
    terminal.print('.env holds secrets, and others on this machine can read it: run "chmod 600 .env" there.');
  }
  const question = `Write ${fresh.length} files and schema/site into ${folder}?`;
  if (interview.ask !== undefined && !(await interview.ask.confirm(question, true))) throw new Stopped();
}

interface ToWrite {
  readonly sorted: SortedFiles;
  readonly snapshot: SiteSnapshot | undefined;
}

/** False if the person stopped it, or a file could not be written. */
async function writeAll(folder: string, { sorted, snapshot }: ToWrite, terminal: Terminal): Promise<boolean> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop);
  try {
    const written = await writeFiles(folder, sorted.fresh, stopping.signal);
    if (written.left.length > 0) {
      terminal.printError(interrupted(written));
      return false;
    }
    const trouble = await snapshot?.copyTo(join(folder, 'schema', 'site')).then(() => undefined, reasonOf);
    if (trouble !== undefined) {
      terminal.printError(interrupted({ done: written.done, left: ['schema/site'], trouble }));
      return false;
    }
    terminal.print(`Written: ${written.done.join(', ')}${snapshot === undefined ? '' : ', schema/site'}`);
    return true;
  } finally {
    process.off('SIGINT', stop);
  }
}
