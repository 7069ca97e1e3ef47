import { hashedKey, type Vault } from '../../store/vault.ts';
import type { IdpSession } from '../provider/oidc-port.ts';
import type { PersonKey } from './session-index.ts';

/** Sign-outs of the provider, kept for sign-ins that have no session yet (D22). */
export interface LogoutMarks {
  person(person: PersonKey, atMs: number): Promise<void>;
  sid(issuer: string, sid: string, atMs: number): Promise<void>;
  wasEnded(person: PersonKey, idpSession: IdpSession): Promise<boolean>;
}

export function createLogoutMarks(vault: Vault, keptMs: number): LogoutMarks {
  /** A repeated older logout does not replace a newer one. */
  const mark = async (key: string, atMs: number): Promise<void> => {
    if (await vault.add(key, atMs, keptMs)) return;
    await vault.update(key, (kept) => Math.max(Number(kept), atMs), keptMs);
  };
  return {
    person: ({ issuer, subject }, atMs) => mark(keyOf(issuer, 'sub', subject), atMs),
    sid: (issuer, sid, atMs) => mark(keyOf(issuer, 'sid', sid), atMs),
    async wasEnded({ issuer, subject }, { sid, redeemedAtMs }) {
      const [sidEnded, personEndedAtMs] = await Promise.all([
        sid === null ? undefined : vault.get(keyOf(issuer, 'sid', sid)),
        vault.get(keyOf(issuer, 'sub', subject)),
      ]);
      return (
        sidEnded !== undefined || (personEndedAtMs !== undefined && Number(personEndedAtMs) >= redeemedAtMs)
      );
    },
  };
}

const keyOf = (issuer: string, what: 'sid' | 'sub', value: string): string =>
  hashedKey('ended', JSON.stringify([issuer, what, value]));
