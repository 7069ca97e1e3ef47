import type { LaunchId } from '../base/ids.ts';
import type { Principal } from '../identity/principal.ts';
import type { AmiPayload, Launch } from './launch.ts';

export interface KeptLaunch {
  readonly id: LaunchId;
  /** Value of the launch cookie: proves that a later request comes from the browser that posted. Only its hash is stored. */
  readonly browserToken: string;
}

/** What a browser may do with a launch: the answer to `GET /launch/<id>`. */
export type LaunchAccess =
  /** Unknown, or not this browser's and not this person's: indistinguishable on purpose (B3, B5, B17). */
  | { readonly kind: 'unknown' }
  /** Was this browser's or this person's, and is over (B6). */
  | { readonly kind: 'expired'; readonly ami: string }
  /** Kept for this browser, claimed by nobody yet. */
  | { readonly kind: 'unclaimed'; readonly launch: Launch }
  /** Claimed by the person who asks. */
  | { readonly kind: 'claimed'; readonly launch: Launch };

export type ClaimOutcome = 'claimed' | 'mismatch' | 'unknown';

export interface BrowserLaunch {
  readonly launch: Launch;
  readonly isOver: boolean;
}

/** Launches kept through sign-in, encrypted in the store, each under an unguessable id. */
export interface Launches {
  /** @param personId `HumanUser.id` of the one who alone may claim it, where the payload is of an event */
  keep(ami: string, payload: AmiPayload, personId?: number | null): Promise<KeptLaunch>;
  /**
   * @param browserToken the launch cookie's value, where the browser sent one
   * @param principal the signed-in person, where there is one
   */
  access(
    id: string,
    browserToken: string | undefined,
    principal: Principal | undefined,
  ): Promise<LaunchAccess>;
  /**
   * Binds the launch to the identity, once and for ever. `mismatch` where the payload's `user_login` is not
   * the principal's login: nothing is bound. Repeating a claim as the same identity is `claimed`.
   * The caller has proven that the browser owns the launch.
   */
  claim(id: LaunchId, principal: Principal): Promise<ClaimOutcome>;
  /**
   * The launch where one of these tokens proves the browser that posted it, claimed or not and by whomever:
   * enough to begin a sign-in for it, not to read it.
   */
  ofBrowser(id: string, browserTokens: readonly string[]): Promise<BrowserLaunch | undefined>;
  /** Whether an unclaimed launch of this id waits; for a frame whose cookies the browser does not keep. */
  waits(id: string): Promise<boolean>;
  /** Lets another cookie of the same browser prove it, too. */
  admit(id: LaunchId, browserToken: string): Promise<void>;
  /** The same with a new cookie; undefined where no unclaimed launch of this id waits. */
  admitNew(id: string): Promise<KeptLaunch | undefined>;
  /** Ends an unclaimed launch for ever (B1). */
  burn(id: LaunchId): Promise<void>;
  /**
   * The launch where this identity has claimed it; for GraphQL. Costs the same for any other id.
   * Errors: `LAUNCH_EXPIRED` where it was theirs and is over.
   */
  read(id: string, principal: Principal): Promise<Launch | undefined>;
}
