import type { SessionId } from '../../base/ids.ts';
import type { Principal } from '../person/principal.ts';

export type OnSessionEnded = (id: SessionId, principal: Principal) => Promise<void>;

/** Deletes what is kept beside a session when the session ends. */
export class SessionEndings {
  readonly #each: OnSessionEnded[];

  constructor(first: OnSessionEnded) {
    this.#each = [first];
  }

  add(forget: OnSessionEnded): void {
    this.#each.push(forget);
  }

  readonly tell: OnSessionEnded = async (id, principal) => {
    await Promise.all(this.#each.map((forget) => forget(id, principal)));
  };
}
