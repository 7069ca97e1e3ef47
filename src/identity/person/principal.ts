import type { Login, SessionId, Subject } from '../../base/ids.ts';

/** How this server acts for a person in ShotGrid. */
export type Acting =
  | { readonly way: 'sudo' }
  /** By their own ShotGrid account; nothing can be read or written until it is linked. */
  | { readonly way: 'own'; readonly account: string | null };

/** The signed-in person: the account at the identity provider and the one active `HumanUser` that it maps to. */
export interface Principal {
  readonly issuer: string;
  readonly subject: Subject;
  /** Shown to the person: name or e-mail claim. */
  readonly displayName: string;
  /** The claim where the provider has verified it, else the address in ShotGrid. */
  readonly email: string | null;
  /** The acting login: everything is read and written as this person. */
  readonly login: Login;
  readonly person: { readonly type: 'HumanUser'; readonly id: number; readonly name: string };
  /** `PermissionRuleSet` of the person as ShotGrid names it; null where the person may not see it. */
  readonly permissionRole: string | null;
  readonly acting: Acting;
}

/** How calls to ShotGrid are made for the person: by `sudo`, or by their own account. Always as this one person. */
export interface ActingAs {
  readonly personId: number;
  readonly own: { readonly personId: number; readonly account: string | null } | null;
}

/** How calls to ShotGrid are made for this person. */
export const actingOf = ({ acting, person: { id } }: Principal): ActingAs => ({
  personId: id,
  own: acting.way === 'sudo' ? null : { personId: id, account: acting.account },
});

/** `overlay` sessions live in ShotGrid's frame: only that frame gets their cookie. */
export type SessionKind = 'tab' | 'overlay';

/** Times are milliseconds since 1970. */
export interface Session {
  readonly id: SessionId;
  readonly principal: Principal;
  readonly kind: SessionKind;
  /** The sign-in that created it: proves that a repeated callback belongs to this browser. */
  readonly signInId?: string;
  /** Found by the id of the session that it replaced: the answer with its own id has not arrived. */
  readonly isByOldId?: true;
  readonly createdAtMs: number;
  /** The end without further activity: the earlier of the idle and the absolute limit. */
  readonly expiresAtMs: number;
  /** The absolute end, with or without activity. */
  readonly endsAtMs: number;
  /** When the provider's access token expires; null where it cannot be renewed: its expiry then has no effect. */
  readonly tokenExpiresAtMs: number | null;
  /** When renewal starts, a little before the expiry; null where the token cannot be renewed. */
  readonly renewAtMs: number | null;
}
