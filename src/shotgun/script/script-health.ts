import { AppError, type ErrorCode } from '../../base/errors.ts';
import type { Login } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { ScriptCheck } from './script-check.ts';

/** Errors about the script itself. They affect everyone until an administrator fixes them. */
const SCRIPT_REFUSALS: ReadonlySet<ErrorCode> = new Set(['SHOTGUN_SUDO_REFUSED', 'UPSTREAM_AUTH']);

/**
 * Whether the site lets our script act for people. Every readiness check tests its key. Its right to impersonate
 * is inferred from the last minted tokens. A site that answers may refuse all of them: then this server reports
 * that it is not ready, and why (G1, G4).
 */
export class ScriptHealth {
  readonly #logger: Logger;
  readonly #script: Pick<ScriptCheck, 'ofKey' | 'ofSudo'>;
  #refusal: ErrorCode | undefined;
  /** The last person that it could impersonate, or else the first that it could not. */
  #known: Login | undefined;

  constructor(logger: Logger, script: Pick<ScriptCheck, 'ofKey' | 'ofSudo'>) {
    this.#logger = logger;
    this.#script = script;
  }

  /** Runs `mint`, and records whether the site accepted the script. */
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
   * Tests the key now. If the last refusal was about the right to impersonate, tests that as well: once this
   * server counts as not ready, no person may come to test it.
   *
   * @throws AppError SHOTGUN_SUDO_REFUSED, UPSTREAM_AUTH, or a failure of the site
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
      // A refusal of this person means that the site accepted the script.
      if (!isPersonRefusal(error)) throw error;
    }
  }

  /** Alarms the operator once. */
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

/** Errors about this one person. */
const PERSON_REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'NO_SHOTGUN_USER',
  'USER_INACTIVE',
  'IMPERSONATION_REFUSED',
]);

const isPersonRefusal = (error: unknown): boolean =>
  error instanceof AppError && PERSON_REFUSALS.has(error.code);

const isScriptRefusal = (error: unknown): error is AppError =>
  error instanceof AppError && SCRIPT_REFUSALS.has(error.code);
