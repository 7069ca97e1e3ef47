import type { LaunchId } from '../base/ids.ts';
import type { Principal } from '../identity/person/principal.ts';
import type { AmiPayload, Launch } from './launch.ts';

export interface KeptLaunch {
  readonly id: LaunchId;
  /**
   * Value of the launch cookie: proves that a later request comes from the browser that posted. Only its hash is
   * stored.
   */
  readonly browserToken: string;
}

/**
 * Where a cookie that proves a launch is kept. Only a cookie of ShotGrid's frame may start a hand-over: anyone who
 * was given a tab's address can open it.
 */
export type LaunchPlace = 'tab' | 'frame';

/** What a browser may do with a launch: the answer to `GET /launch/<id>`. */
export type LaunchAccess =
  /**
   * There is no such launch, or it belongs to another browser and another person: indistinguishable on purpose
   * (B3, B5, B17).
   */
  | { readonly kind: 'unknown' }
  /** Belonged to this browser or this person, and is expired (B6). */
  | { readonly kind: 'expired'; readonly ami: string }
  /** Kept for this browser's tab or for this person, and not claimed yet. */
  | { readonly kind: 'unclaimed'; readonly launch: Launch }
  /** Claimed by the person who makes the request. */
  | { readonly kind: 'claimed'; readonly launch: Launch };

/**
 * `mismatch`: another person clicked, and the launch still waits for them. `unknown`: it does not exist or has
 * expired.
 */
export type ClaimOutcome = 'claimed' | 'mismatch' | 'unknown';

export interface BrowserLaunch {
  readonly launch: Launch;
  readonly isOver: boolean;
}

/** Launches kept through sign-in, encrypted in the store, each under an unguessable id. */
export interface Launches {
  /** @param place where the post was made: a tab by default */
  keep(ami: string, payload: AmiPayload, place?: LaunchPlace): Promise<KeptLaunch>;
  /**
   * For a tab. An unclaimed launch is shown to the browser that posted it, and to the person who clicked, in any
   * browser where they are signed in. The id alone shows nothing.
   *
   * @param browserToken the launch cookie's value, where the browser sent one
   * @param principal the signed-in person, where there is one
   */
  access(
    id: string,
    browserToken: string | undefined,
    principal: Principal | undefined,
  ): Promise<LaunchAccess>;
  /**
   * Binds the launch to the identity, once and for ever. `mismatch` where the payload's `user_id` is not the
   * principal's person: nothing is bound. Repeating a claim as the same identity is `claimed`. An expired launch
   * is `unknown`, so that nothing starts for it. The caller has proven that the browser owns the launch.
   */
  claim(id: LaunchId, principal: Principal): Promise<ClaimOutcome>;
  /**
   * The launch, claimed or not, where one of these tokens proves the frame of ShotGrid that posted it. That is
   * enough to start a sign-in for it, but not to read it. A tab's token proves nothing here.
   */
  ofFrame(id: string, browserTokens: readonly string[]): Promise<BrowserLaunch | undefined>;
  /** True where an unclaimed launch of this id exists; for a frame whose browser keeps no cookies. */
  waits(id: string): Promise<boolean>;
  /** Adds another cookie of the same frame that proves the launch. */
  admit(id: LaunchId, frameToken: string): Promise<void>;
  /** A new cookie for a tab, for a frame that has proven the launch; undefined where the launch no longer waits. */
  admitTab(id: string): Promise<KeptLaunch | undefined>;
  /**
   * The launch where this identity has claimed it; for GraphQL. Costs the same for any other id. Errors:
   * `LAUNCH_EXPIRED` where this identity had claimed it and it has expired.
   */
  read(id: string, principal: Principal): Promise<Launch | undefined>;
}
