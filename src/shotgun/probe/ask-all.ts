import { toAppError } from '../../base/errors.ts';
import type { FactValue } from '../../site/facts/fact.ts';
import { type FactName, FACTS } from '../../site/facts/fact-table.ts';
import { SiteHasEnough } from '../script/probe-door.ts';
import { CannotAsk } from './answers.ts';
import type { AskingAt, Level, Question } from './question.ts';

/** What came of one question. */
export type ProbeAnswer =
  | { readonly fact: FactName; readonly value: FactValue }
  /** Why it could not be asked. */
  | { readonly fact: FactName; readonly why: string };

const STOPPED = 'The site asked for fewer calls before this question.';
const INTERRUPTED = 'The probe was interrupted before this question.';
/** The file of facts is refused as a whole for one value that cannot be. */
const IMPOSSIBLE = 'The site gave an answer that cannot be, so it is left out.';

interface Run<L extends Level> {
  readonly asking: AskingAt[L];
  readonly tell: (answer: ProbeAnswer) => void;
  readonly atOnce: number;
}

/** Asks these questions, so many at once. */
export async function askAll<L extends Level>(
  { asking, tell, atOnce }: Run<L>,
  questions: readonly Question<L>[],
): Promise<void> {
  const waiting = questions.values();
  const work = async (): Promise<void> => {
    for (const question of waiting) tell(await ask(question, asking));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function ask<L extends Level>(question: Question<L>, asking: AskingAt[L]): Promise<ProbeAnswer> {
  const { fact } = question;
  try {
    const value = await question.ask(asking);
    return FACTS[fact].form.safeParse(value).success ? { fact, value } : { fact, why: IMPOSSIBLE };
  } catch (error) {
    return { fact, why: reasonOf(error, asking.signal) };
  }
}

/** One question that fails does not end the others. Its reason has no text of the site. */
function reasonOf(error: unknown, signal: AbortSignal): string {
  if (error instanceof CannotAsk) return error.message;
  if (error instanceof SiteHasEnough) return STOPPED;
  if (signal.aborted) return INTERRUPTED;
  return `The site gave no usable answer (${toAppError(error).code}).`;
}

/** Says of each of these why it was not asked. */
export const skip = (
  questions: readonly Pick<Question, 'fact'>[],
  why: string,
  tell: (answer: ProbeAnswer) => void,
): void => {
  for (const { fact } of questions) tell({ fact, why });
};
