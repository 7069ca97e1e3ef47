import { systemClock } from '../../base/clock.ts';
import { createLogger } from '../../base/logger.ts';
import type { Config } from '../../config/config.ts';
import { unfinishedConfig } from '../../config/load-config.ts';
import { createOidc } from '../../identity/provider/oidc.ts';
import { oidcSettings } from '../../identity/sign-in.ts';
import type { Terminal } from '../command.ts';
import { type Finding, printFindings } from '../doctor/finding.ts';
import { checkIssuer, checkProvider } from '../doctor/provider-checks.ts';
import { checkReach, checkSite } from '../doctor/site-checks.ts';
import type { AnswerName } from './answers.ts';
import type { Interview } from './interview.ts';

const deps = { clock: systemClock, logger: createLogger({ level: 'silent' }) };

/** Answers that belong together, and how they are tried as soon as they are known. */
export interface Stage {
  readonly answers: readonly AnswerName[];
  check(config: Config): Promise<readonly Finding[]>;
}

export const SITE: Stage = { answers: ['site'], check: checkReach };

export const SCRIPT: Stage = {
  answers: ['script', 'scriptKey'],
  async check(config) {
    const findings = await checkSite({ settings: config.site, ...deps }, config, undefined);
    // The stage before has told what there is to say about the site itself.
    return findings.filter(({ check }) => check === 'script' || check === 'sudo');
  },
};

export const ISSUER: Stage = {
  answers: ['issuer'],
  check: async (config) => (await checkIssuer(config)).findings,
};

export const CLIENT: Stage = {
  answers: ['publicUrl', 'client', 'clientSecret'],
  async check(config) {
    const findings = await checkProvider(config, (its) => createOidc(oidcSettings(its), deps));
    return findings.filter(({ check }) => check !== 'provider' && check !== 'provider clock');
  },
};

export const ITEM: Stage = {
  answers: ['item', 'title', 'type', 'opens', 'frontEnd'],
  check: async () => [],
};

/** A check has failed, and there is nobody to ask, or the person stops. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

const NEXT = {
  again: 'answer again',
  on: 'go on all the same, and put it right later',
  stop: 'stop; nothing is written',
} as const;

/**
 * Asks until the answers of a stage stand the check.
 *
 * @returns false if the person goes on although a check fails
 * @throws Stopped
 */
export async function settle(
  stage: Stage,
  interview: Interview,
  { terminal, goesOn }: { readonly terminal: Terminal; readonly goesOn: boolean },
): Promise<boolean> {
  for (;;) {
    for (const name of stage.answers) await interview.answer(name);
    const { config } = unfinishedConfig(interview.environment());
    const findings = await stage.check(config);
    printFindings(terminal, findings);
    if (findings.every(({ level }) => level !== 'fail')) return true;
    if (goesOn) return false;
    if (interview.ask === undefined) throw new Stopped();
    const next = await interview.ask.choice('That cannot work yet. What now?', NEXT);
    if (next === 'on') return false;
    if (next === 'stop') throw new Stopped();
    interview.forget(stage.answers);
  }
}
