import type { Login, SessionId, Subject } from '../../base/ids.ts';

/** How ShotGrid is read and written for a person. */
export type Acting =
  | { readonly way: 'sudo' }
  /** By their own ShotGrid account; nothing can be read or written until it is linked. */
  | { readonly way: 'own'; readonly account: string | null };

/** Who is asking: the person at the identity provider and the one active `HumanUser` they map to. */
export interface Principal {
  readonly issuer: string;
  readonly subject: Subject;
  /** For people to recognise themselves: name or e-mail claim. */
  readonly displayName: string;
  /** The claim where the provider has verified it, else the one that ShotGrid has. */
  readonly email: string | null;
  /** The acting login: everything is read and written as this person. */
  readonly login: Login;
  readonly person: { readonly type: 'HumanUser'; readonly id: number; readonly name: string };
  /** `PermissionRuleSet` of the person as ShotGrid names it; null where the person may not see it. */
  readonly permissionRole: string | null;
  readonly acting: Acting;
}

/** What ShotGrid is called with for the person: by `sudo`, or by their own account. In any case as this one person. */
export interface ActingAs {
  readonly personId: number;
  readonly own: { readonly personId: number; readonly account: string | null } | null;
}

export const actingOf = ({ acting, person: { id } }: Principal): ActingAs => ({
  personId: id,
  own: acting.way === 'sudo' ? null : { personId: id, account: acting.account },
});

/** `overlay` sessions live in ShotGrid's frame: their cookie is sent there alone. */
export type SessionKind = 'tab' | 'overlay';

/** Times are milliseconds since 1970. */
export interface Session {
  readonly id: SessionId;
  readonly principal: Principal;
  readonly kind: SessionKind;
  /** The sign-in that made it: proves to a callback that comes a second time that it is this browser's. */
  readonly signInId?: string;
  /** When it ends if nothing more is done: the earlier of the idle and the absolute limit. */
  readonly expiresAtMs: number;
  /** When it ends whatever is done. */
  readonly endsAtMs: number;
  /** When the provider's access token is over; null where it cannot be renewed, so that its end means nothing. */
  readonly tokenExpiresAtMs: number | null;
  /** From when on it is renewed, a little before; null as well where it cannot be. */
  readonly renewAtMs: number | null;
}
