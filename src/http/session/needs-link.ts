import type { Principal } from '../../identity/person/principal.ts';

/** Where a person goes first if their account is not linked yet. */
export const linkPath = (returnTo: string): string =>
  `/auth/link?${new URLSearchParams({ returnTo }).toString()}`;

/** True for a person who must link their account before they can do anything in ShotGrid. */
export const needsLink = ({ acting }: Principal): boolean => acting.way === 'own' && acting.account === null;
