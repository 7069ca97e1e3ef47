import type { Login, SessionId, Subject } from '../base/ids.ts';

/** Who is asking: the person at the identity provider and the one active `HumanUser` they map to. */
export interface Principal {
  readonly issuer: string;
  readonly subject: Subject;
  /** For people to recognise themselves: name or e-mail claim. */
  readonly displayName: string;
  readonly email: string | null;
  /** The acting login: everything is read and written as this person. */
  readonly login: Login;
  readonly person: { readonly type: 'HumanUser'; readonly id: number; readonly name: string };
  /** `PermissionRuleSet` of the person as ShotGrid names it; null where the person may not see it. */
  readonly permissionRole: string | null;
}

export interface Session {
  readonly id: SessionId;
  readonly principal: Principal;
  /** Milliseconds since 1970: the earlier of the idle and the absolute limit. */
  readonly expiresAtMs: number;
}
