import type { ErrorCode } from '../../base/errors.ts';

/** Headings of error pages whose status alone explains too little. */
const TITLES: Partial<Record<ErrorCode, string>> = {
  UNAUTHENTICATED: 'Please sign in',
  OTHER_SITE: 'This front end cannot sign you in',
  RETURN_TO: 'Unknown front end',
  SIGN_IN_LOOP: 'You are signed in already',
  NOT_FOUND: 'Nothing here',
  MISDIRECTED: 'Wrong address',
  AMI_SIGNATURE: 'This launch is not genuine',
  AMI_STALE: 'This launch is too old',
  AMI_CLOCK: 'The server clocks differ',
  AMI_REPLAYED: 'Already opened',
  AMI_TOO_LARGE: 'Too many rows',
  AMI_ENTITY: 'Not for these rows',
  AMI_SITE: 'Another ShotGrid site',
  LAUNCH_EXPIRED: 'This launch has expired',
  IDENTITY_MISMATCH: 'Signed in as a different person',
  NO_SHOTGUN_USER: 'No ShotGrid account found',
  CLAIM_MISSING: 'The sign-in service does not say who you are',
  AMBIGUOUS_USER: 'More than one ShotGrid account',
  USER_INACTIVE: 'Your ShotGrid account is not active',
  MAPPING_CHANGED: 'Your account has changed',
  IMPERSONATION_REFUSED: 'ShotGrid does not let us act for you',
  SHOTGUN_SUDO_REFUSED: 'This server may not act for people',
  LOGIN_STATE: 'This sign-in cannot be used',
  LOGIN_TOKEN: 'Sign-in could not be trusted',
  LOGIN_EXPIRED: 'The sign-in took too long',
  LOGIN_ACR: 'A stronger sign-in is needed',
  LOGIN_DENIED: 'You were not signed in',
  LOGIN_REQUIRED: 'Please sign in again',
  COOKIES_BLOCKED: 'Cookies are blocked',
  IDP_UNAVAILABLE: 'Sign-in is not available',
  IDP_TIMEOUT: 'Sign-in takes too long',
  UPSTREAM_TIMEOUT: 'ShotGrid takes too long',
  UPSTREAM_UNAVAILABLE: 'ShotGrid cannot be reached',
  UPSTREAM_BUSY: 'ShotGrid is busy',
  UPSTREAM_BROKEN: 'ShotGrid gave no usable answer',
  UPSTREAM_AUTH: 'ShotGrid does not accept this server',
  RATE_LIMITED: 'Too many requests',
  UNAVAILABLE: 'Not available at the moment',
  INTERNAL: 'Something went wrong',
};

export function errorTitle(code: ErrorCode): string {
  return TITLES[code] ?? 'This request was refused';
}
