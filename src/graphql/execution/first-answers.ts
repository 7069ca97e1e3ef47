import { type DocumentNode, print } from 'graphql';
import { untilAborted } from '../../base/deadline.ts';
import type { Principal } from '../../identity/person/principal.ts';
import type { LoggedCall } from '../../query/calls/call-log.ts';
import type { LaunchOfSession } from '../request/context.ts';

/** For whom an answer is begun. */
export interface ForWhom extends LaunchOfSession {
  /** Id of the `HumanUser` of the session, which never changes. */
  readonly personId: number;
}

/** Who asks an operation, for which launch. An answer is given to nobody else. */
export interface Asker extends LaunchOfSession {
  readonly principal: Principal;
}

/** What is asked. */
export interface AskedOperation {
  readonly document: DocumentNode;
  readonly operationName: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** An answer without errors. */
export interface FirstAnswer {
  readonly data: Readonly<Record<string, unknown>>;
  /** Whose rights it was read with. */
  readonly principal: Principal;
  /** The calls that it took. */
  readonly calls: readonly LoggedCall[];
}

/** What became of an answer that was begun before it was asked. */
export type FirstOutcome =
  /** It is under way. One of the others follows. */
  | 'begun'
  /** The page's equal request got it. */
  | 'taken'
  /** Nobody asked in time, or the launch was claimed again. */
  | 'unasked'
  /** The session ended, or the person changed something. */
  | 'dropped'
  /** It has errors, or none came: the page asks for itself. */
  | 'failed'
  /** Too many are kept: it was not begun, or its rows are too many. */
  | 'left_out';

interface Work {
  /** Gives undefined if the page has to ask for itself. Its signal aborts once nobody can take the answer. */
  readonly run: (signal: AbortSignal) => Promise<FirstAnswer | undefined>;
  /** Called when it is begun, and when it is known what became of the answer. */
  readonly onOutcome: (outcome: FirstOutcome) => void;
}

/** Tells all processes that a person changes something; the mark is another one after each change. */
export interface PersonChanges {
  note(personId: number): Promise<void>;
  of(personId: number): Promise<string | undefined>;
}

interface Kept {
  readonly answer: FirstAnswer;
  /** The person's mark from before it was read. */
  readonly mark: string | undefined;
}

interface Begun {
  readonly whom: ForWhom;
  readonly what: string;
  readonly kept: Promise<Kept | undefined>;
  readonly ending: AbortController;
  readonly timer: NodeJS.Timeout;
  readonly onOutcome: Work['onOutcome'];
  /** Rows that are kept; none while it is under way. */
  rows: number;
}

/** A page asks within seconds of the click that opened it, and shows nothing older. */
const KEPT_MS = 20_000;
const MAX_OF_A_PERSON = 10;
/** Of all people, as many as fit into some megabytes. */
const MAX_BEGUN = 300;
const MAX_ROWS = 50_000;
const MAX_ROWS_OF_A_PERSON = 10_000;

/**
 * Answers that were begun before their page asked. Each belongs to one session, person, launch and operation of this process; it is
 * given once, within seconds, and dropped with the session, or when the person changes something, at whichever process.
 */
export class FirstAnswers {
  readonly #begun = new Map<string, Begun>();
  readonly #changes: PersonChanges;
  #isClosed = false;

  constructor(changes: PersonChanges) {
    this.#changes = changes;
  }

  begin(whom: ForWhom, asked: AskedOperation, { run, onOutcome }: Work): void {
    const place = placeOf(whom, asked);
    this.#drop(place, 'unasked');
    if (this.#isClosed || !this.#hasRoom(whom)) {
      onOutcome('left_out');
      return;
    }
    const ending = new AbortController();
    const begun: Begun = {
      ...{ whom, what: whatOf(asked) },
      kept: this.#read(whom, () => run(ending.signal)).catch(() => undefined),
      ...{ ending, onOutcome, rows: 0 },
      timer: setTimeout(() => this.#drop(place, 'unasked'), KEPT_MS).unref(),
    };
    this.#begun.set(place, begun);
    onOutcome('begun');
    void this.#keep(place, begun);
  }

  async #read({ personId }: ForWhom, run: () => ReturnType<Work['run']>): Promise<Kept | undefined> {
    const mark = await this.#changes.of(personId);
    const answer = await run();
    return answer && { answer, mark };
  }

