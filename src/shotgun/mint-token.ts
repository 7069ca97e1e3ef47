import type { Login } from '../base/ids.ts';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Config } from '../config/config.ts';
import type { HttpAnswer } from './http-call.ts';
import { toTokenError } from './site-errors.ts';
import type { Actor, AnyToken, PersonToken, ScriptToken } from './token.ts';
import type { Transport } from './transport.ts';

export interface Minted<T extends AnyToken> {
  readonly token: T;
  /** Milliseconds since 1970. From here on another token is used. */
  readonly renewAtMs: number;
}

export interface MintDeps {
  readonly transport: Transport;
  readonly settings: Config['site'];
  readonly clock: Clock;
}

const ANSWER = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });
const CLAIMS = z.object({ sudo_as_login: z.string().nullish() });

/** A call that begins just before the end must not meet an expired token on its way. */
const RENEWAL_MARGIN_MS = 90_000;

/**
 * A token that acts as the person.
 *
 * @throws AppError NO_SHOTGUN_USER, USER_INACTIVE, IMPERSONATION_REFUSED, SHOTGUN_SUDO_REFUSED,
 *   UPSTREAM_AUTH, or that the site is out of order. There is no way on without the person's rights.
 */
export async function mintPersonToken(deps: MintDeps, actor: Actor): Promise<Minted<PersonToken>> {
  const parameters: Record<string, string> = { scope: `sudo_as_login:${actor.login}` };
  if (actor.sessionUuid !== null) parameters['session_uuid'] = actor.sessionUuid;
  const { value, renewAtMs } = await requestToken(deps, parameters);
  if (!isTokenOf(actor.login, claimedLogin(value))) {
    // A site or proxy that drops the scope answers with the script's own rights (API 1.4): never used.
    throw new AppError('SHOTGUN_SUDO_REFUSED');
  }
  return { token: { value } as PersonToken, renewAtMs };
}

/** A token that acts as the script, for `script-door.ts` alone. */
export async function mintScriptToken(deps: MintDeps): Promise<Minted<ScriptToken>> {
  const { value, renewAtMs } = await requestToken(deps, {});
  return { token: { value } as ScriptToken, renewAtMs };
}

async function requestToken(
  deps: MintDeps,
  parameters: Readonly<Record<string, string>>,
): Promise<{ value: string; renewAtMs: number }> {
  const { transport, settings, clock } = deps;
  const startedAtMs = clock.now();
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: settings.scriptName,
    client_secret: settings.scriptKey,
    ...parameters,
  });
  const answer = await transport.send(
    {
      method: 'POST',
      path: '/auth/access_token',
      operation: 'token',
      body: { mediaType: 'form', text: form.toString() },
      isRepeatable: true,
    },
    null,
    transport.deadline(),
  );
  const { access_token: value, expires_in: seconds } = parseAnswer(answer);
  const lifetimeMs = seconds * 1000;
  return { value, renewAtMs: startedAtMs + lifetimeMs - Math.min(RENEWAL_MARGIN_MS, lifetimeMs / 2) };
}

function parseAnswer(answer: HttpAnswer): z.infer<typeof ANSWER> {
  if (answer.status !== 200) throw toTokenError(answer);
  const parsed = ANSWER.safeParse(answer.body);
  // zod's error would quote what it read, so it is not kept as the cause.
  if (!parsed.success) throw new AppError('UPSTREAM_BROKEN');
  return parsed.data;
}

/** "The exact string sent in the scope" (API 1.3) may mean the login or the whole of it: either names the person. */
function isTokenOf(login: Login, claimed: string | null): boolean {
  return claimed === login || claimed === `sudo_as_login:${login}`;
}

/** The login in the token's claims (API 1.3). Decoded, not verified: the site gave it to us over TLS. */
function claimedLogin(token: string): string | null {
  const [, payload = ''] = token.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return CLAIMS.parse(claims).sudo_as_login ?? null;
  } catch {
    return null;
  }
}
