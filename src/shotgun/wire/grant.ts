import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS, MS_PER_SECOND } from '../../base/units.ts';
import type { Config } from '../../config/config.ts';
import type { HttpAnswer, HttpCall } from './http-call.ts';
import { toTokenError } from '../wire/site-errors.ts';
import type { RenewalTimes } from './tokens.ts';
import type { Transport } from './transport.ts';

/** What a token is asked for with. */
export interface TokenDeps {
  readonly transport: Pick<Transport, 'send' | 'inTime'>;
  readonly settings: Config['site'];
  readonly clock: Clock;
}

export interface GrantDeps extends TokenDeps {
  readonly transport: Transport;
}

/** The answer of the token endpoint (API 1.2). */
export interface Granted extends RenewalTimes {
  readonly value: string;
  readonly refreshToken: string | null;
}

/** The person that a token names (API 1.3). Decoded, not verified: it came from the site over TLS. */
export interface TokenClaims {
  readonly sudoAsLogin: string | null;
  /** `HumanUser.id` if the token is a person's own. */
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

/**
 * The part of its time after which a token is renewed beside a call. A person who asks for something at least once in the
 * rest of the time never waits for a token.
 */
const RENEWED_AFTER = 0.5;

/** A call that begins just before the expiry must not carry an expired token. */
const RENEWAL_MARGIN_MS = 90_000;

/**
 * Requests a token from the token endpoint.
 *
 * @param person the login that the person's other calls use, even if the parameters name the person differently
 * @throws AppError the refusals of the person or the script, or a failure of the site
 */
export async function requestGrant(
  { transport, settings, clock }: TokenDeps,
  parameters: Readonly<Record<string, string>>,
  person: string,
): Promise<Granted> {
  const startedAtMs = clock.now();
  const call: HttpCall = {
    method: 'POST',
    path: '/auth/access_token',
    operation: 'token',
    body: { mediaType: 'form', text: new URLSearchParams(parameters).toString() },
    // A refresh token can be used once (API 1.2).
    isRepeatable: parameters['refresh_token'] === undefined,
    person,
  };
  const answer = await transport.inTime((signal) => transport.send(call, null, signal));
  const { access_token: value, expires_in: seconds, refresh_token: refreshToken } = parseAnswer(answer);
  const lifetimeMs = seconds * MS_PER_SECOND;
  const safeMs = lifetimeMs - Math.min(RENEWAL_MARGIN_MS, lifetimeMs / 2);
  // A token may outlive the right to it (API 1.4). Only a new request reveals that.
  const usableMs = Math.min(safeMs, settings.recheckMs);
  return {
    value,
    refreshToken: refreshToken ?? null,
    renewFromMs: startedAtMs + usableMs * RENEWED_AFTER,
    renewAtMs: startedAtMs + usableMs,
  };
}

function parseAnswer(answer: HttpAnswer): z.infer<typeof ANSWER> {
  if (answer.status !== HTTP_STATUS.OK) throw toTokenError(answer);
  const parsed = ANSWER.safeParse(answer.body);
  // Do not keep zod's error as the cause: it quotes its input.
  if (!parsed.success) throw new AppError('UPSTREAM_BROKEN');
  return parsed.data;
}

/** Reads the claims of a token. Both are null for a token that cannot be decoded. */
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
