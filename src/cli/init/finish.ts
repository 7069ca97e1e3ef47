import { join, relative } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { toAppError } from '../../base/errors.ts';
import { createLogger } from '../../base/logger.ts';
import { type Environment, environmentIn } from '../../config/environment.ts';
import { unfinishedConfig } from '../../config/load-config.ts';
import { atTheShell } from '../../shotgun/script/doors.ts';
import { makeMenuItem } from '../../shotgun/script/menu-items.ts';
import { secretOf } from '../ami-sign.ts';
import { type Terminal, UsageError } from '../command.ts';
import { type Asker, Cancelled } from '../line/asker.ts';
import type { Answers } from './answers.ts';
import { installPackages, isInstalled, missingPackages } from './dev-packages.ts';
import type { Repository } from './repository.ts';
import { addressesForProvider, menuItemByHand } from './told.ts';

export interface Finishing {
  readonly folder: string;
  readonly answers: Answers;
  readonly repository: Repository;
  readonly options: {
    readonly 'create-menu-item': boolean;
    readonly 'without-npm': boolean;
    readonly demo: boolean;
  };
  readonly ask: Asker | undefined;
  readonly settings: Environment;
}

/**
 * What follows the files: packages, the menu item, and what is left to a person. The files are there whatever fails.
 *
 * @returns exit code
 */
export async function finish(finishing: Finishing, terminal: Terminal): Promise<number> {
  const { answers, options } = finishing;
  const isInstalledNow = await install(finishing, terminal);
  const isMade = await menuItem(finishing, terminal);
  if (!options.demo) terminal.print(`\n${addressesForProvider(answers)}`);
  terminal.print(`\n${nextSteps(finishing)}`);
  return isInstalledNow && isMade ? 0 : 1;
}

async function install(
  { folder, repository, options, ask }: Finishing,
  terminal: Terminal,
): Promise<boolean> {
  const packages = missingPackages(folder, repository.viteApp !== null);
  if (packages.length === 0) return true;
  const byHand = `npm install --save-dev ${packages.join(' ')}`;
  const isWanted =
    !options['without-npm'] &&
    (ask === undefined || (await agrees(ask, `Install ${packages.join(', ')} now, by npm?`)));
  if (!isWanted) {
    terminal.print(`\nTo compile classes and front ends, install what does it:\n  ${byHand}`);
    return true;
  }
  if (await installPackages(folder, packages)) return true;
  terminal.printError(
    `npm could not install ${packages.join(', ')}: see its lines above. Without a network, or behind a proxy, set npm's registry or proxy ("npm config set proxy ..."), then run: ${byHand}. The server runs without them; "npm run build" and "npm run dev" need them.`,
  );
  return false;
}

/** Ctrl+C at a question is a no: the files are there, and what is left to do is still told. */
async function agrees(ask: Asker, question: string): Promise<boolean> {
  try {
    return await ask.confirm(question, true);
  } catch (error) {
    if (error instanceof Cancelled) return false;
    throw error;
  }
}

/** What the server will sign with: a file that was there already may name another secret than this run made. */
export const secretInFiles = (folder: string, item: string): Promise<string> =>
  secretOf(item, environmentIn(folder, { SHOTGRAPH_CONFIG: join(folder, 'shotgraph.yml') }));

/** Makes the menu item where that is wanted, else says how to. False if it could not be made. */
async function menuItem(finishing: Finishing, terminal: Terminal): Promise<boolean> {
  const { folder, answers, options, ask, settings } = finishing;
  // The site in the box has its item.
  if (options.demo && !options['create-menu-item']) return true;
  const isWanted =
    options['create-menu-item'] ||
    (ask !== undefined && (await agrees(ask, 'Make the menu item in ShotGrid now, as the script?')));
  if (!isWanted) {
    terminal.print(`\n${menuItemByHand(answers)}`);
    return true;
  }
  const { config } = unfinishedConfig(settings);
  const url = `${answers.publicUrl}/ami/${answers.item}`;
  const deps = { settings: config.site, clock: systemClock, logger: createLogger({ level: 'silent' }) };
  try {
    const made = await makeMenuItem(
      { ...deps, onScriptRead: atTheShell },
      {
        title: answers.title,
        url,
        entityType: answers.type,
        secret: await secretInFiles(folder, answers.item),
      },
    );
    terminal.print(
      made.isNew
        ? `\nShotGrid has the menu item "${answers.title}" now (ActionMenuItem ${made.id}).`
        : `\nShotGrid has a menu item for ${url} already (ActionMenuItem ${made.id}), which stays as it is. Its Secret Token must be what "npx --no-install shotgraph ami secret ${answers.item}" shows.`,
    );
    return true;
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.printError(`\nThe menu item was not made: ${error.message}`);
      return false;
    }
    const { code, message } = toAppError(error);
    const doubt = code.startsWith('UPSTREAM_')
      ? ' It may have been made all the same: look there first.'
      : '';
    terminal.printError(`\nThe menu item could not be made (${code}): ${message}${doubt}`);
    terminal.print(menuItemByHand(answers));
    return false;
  }
}

function nextSteps({ folder, answers, repository, options }: Finishing): string {
  const place = relative(process.cwd(), folder);
  const steps = [
    ...(place === '' ? [] : [`cd ${place}`]),
    ...(isInstalled(folder, 'shotgraph') ? [] : ['npm install <path of shotgraph-<version>.tgz>']),
    ...(repository.viteApp === null ? [] : ['npm run build']),
    'npm run dev',
  ];
  const site = options.demo ? `${answers.site} as mira` : answers.site;
  return `Next:\n${steps.map((step) => `  ${step}`).join('\n')}\nThen open ${site}, select rows of ${answers.type}, right-click, and choose "${answers.title}".`;
}
