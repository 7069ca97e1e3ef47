import { type Environment, findSecret } from '../../config/environment.ts';
import { listProblems } from '../../config/lists.ts';
import { unfinishedConfig } from '../../config/load-config.ts';
import { isLoopback } from '../../config/weaknesses.ts';
import { UsageError } from '../command.ts';
import type { Asker } from '../line/asker.ts';
import { nearestName } from '../../site/nearest-name.ts';
import { type AnswerName, type AnswerRow, ANSWERS, type Answers, isSecret, waysToGive } from './answers.ts';
import { yamlContent } from './yaml-files.ts';

export interface InterviewParts {
  /** By option, then by variable; the demo's values are last. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly environment: Environment;
  readonly fallbacks: Partial<Answers>;
  /** Absent: nobody can be asked. */
  readonly ask: Asker | undefined;
}

/** The answers: given before the start, or asked one after the other. */
export class Interview {
  readonly #parts: InterviewParts;
  readonly #known = new Map<AnswerName, string>();
  /** Given answers that were refused, so that the person is asked. */
  readonly #refused = new Set<AnswerName>();
  /** The types of the site, once its schema was read. */
  types: ReadonlySet<string> = new Set();

  constructor(parts: InterviewParts) {
    this.#parts = parts;
  }

  get ask(): Asker | undefined {
    return this.#parts.ask;
  }

  /**
   * With nobody to ask, everything that is missing is named at once.
   *
   * @throws UsageError naming them
   */
  assertComplete(): void {
    if (this.ask !== undefined) return;
    const names = namesOf(ANSWERS).filter((name) => this.#given(name) === undefined && !hasDefault(name));
    if (names.length === 0) return;
    throw new UsageError(
      `These answers are missing:\n${names.map((name) => `  ${waysToGive(name)}`).join('\n')}`,
    );
  }

  /** @throws UsageError where a given answer cannot be used and nobody can be asked */
  async answer(name: AnswerName): Promise<string> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const given = this.#refused.has(name) ? undefined : this.#given(name);
    const problem = given === undefined ? undefined : this.#problemOf(name, given);
    const answer = given === undefined || problem !== undefined ? await this.#ask(name, problem) : given;
    this.#known.set(name, answer);
    return answer;
  }

  /** Asks again: what was given before has turned out wrong. */
  forget(names: readonly AnswerName[]): void {
    for (const name of names) {
      this.#known.delete(name);
      this.#refused.add(name);
    }
  }

  /** The settings as far as they are known. */
  environment(): Environment {
    const settings = namesOf(ANSWERS).filter((name) => !ANSWERS[name].variable.startsWith('SHOTGRAPH_INIT_'));
    const known = settings.flatMap((name) => {
      const text = this.#known.get(name);
      return text === undefined ? [] : [[ANSWERS[name].variable, text] as const];
    });
    return settingsWith(this.#parts.environment, Object.fromEntries(known));
  }

  known(): Partial<Answers> {
    return Object.fromEntries(this.#known);
  }

  #given(name: AnswerName): string | undefined {
    const { option, variable }: AnswerRow = ANSWERS[name];
    const { options, environment, fallbacks } = this.#parts;
    const typed = option === undefined ? undefined : options[option];
    if (typeof typed === 'string') return typed;
    if (!isSecret(name)) return environment[variable] || fallbacks[name];
    const { text, trouble } = findSecret(environment, variable);
    if (trouble !== undefined) throw new UsageError(`${variable} ${trouble}`);
    return text ?? fallbacks[name];
  }

  async #ask(name: AnswerName, problem: string | undefined): Promise<string> {
    const { asks, byDefault }: AnswerRow = ANSWERS[name];
    if (this.ask === undefined) {
      if (problem !== undefined) throw new UsageError(problem);
      if (byDefault === undefined) throw new UsageError(`This answer is missing: ${waysToGive(name)}`);
      return byDefault(this.known());
    }
    const check = (answer: string): string | undefined =>
      answer === '' ? 'Please answer.' : this.#problemOf(name, answer);
    const message = problem === undefined ? asks : `${problem}\n${asks}`;
    if (isSecret(name)) return this.ask.secret({ message, check });
    if (name === 'frontEnd') return this.ask.choice(message, FRONT_ENDS);
    const earlier = problem === undefined && this.#refused.has(name) ? this.#given(name) : undefined;
    return this.ask.text({ message, byDefault: earlier ?? byDefault?.(this.known()), check });
  }

  /** What is wrong with an answer by itself, before anybody is called. */
  #problemOf(name: AnswerName, answer: string): string | undefined {
    const { variable } = ANSWERS[name];
    if (name === 'frontEnd') return answer in FRONT_ENDS ? undefined : `${variable} is plain or vite.`;
    if (name === 'title') return titleProblem(answer);
    if (name === 'type' && this.types.size > 0) return typeProblem(answer, this.types);
    if (['item', 'type', 'opens'].includes(name)) {
      const content = yamlContent({ ...NO_ANSWERS, ...this.known(), [name]: answer });
      return listProblems(content).map(({ reason }) => `"${answer}" ${reason}.`)[0];
    }
    const { problems } = unfinishedConfig(settingsWith(this.environment(), { [variable]: answer }));
    return problems.find((each) => each.startsWith(variable));
  }
}

export const FRONT_ENDS = {
  plain: 'plain files, without a build',
  vite: 'Vite and React',
} as const;

/** Well-formed stand-ins for what is asked later. */
const NO_ANSWERS = { item: 'item', type: 'Version', opens: '/apps/item/', frontEnd: 'plain' };

/** A new value of a secret replaces that of a file as well. */
function settingsWith(environment: Environment, changes: Readonly<Record<string, string>>): Environment {
  const publicUrl =
    changes['SHOTGRAPH_PUBLIC_URL'] ?? environment['SHOTGRAPH_PUBLIC_URL'] ?? 'http://localhost';
  const others = Object.entries(environment).filter(([name]) => !(name.replace(/_FILE$/u, '') in changes));
  return { ...Object.fromEntries(others), ...changes, SHOTGRAPH_ENVIRONMENT: environmentFor(publicUrl) };
}

/** A server that only this machine reaches is in development, and may have upstreams without TLS. */
export const environmentFor = (publicUrl: string): 'development' | 'production' =>
  !URL.canParse(publicUrl) || isLoopback(publicUrl) ? 'development' : 'production';

const titleProblem = (title: string): string | undefined =>
  /\p{C}/u.test(title) || title.length > 100 ? 'A title is one line of at most 100 characters.' : undefined;

function typeProblem(type: string, types: ReadonlySet<string>): string | undefined {
  if (types.has(type)) return undefined;
  const nearest = nearestName(type, types);
  return `The site shows no type "${type}".${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`;
}

function hasDefault(name: AnswerName): boolean {
  const row: AnswerRow = ANSWERS[name];
  return row.byDefault !== undefined;
}

export function namesOf(rows: typeof ANSWERS): readonly AnswerName[] {
  const names: AnswerName[] = [];
  for (const name in rows) if (isAnswerName(name)) names.push(name);
  return names;
}

const isAnswerName = (name: string): name is AnswerName => Object.hasOwn(ANSWERS, name);
