import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/http-status.ts';
import { MS_PER_SECOND } from '../../base/units.ts';
import type { Config } from '../../config/config.ts';
import type { HttpAnswer, HttpCall } from '../wire/http-call.ts';
import { toTokenError } from '../wire/site-errors.ts';
import type { Transport } from '../wire/transport.ts';

export interface GrantDeps {
  readonly transport: Transport;
  readonly settings: Config['site'];
  readonly clock: Clock;
}

/** What the token endpoint gave (API 1.2). */
export interface Granted {
  readonly value: string;
  readonly refreshToken: string | null;
  /** Milliseconds since 1970. From here on another token is used. */
  readonly renewAtMs: number;
}

/** Whom a token names (API 1.3). Decoded, not verified: the site gave it to us over TLS. */
export interface TokenClaims {
  readonly sudoAsLogin: string | null;
  /** `HumanUser.id` where the token is a person's own. */
  readonly personId: number | null;
}

const ANSWER = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1).nullish(),
});
const CLAIMS = z.object({
  sudo_as_login: z.string().nullish(),
  user: z.object({ type: z.string(), id: z.number() }).nullish(),
});

/** A call that begins just before the end must not meet an expired token on its way. */
const RENEWAL_MARGIN_MS = 90_000;

/**
 * Asks the token endpoint.
 *
 * @param person for whom the token is: by the login of their other calls, whatever the parameters call them
 * @throws AppError the refusals of the person or the script, or that the site is out of order
 */
export async function requestGrant(
  { transport, settings, clock }: GrantDeps,
  parameters: Readonly<Record<string, string>>,
  person: string,
): Promise<Granted> {
  const startedAtMs = clock.now();
  const call: HttpCall = {
    method: 'POST',
    path: '/auth/access_token',
    operation: 'token',
    body: { mediaType: 'form', text: new URLSearchParams(parameters).toString() },
    // A refresh token is good for one use (API 1.2).
    isRepeatable: parameters['refresh_token'] === undefined,
    person,
  };
  const answer = await transport.inTime((signal) => transport.send(call, null, signal));
  const { access_token: value, expires_in: seconds, refresh_token: refreshToken } = parseAnswer(answer);
  const lifetimeMs = seconds * MS_PER_SECOND;
  const usableMs = lifetimeMs - Math.min(RENEWAL_MARGIN_MS, lifetimeMs / 2);
  return {
    value,
    refreshToken: refreshToken ?? null,
    // A token may outlive the right to it (API 1.4): asking again is what finds out.
    renewAtMs: startedAtMs + Math.min(usableMs, settings.recheckMs),
  };
}

function parseAnswer(answer: HttpAnswer): z.infer<typeof ANSWER> {
  if (answer.status !== HTTP_STATUS.OK) throw toTokenError(answer);
  const parsed = ANSWER.safeParse(answer.body);
  // zod's error would quote what it read, so it is not kept as the cause.
  if (!parsed.success) throw new AppError('UPSTREAM_BROKEN');
  return parsed.data;
}

export function claimsOf(token: string): TokenClaims {
  const [, payload = ''] = token.split('.');
  try {
    const { sudo_as_login: sudoAsLogin, user } = CLAIMS.parse(
      JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')),
    );
    return {
      sudoAsLogin: sudoAsLogin ?? null,
      personId: user?.type === 'HumanUser' ? user.id : null,
    };
  } catch {
    return { sudoAsLogin: null, personId: null };
  }
}
