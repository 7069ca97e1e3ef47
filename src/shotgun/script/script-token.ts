import { type TokenDeps, requestGrant } from '../wire/grant.ts';
import { SCRIPT } from '../wire/http-call.ts';
import type { Minted, ScriptToken } from '../wire/tokens.ts';

/** Mints a token that acts as the script. Only for `script-door.ts` and `script-check.ts`. */
export async function mintScriptToken(deps: TokenDeps): Promise<Minted<ScriptToken>> {
  const { value, renewFromMs, renewAtMs } = await requestGrant(deps, scriptGrant(deps), SCRIPT);
  return { token: { value } as ScriptToken, renewFromMs, renewAtMs };
}

/** The script's own parameters for the token endpoint (API 1.2). */
export const scriptGrant = ({ settings }: TokenDeps): Readonly<Record<string, string>> => ({
  grant_type: 'client_credentials',
  client_id: settings.scriptName,
  client_secret: settings.scriptKey,
});
