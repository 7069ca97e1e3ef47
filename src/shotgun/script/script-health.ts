import { AppError, type ErrorCode } from '../../base/errors.ts';
import type { Login } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { ScriptCheck } from './script-check.ts';

/** What the site says to our script itself, whomever it asks for: no one can work until an administrator has acted. */
const SCRIPT_REFUSALS: ReadonlySet<ErrorCode> = new Set(['SHOTGUN_SUDO_REFUSED', 'UPSTREAM_AUTH']);

/**
 * Whether the site lets our script act for people. Its key is tried whenever somebody asks how this server is; whether it may
 * act for people is known as far as the last tokens tell. A site that answers may refuse every one of them: then this server
 * is not ready, and says why (G1, G4).
 */
export class ScriptHealth {
  readonly #logger: Logger;
  readonly #script: Pick<ScriptCheck, 'ofKey' | 'ofSudo'>;
  #refusal: ErrorCode | undefined;
  /** The last person it could act for, or else the first that it could not. */
  #known: Login | undefined;

  constructor(logger: Logger, script: Pick<ScriptCheck, 'ofKey' | 'ofSudo'>) {
    this.#logger = logger;
    this.#script = script;
  }

  /** Looks on while a token is made. */
  async watch<T>(login: Login, mint: () => Promise<T>): Promise<T> {
    try {
      const minted = await mint();
      this.#accepted();
      this.#known = login;
      return minted;
    } catch (error) {
      this.#known ??= login;
      if (isScriptRefusal(error)) this.#refused(error);
      throw error;
    }
  }

  /**
   * Tries the key now. Where the right to act for people was refused last, that is tried as well: nobody else may come to do
   * it once this server counts as not ready.
   *
   * @throws AppError SHOTGUN_SUDO_REFUSED, UPSTREAM_AUTH, or that the site is out of order
   */
  async check(): Promise<void> {
    try {
      const isSudoRefused = this.#refusal === 'SHOTGUN_SUDO_REFUSED';
      await Promise.all([this.#script.ofKey(), isSudoRefused ? this.#checkSudo() : undefined]);
      this.#accepted();
    } catch (error) {
      if (isScriptRefusal(error)) this.#refused(error);
      throw error;
    }
  }

  async #checkSudo(): Promise<void> {
    if (this.#known === undefined) return;
    try {
      await this.#script.ofSudo(this.#known);
    } catch (error) {
      // The script itself is accepted.
      if (!isPersonRefusal(error)) throw error;
    }
  }

  /** An operator's alarm, once. */
  #refused(error: AppError): void {
    if (this.#refusal === undefined)
      this.#logger.error('shotgrid script refused', { code: error.code, error });
    this.#refusal = error.code;
  }

  #accepted(): void {
    if (this.#refusal !== undefined) this.#logger.info('shotgrid script accepted again');
    this.#refusal = undefined;
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
