import type { LaunchId } from '../base/ids.ts';
import type { Principal } from '../identity/person/principal.ts';
import type { AmiPayload, Launch } from './launch.ts';

export interface KeptLaunch {
  readonly id: LaunchId;
  /** Value of the launch cookie: proves that a later request comes from the browser that posted. Only its hash is stored. */
  readonly browserToken: string;
}

/**
 * Where a cookie that proves a launch is kept. Only a cookie of ShotGrid's frame may start a hand-over: a tab can be
 * opened by anybody who was given its address.
 */
export type LaunchPlace = 'tab' | 'frame';

/** What a browser may do with a launch: the answer to `GET /launch/<id>`. */
export type LaunchAccess =
  /** Unknown, or not this browser's and not this person's: indistinguishable on purpose (B3, B5, B17). */
  | { readonly kind: 'unknown' }
  /** Was this browser's or this person's, and is over (B6). */
  | { readonly kind: 'expired'; readonly ami: string }
  /** Kept for this browser's tab or for this person, claimed by nobody yet. */
  | { readonly kind: 'unclaimed'; readonly launch: Launch }
  /** Claimed by the person who asks. */
  | { readonly kind: 'claimed'; readonly launch: Launch };

/** `mismatch`: it was clicked by somebody else, and goes on waiting for them. `unknown`: there is none, or its time is over. */
export type ClaimOutcome = 'claimed' | 'mismatch' | 'unknown';

export interface BrowserLaunch {
  readonly launch: Launch;
  readonly isOver: boolean;
}

/** Launches kept through sign-in, encrypted in the store, each under an unguessable id. */
export interface Launches {
  /** @param place where the post was made: in a tab where nothing is said */
  keep(ami: string, payload: AmiPayload, place?: LaunchPlace): Promise<KeptLaunch>;
  /**
   * For a tab. An unclaimed launch is shown to the browser that posted it, and to the person who clicked, wherever they
   * have signed in. The id alone shows nothing.
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
   * Binds the launch to the identity, once and for ever. `mismatch` where the payload's `user_id` is not
   * the principal's person: nothing is bound. Repeating a claim as the same identity is `claimed`. A launch whose time is
   * over is `unknown`, so that nothing is begun for it.
   * The caller has proven that the browser owns the launch.
   */
  claim(id: LaunchId, principal: Principal): Promise<ClaimOutcome>;
  /**
   * The launch where one of these tokens proves ShotGrid's frame that posted it, claimed or not and by whomever:
   * enough to begin a sign-in for it, not to read it. A token of a tab proves nothing here.
   */
  ofFrame(id: string, browserTokens: readonly string[]): Promise<BrowserLaunch | undefined>;
  /** Whether an unclaimed launch of this id waits; for a frame whose cookies the browser does not keep. */
  waits(id: string): Promise<boolean>;
  /** Lets another cookie of the same frame prove it as well. */
  admit(id: LaunchId, frameToken: string): Promise<void>;
  /** A new cookie for a tab, for a frame that has proven the launch; undefined where it waits no more. */
  admitTab(id: string): Promise<KeptLaunch | undefined>;
  /**
   * The launch where this identity has claimed it; for GraphQL. Costs the same for any other id.
   * Errors: `LAUNCH_EXPIRED` where it was theirs and is over.
   */
  read(id: string, principal: Principal): Promise<Launch | undefined>;
}
