import type { Request, Response } from 'express';
import type { Arrival, Attempt } from '../../identity/session/attempts.ts';
import type { SignedIn } from '../../identity/provider/oidc-port.ts';
import type { Principal } from '../../identity/person/principal.ts';

/** A sign-in that succeeded at the provider, by a person known to ShotGrid. */
export interface Arrived {
  readonly attempt: Attempt;
  readonly signedIn: SignedIn;
  readonly principal: Principal;
  /** The sign-in itself (`Arrival.signInId`). */
  readonly signInId: string;
}

/** A callback that is repeated, or that is too late. */
export interface Again {
  readonly attempt: Attempt;
  readonly isLate: boolean;
}

/**
 * Where a sign-in leads. The sign-in establishes the person's identity; the destination decides what the browser
 * gets, and which message it gets after a failure. The rooms of tabs and windows implement it.
 */
export interface Destination {
  /** Sets what every answer to the callback needs here: headers, and the next steps of an error page. */
  prepare(response: Response, attempt: Attempt): void;
  /**
   * Lets the person in and answers. If anything fails before the answer, the person is not signed in.
   *
   * @throws AppError IDENTITY_MISMATCH, LAUNCH_EXPIRED, or that the store is out of order
   */
  arrived(request: Request, response: Response, arrived: Arrived): Promise<void>;
  /** Adds the next steps to the page of a refusal. */
  advise(response: Response, attempt: Attempt, error: unknown): void;
  /** The sign-in failed: notifies a frame that waits for it. */
  refused(attempt: Attempt, error: unknown): Promise<void>;
  /** Ends at the place that the person wanted, not in an error (C2, C22). */
  again(request: Request, response: Response, again: Again): Promise<void>;
  /**
   * A callback without its cookie. Its record may belong to another person, so this browser must prove itself
   * differently.
   *
   * @throws AppError COOKIES_BLOCKED, LOGIN_STATE
   */
  unproven(
    request: Request,
    response: Response,
    arrival: Extract<Arrival, { kind: 'unproven' }>,
  ): Promise<void>;
}

/** By kind of sign-in: in a tab, or in the window that signs in for ShotGrid's frame. */
export interface Destinations {
  readonly tab: Destination;
  readonly window: Destination;
}
