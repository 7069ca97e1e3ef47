import type { Principal } from '../../identity/person/principal.ts';

/** Where somebody whose account is not linked yet goes first. */
export const linkPath = (returnTo: string): string =>
  `/auth/link?${new URLSearchParams({ returnTo }).toString()}`;

/** True for a person who cannot do anything in ShotGrid before they have linked their account. */
export const needsLink = ({ acting }: Principal): boolean => acting.way === 'own' && acting.account === null;
