import { AppError, type ErrorCode } from '../base/errors.ts';
import type { Login } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';

/** What the site says to our script itself, whomever it asks for: no one can work until an administrator has acted. */
const SCRIPT_REFUSALS: ReadonlySet<ErrorCode> = new Set(['SHOTGUN_SUDO_REFUSED', 'UPSTREAM_AUTH']);

/**
 * Whether the site lets our script act for people, as far as the last tokens tell. A site that answers may refuse every one
 * of them: then this server is not ready, and says why (G1, G4).
 */
export class ScriptHealth {
  readonly #logger: Logger;
  #isRefused = false;
  /** The last person it could act for, or else the first that it could not. */
  #known: Login | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Looks on while a token is made. */
  async watch<T>(login: Login, mint: () => Promise<T>): Promise<T> {
    try {
      const minted = await mint();
      this.#accepted();
      this.#known = login;
      return minted;
    } catch (error) {
      if (isScriptRefusal(error)) this.#refused(error);
      this.#known ??= login;
      throw error;
    }
  }

  /**
   * Asks again where the script was refused last: nobody else may come to do it once this server counts as not ready.
   *
   * @throws AppError SHOTGUN_SUDO_REFUSED, UPSTREAM_AUTH, or that the site is out of order
   */
  async check(mint: (login: Login) => Promise<unknown>): Promise<void> {
    const login = this.#known;
    if (!this.#isRefused || login === undefined) return;
    try {
      await this.watch(login, () => mint(login));
    } catch (error) {
      if (!isPersonRefusal(error)) throw error;
      // The script itself is accepted.
      this.#accepted();
    }
  }

  /** An operator's alarm, once. */
  #refused(error: AppError): void {
    if (!this.#isRefused) this.#logger.error('shotgrid script refused', { code: error.code, error });
    this.#isRefused = true;
  }

  #accepted(): void {
    if (this.#isRefused) this.#logger.info('shotgrid script accepted again');
    this.#isRefused = false;
  }
}

/** Of this one person. */
const PERSON_REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'NO_SHOTGUN_USER',
  'USER_INACTIVE',
  'IMPERSONATION_REFUSED',
]);

const isPersonRefusal = (error: unknown): boolean =>
  error instanceof AppError && PERSON_REFUSALS.has(error.code);

const isScriptRefusal = (error: unknown): error is AppError =>
  error instanceof AppError && SCRIPT_REFUSALS.has(error.code);
