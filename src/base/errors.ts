import { type ErrorRule, rule } from './error-rule.ts';
import { DOCUMENT_ERRORS, STORE_ERRORS, SYSTEM_ERRORS } from './system-rules.ts';

/**
 * The one table of errors: code -> HTTP status, log level, safe message.
 * `docs/errors.md` is rendered from it; a test holds the two together.
 */
export const ERROR_TABLE = {
  UNAUTHENTICATED: rule(401, 'info', 'You are not signed in. Sign in and repeat the request.'),
  FORBIDDEN: rule(403, 'info', 'ShotGrid does not allow this for you. Ask for the permission in ShotGrid.'),
  CSRF_REJECTED: rule(
    403,
    'warn',
    'This request did not come from a page of this server, so it was not carried out. A script sends "Authorization: Bearer" and no cookie; a page elsewhere has to be listed as a front end.',
  ),
  OTHER_SITE: rule(
    // A front end that sends people to sign in at a 401 brings them to the page that says why.
    401,
    'warn',
    'This front end is at another site than this server, so your browser sends no cookie with its requests, and signing in does not help. An administrator can put it at a host of the same site; a page elsewhere can send an access token ("Authorization: Bearer") instead.',
  ),
  RETURN_TO: rule(
    400,
    'info',
    'The address to come back to is neither on this server nor at a listed front end, so nothing was done. An administrator can list the front end under apps with its origin.',
  ),
  SIGN_IN_LOOP: rule(
    403,
    'warn',
    'You are signed in, but the front end that sent you here does not see it and would send you round for ever. Its requests have to carry the cookie: in its code, fetch needs credentials "include".',
  ),
  NOT_FOUND: rule(404, 'info', 'There is nothing here that you may see.'),
  METHOD_NOT_ALLOWED: rule(405, 'info', 'This address does not take this method. See the Allow header.'),
  NOT_ACCEPTABLE: rule(
    406,
    'info',
    'Nothing was done: the Accept header takes no answer that this server can give. Send "Accept: application/json", or leave it out.',
  ),
  BAD_USER_INPUT: rule(400, 'info', 'A value of the request is not usable. See the details and correct it.'),
  BAD_REQUEST: rule(400, 'info', 'The request could not be read. Correct it and send it again.'),
  UNSUPPORTED_MEDIA_TYPE: rule(415, 'info', 'This kind of body is not accepted here.'),
  TOO_LARGE: rule(413, 'info', 'The request is larger than this server accepts.'),
  PLAN_TOO_LARGE: rule(
    400,
    'info',
    'This needs more searches of ShotGrid than one request may make. Ask for fewer lists of links within lists of links.',
  ),
  RATE_LIMITED: rule(429, 'warn', 'Too many requests. Wait as long as Retry-After says, then try again.'),
  MISDIRECTED: rule(421, 'warn', 'This server does not answer for that host name. Use its public address.'),

  AMI_SIGNATURE: rule(
    401,
    'warn',
    'This launch is not signed as agreed with ShotGrid. Start it from ShotGrid again.',
  ),
  AMI_STALE: rule(403, 'info', 'This launch is too old. Go back to ShotGrid and choose the menu item again.'),
  AMI_CLOCK: rule(
    403,
    'warn',
    'This launch is dated in the future. An administrator should check the server clocks.',
  ),
  AMI_TIMESTAMP: rule(400, 'warn', 'The time stamp of this launch cannot be read.'),
  AMI_REPLAYED: rule(
    409,
    'info',
    'This launch was already used. If you clicked twice, the first click is the one that opened. Otherwise choose the menu item again.',
  ),
  AMI_DUPLICATE: rule(400, 'warn', 'A field of this launch was sent twice.'),
  AMI_QUERY: rule(
    400,
    'warn',
    'The address of this menu item has a field of a launch in it. Launches take their fields in the form body; an administrator should remove it from the address of the item in ShotGrid.',
  ),
  AMI_CONTROL_CHAR: rule(
    400,
    'warn',
    'A field of this launch holds a control character. Look for a line break or a tab in the title of the page, the name of the project or a column in ShotGrid, and remove it.',
  ),
  AMI_ENCODING: rule(
    400,
    'warn',
    'A field of this launch is not valid UTF-8 text, or was changed on its way. Choose the menu item again; if this happens again, tell an administrator.',
  ),
  AMI_CONTENT_TYPE: rule(415, 'info', 'A launch is a form post (application/x-www-form-urlencoded, UTF-8).'),
  AMI_TOO_LARGE: rule(
    413,
    'info',
    'This launch is too large. Select fewer rows, or ask an administrator to raise the limit.',
  ),
  AMI_IDS: rule(
    400,
    'warn',
    'The list of ids of this launch cannot be read, or is too long. Select fewer rows and choose the menu item again.',
  ),
  AMI_FIELDS: rule(
    400,
    'warn',
    'This launch lacks a field, or has one that cannot be read. Choose the menu item again; if this happens again, tell an administrator.',
  ),
  AMI_EVENT: rule(
    403,
    'warn',
    'ShotGrid knows of no such click. Go back to ShotGrid and choose the menu item again.',
  ),
  AMI_ENTITY: rule(
    403,
    'warn',
    'This menu item does not accept rows of this type. Choose it on other rows, or ask an administrator to add the type to its entityTypes.',
  ),
  AMI_SITE: rule(
    403,
    'warn',
    'This launch comes from another ShotGrid site than the one that this server works with. Start it there; an administrator can add a further host name of the site to SHOTGRAPH_SITE_HOSTS.',
  ),

  LAUNCH_EXPIRED: rule(
    410,
    'info',
    'This launch has expired. Go back to ShotGrid and choose the menu item again.',
  ),
  IDENTITY_MISMATCH: rule(
    403,
    'warn',
    'You are signed in as a different person than the one who clicked in ShotGrid.',
  ),
  NO_SHOTGUN_USER: rule(
    403,
    'warn',
    'Nobody in ShotGrid belongs to your account. Ask a ShotGrid administrator to add you.',
  ),
  CLAIM_MISSING: rule(
    403,
    'error',
    'The sign-in service does not say who you are in ShotGrid. An administrator has to set it up to send the claim that the details name.',
  ),
  AMBIGUOUS_USER: rule(
    403,
    'warn',
    'More than one person in ShotGrid matches your account. Ask a ShotGrid administrator to correct it.',
  ),
  USER_INACTIVE: rule(403, 'warn', 'Your account in ShotGrid is not active. Ask a ShotGrid administrator.'),
  MAPPING_CHANGED: rule(
    403,
    'error',
    'Your account now points to another person in ShotGrid than before. An administrator has to confirm it.',
  ),
  IMPERSONATION_REFUSED: rule(
    403,
    'warn',
    'ShotGrid does not let this server act for you. A ShotGrid administrator can tick "Can be impersonated" (can_impersonate_this_user) on your person page.',
  ),
  ADMIN_SUDO_BLOCKED: rule(
    403,
    'info',
    'This server is not set up to act for administrators of ShotGrid. Use an account without administrator rights.',
  ),
  OWN_ACCOUNT_NEEDED: rule(
    403,
    'info',
    'ShotGrid does not let this server act for you. Link your own ShotGrid account at /auth/link of this server, then repeat this.',
  ),
  OWN_ACCOUNT_REFUSED: rule(
    403,
    'info',
    'ShotGrid did not accept this. Check the login and the passphrase, or approve the request in ShotGrid in time, and try again.',
  ),
  OWN_ACCOUNT_OTHER: rule(
    403,
    'warn',
    'This ShotGrid account belongs to a different person. Link the account of the person who is signed in here.',
  ),
  SHOTGUN_SUDO_REFUSED: rule(
    503,
    'info',
    'ShotGrid does not let this server act for anybody. An administrator has to give its script the "sudo" permission.',
  ),

  LOGIN_STATE: rule(
    400,
    'info',
    'This sign-in does not belong to this browser or was already used. Start again.',
  ),
  LOGIN_TOKEN: rule(
    400,
    'error',
    'The sign-in service sent an answer that could not be trusted. Start again.',
  ),
  LOGIN_DENIED: rule(403, 'info', 'The sign-in was refused or cancelled. Start again if that was not meant.'),
  LOGIN_REQUIRED: rule(401, 'info', 'The sign-in service asks you to sign in again.'),
  LOGIN_EXPIRED: rule(400, 'info', 'The page of the sign-in service was open for too long. Start again.'),
  LOGIN_ACR: rule(
    403,
    'warn',
    'The sign-in service did not sign you in as securely, or as recently, as this server requires. Sign in again with your second factor; if this happens again, tell an administrator.',
  ),
  LOGOUT_TOKEN: rule(400, 'warn', 'This is not a logout token that can be used here.'),
  COOKIES_BLOCKED: rule(
    403,
    'info',
    'Your browser does not keep the cookies of this page. Allow them for this address and try again.',
  ),
  IDP_UNAVAILABLE: rule(503, 'info', 'The sign-in service cannot be reached. Try again in a moment.'),
  IDP_TIMEOUT: rule(504, 'info', 'The sign-in service did not answer in time. Try again in a moment.'),

  ...SYSTEM_ERRORS,
  ...DOCUMENT_ERRORS,
  CLIENT_LEFT: rule(499, 'info', 'The client closed the connection before the answer.'),
  UPSTREAM_TIMEOUT: rule(
    504,
    'info',
    'ShotGrid did not answer in time. Reads can be repeated; look before you repeat a write, it may have happened.',
  ),
  UPSTREAM_UNAVAILABLE: rule(503, 'info', 'ShotGrid cannot be reached. Try again in a moment.'),
  UPSTREAM_BUSY: rule(503, 'info', 'ShotGrid asked us to wait. Try again after "retryAfterSeconds" seconds.'),
  UPSTREAM_BROKEN: rule(
    502,
    'info',
    'ShotGrid sent an answer that cannot be understood. Try again; if this happens again, tell an administrator.',
  ),
  UPSTREAM_AUTH: rule(
    503,
    'info',
    'ShotGrid does not accept the key of this server. An administrator has to check the script name and key.',
  ),
  UPSTREAM_REJECTED: rule(400, 'warn', 'ShotGrid refused this request. See the details.'),

  UPLOAD_OVER: rule(
    410,
    'info',
    'This upload is over, or is not yours. Begin it again; if you were completing it, look in ShotGrid first.',
  ),
  UPLOAD_INCOMPLETE: rule(
    409,
    'warn',
    'The file has not arrived whole. Send the missing parts again and complete it, or begin again.',
  ),

  ...STORE_ERRORS,
  GRAPHQL_PARSE_FAILED: rule(400, 'info', 'The GraphQL document cannot be parsed.'),
  GRAPHQL_VALIDATION_FAILED: rule(
    400,
    'info',
    'The GraphQL document does not fit the schema or is too complex.',
  ),
  INTERNAL: rule(500, 'error', 'Something unexpected happened. Tell an administrator the request id.'),
} as const satisfies Record<string, ErrorRule>;

export type ErrorCode = keyof typeof ERROR_TABLE;

export interface AppErrorOptions {
  /** Safe to show beside the message: never a secret, a token or another person's data. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Replaces the table's sentence with a more specific one. As safe as `details`. */
  readonly message?: string;
  /** For the log only: the original error, and the kind of call that failed. */
  readonly cause?: unknown;
  readonly operation?: string | undefined;
}

/**
 * The only error that may leave a module on purpose. Everything else is masked as `INTERNAL`.
 * Match on `code`, not on the class.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly operation: string | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.message ?? ERROR_TABLE[code].message, { cause: options.cause });
    this.code = code;
    this.details = options.details;
    this.operation = options.operation;
  }

  get rule(): ErrorRule {
    return ERROR_TABLE[this.code];
  }
}

/**
 * Converts any error to an `AppError`: an `AppError` is returned unchanged, anything else becomes `INTERNAL` with
 * its cause kept for the log.
 */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('INTERNAL', { cause: error });
}

/** The same error with more details, and another sentence where one is given. */
export function withDetails(
  { code, details, cause, operation, message: own }: AppError,
  more: Readonly<Record<string, unknown>>,
  message = own,
): AppError {
  return new AppError(code, { message, details: { ...details, ...more }, cause, operation });
}
