import type { FactName, SiteFacts } from '../../site/facts/fact-table.ts';
import type { Login } from '../../base/ids.ts';
import type { ProbeDoor, Reads, Writes } from '../script/probe-door.ts';
import type { Records } from './records.ts';

/** What a question needs besides the script: nothing, a person, a project to write in, or leave to strain the site. */
export type Level = 'plain' | 'person' | 'write' | 'load';

/** What the questions ask with. */
export interface Asking {
  readonly door: ProbeDoor;
  readonly signal: AbortSignal;
  /** Waits before the site is looked at once more. */
  readonly pause: (ms: number) => Promise<void>;
  readonly scriptName: string;
}

/** What the questions of a level ask with. */
export interface AskingAt {
  readonly plain: Asking;
  readonly load: Asking;
  readonly person: AskingAsPerson;
  readonly write: AskingByWriting;
}

export interface AskingAsPerson extends Asking {
  readonly login: Login;
  readonly person: Reads & Writes;
}

export interface AskingByWriting extends AskingAsPerson {
  /** `HumanUser.id` of the person. */
  readonly personId: number;
  readonly projectId: number;
  readonly records: Records;
}

/** A question to the site. Its answer is the value of a fact. */
export interface Question<L extends Level = Level, Name extends FactName = FactName> {
  readonly fact: Name;
  readonly level: L;
  /** By which calls it is asked, for people. */
  readonly calls: string;
  /** @throws CannotAsk if this site cannot be asked */
  ask(asking: AskingAt[L]): Promise<NonNullable<SiteFacts[Name]>>;
}

/** A row of the table of questions. */
export const question = <L extends Level, Name extends FactName>(row: Question<L, Name>): Question<L, Name> =>
  row;
