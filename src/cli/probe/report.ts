import type { ProbeAnswer, ProbeResult } from '../../shotgun/probe/probe.ts';
import { UNASKED } from '../../shotgun/probe/questions.ts';
import { FACTS, isAssumed, type SiteFacts } from '../../site/facts/fact-table.ts';
import type { Terminal } from '../command.ts';

const REPORT_VERSION = 1;

interface Reported extends Pick<ProbeResult, 'server' | 'calls' | 'stoppedBy'> {
  /** The facts of the file until now. */
  readonly before: SiteFacts;
}

/** The report as JSON: answers only, so it can be shared. */
export function reportOf(
  answers: readonly ProbeAnswer[],
  { server, calls, stoppedBy, before }: Reported,
): string {
  const rows = answers.map((answer) => {
    const { section, assumed } = FACTS[answer.fact];
    const { fact } = answer;
    if ('why' in answer) return { fact, section, outcome: 'notAsked', why: answer.why };
    const { value } = answer;
    const earlier = isAnother(answer, before) ? { before: before[fact] } : {};
    if (isAssumed(fact, value)) return { fact, section, outcome: 'asAssumed', value, ...earlier };
    return { fact, section, outcome: 'differs', value, ...earlier, assumed, follows: FACTS[fact].follows };
  });
  const cannotBeAsked = Object.entries(UNASKED).map(([name, why]) => ({ name, why }));
  return `${JSON.stringify({ version: REPORT_VERSION, server, calls, stoppedBy, answers: rows, cannotBeAsked }, null, 2)}\n`;
}

interface Shown extends Pick<Reported, 'calls' | 'stoppedBy' | 'before'> {
  /** Where the facts were written. */
  readonly path: string;
}

type Answered = Extract<ProbeAnswer, { readonly value: unknown }>;

const isAnother = ({ fact, value }: Answered, before: SiteFacts): boolean =>
  before[fact] !== undefined && before[fact] !== value;

/** Another person or another hour can give a milder answer, so none replaces an earlier one without a word. */
function printChanges(answered: readonly Answered[], { before, path }: Shown, terminal: Terminal): void {
  const changed = answered.filter((answer) => isAnother(answer, before));
  for (const { fact, value } of changed)
    terminal.print(`changed      ${fact}: ${value}, and ${before[fact]} in an earlier run`, 'warning');
  if (changed.length > 0)
    terminal.print(
      `             Another person, project or hour can be the reason. To keep an earlier answer, write it into ${path} again.`,
    );
}

/** The answers for people: what differs first, with what follows. */
export function printAnswers(answers: readonly ProbeAnswer[], shown: Shown, terminal: Terminal): void {
  const answered = answers.flatMap((answer) => ('value' in answer ? [answer] : []));
  printChanges(answered, shown, terminal);
  const differing = answered.filter(({ fact, value }) => !isAssumed(fact, value));
  for (const { fact, value } of differing) {
    terminal.print(`differs      ${fact}: ${value} (${FACTS[fact].meaning})`, 'warning');
    terminal.print(`             ${FACTS[fact].follows}`);
  }
  for (const { fact, value } of answered)
    if (isAssumed(fact, value)) terminal.print(`as assumed   ${fact}: ${value}`);
  for (const answer of answers)
    if ('why' in answer) terminal.print(`not asked    ${answer.fact}: ${answer.why}`);
  for (const [name, why] of Object.entries(UNASKED)) terminal.print(`never asked  ${name}: ${why}`);
  const { calls, stoppedBy, path } = shown;
  if (stoppedBy !== null)
    terminal.print(`The site answered ${stoppedBy}, so nothing more was asked after that.`, 'warning');
  terminal.print(
    `${answered.length} facts in ${path}, ${differing.length} of them differ (${calls} calls). Start the server again to use them.`,
  );
}
