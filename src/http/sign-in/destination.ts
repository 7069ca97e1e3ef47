import type { Request, Response } from 'express';
import type { Arrival, Attempt } from '../../identity/session/attempts.ts';
import type { SignedIn } from '../../identity/provider/oidc-port.ts';
import type { Principal } from '../../identity/person/principal.ts';

/** A sign-in that the provider has ended well, of a person whom ShotGrid knows. */
export interface Arrived {
  readonly attempt: Attempt;
  readonly signedIn: SignedIn;
  readonly principal: Principal;
  /** The sign-in itself (`Arrival.signInId`). */
  readonly signInId: string;
}

/** A callback that comes a second time, or after its time. */
export interface Again {
  readonly attempt: Attempt;
  readonly isLate: boolean;
}

/**
 * Where a sign-in leads to. The sign-in brings the person as far as their identity; what the browser gets then, and what
 * it is told where there is none, is the destination's. The rooms of tabs and windows implement it.
 */
export interface Destination {
  /** What every answer to the callback needs here: headers, and the ways on from an error page. */
  prepare(response: Response, attempt: Attempt): void;
  /**
   * Lets the person in and answers. Whatever fails before the answer means that nobody is signed in.
   *
   * @throws AppError IDENTITY_MISMATCH, LAUNCH_EXPIRED, or that the store is out of order
   */
  arrived(request: Request, response: Response, arrived: Arrived): Promise<void>;
  /** The ways on from a refusal, for the page that tells it. */
  advise(response: Response, attempt: Attempt, error: unknown): void;
  /** Nobody is signed in: whoever waits for the sign-in elsewhere is told. */
  refused(attempt: Attempt, error: unknown): Promise<void>;
  /** Ends where the person wanted to go, not in an error (C2, C22). */
  again(request: Request, response: Response, again: Again): Promise<void>;
  /**
   * A callback without its cookie. What is kept with it may be somebody else's, so this browser has to prove itself
   * otherwise.
   *
   * @throws AppError COOKIES_BLOCKED, LOGIN_STATE
   */
  unproven(
    request: Request,
    response: Response,
    arrival: Extract<Arrival, { kind: 'unproven' }>,
  ): Promise<void>;
}

/** By the kind of the sign-in: one of a tab, or one of the window that signs in for ShotGrid's frame. */
export interface Destinations {
  readonly tab: Destination;
  readonly window: Destination;
}