  async #keep(place: string, begun: Begun): Promise<void> {
    const found = await begun.kept;
    if (this.#begun.get(place) !== begun) return;
    begun.rows = rowsOf(found?.answer);
    if (found === undefined) this.#drop(place, 'failed');
    else if (!this.#hasRoomFor(begun)) this.#drop(place, 'left_out');
  }

  /**
   * The answer to this operation, once. Undefined if there is none, or if it has failed: then it is asked again.
   *
   * @param signal aborts when nobody waits for the answer any more
   */
  take(
    asker: Asker,
    asked: AskedOperation,
    signal: AbortSignal,
  ): Promise<FirstAnswer | undefined> | undefined {
    const place = placeOf(asker, asked);
    const begun = this.#begun.get(place);
    if (begun === undefined || begun.what !== whatOf(asked)) return undefined;
    this.#forget(place, begun);
    return this.#give(begun, asker, signal);
  }

  async #give(begun: Begun, { principal }: Asker, signal: AbortSignal): Promise<FirstAnswer | undefined> {
    const found = await untilAborted(signal, begun.kept).catch(() => undefined);
    if (found === undefined) {
      begun.onOutcome(signal.aborted ? 'unasked' : 'failed');
      end(begun);
      return undefined;
    }
    const isTheirs = whoOf(found.answer.principal) === whoOf(principal);
    const isCurrent = isTheirs && (await this.#isUnchanged(begun.whom, found.mark));
    begun.onOutcome(isCurrent ? 'taken' : isTheirs ? 'dropped' : 'unasked');
    return isCurrent ? found.answer : undefined;
  }

  /** False also if it cannot be known. */
  #isUnchanged({ personId }: ForWhom, mark: string | undefined): Promise<boolean> {
    return this.#changes.of(personId).then(
      (now) => now === mark,
      () => false,
    );
  }

  /** The session is over. */
  forgetSession(session: string): void {
    this.#dropEach(({ whom }) => whom.session === session);
  }

  /** The person changes something: what was read before is not shown, at no process. */
  async forgetPerson(personId: number): Promise<void> {
    this.#dropEach(({ whom }) => whom.personId === personId);
    await this.#changes.note(personId);
  }

  /** Ends all of them, and waits for their work. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const all = [...this.#begun.values()];
    this.#dropEach(() => true);
    await Promise.all(all.map(({ kept }) => kept));
  }

  #dropEach(isMeant: (begun: Begun) => boolean): void {
    for (const [place, begun] of this.#begun) if (isMeant(begun)) this.#drop(place, 'dropped');
  }

  #drop(place: string, outcome: FirstOutcome): void {
    const begun = this.#begun.get(place);
    if (begun === undefined) return;
    this.#forget(place, begun);
    begun.onOutcome(outcome);
    end(begun);
  }

  #forget(place: string, { timer }: Begun): void {
    clearTimeout(timer);
    this.#begun.delete(place);
  }

  #hasRoom({ personId }: ForWhom): boolean {
    if (this.#begun.size >= MAX_BEGUN) return false;
    return this.#of(personId).length < MAX_OF_A_PERSON;
  }

  #hasRoomFor({ whom: { personId } }: Begun): boolean {
    return (
      rowsIn([...this.#begun.values()]) <= MAX_ROWS && rowsIn(this.#of(personId)) <= MAX_ROWS_OF_A_PERSON
    );
  }

  #of(personId: number): Begun[] {
    return [...this.#begun.values()].filter(({ whom }) => whom.personId === personId);
  }
}

/** As for a client that has left: nobody is told of it. */
const end = ({ ending }: Begun): void => ending.abort(new DOMException('Nobody asks.', 'AbortError'));

const rowsIn = (all: readonly Begun[]): number => all.reduce((sum, { rows }) => sum + rows, 0);

const rowsOf = (answer: FirstAnswer | undefined): number =>
  (answer?.calls ?? []).reduce((sum, { rows }) => sum + (rows ?? 0), 0);

const placeOf = ({ session, launchId }: LaunchOfSession, { operationName }: AskedOperation): string =>
  JSON.stringify([session, launchId, operationName]);

/** Another login, role or way to act has other rights. */
const whoOf = ({ issuer, subject, login, person, permissionRole, acting }: Principal): string =>
  JSON.stringify([issuer, subject, login, person.id, permissionRole, canonical(acting)]);

/** White space, comments and the order of definitions say nothing. */
const whatOf = ({ document: { definitions }, variables }: AskedOperation): string =>
  JSON.stringify([definitions.map((definition) => print(definition)).toSorted(), canonical(variables)]);

/** The same for the same values, whatever the order of their keys. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return { entries: entries.map(([name, item]) => [name, canonical(item)]) };
}
