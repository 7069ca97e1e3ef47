import * as client from 'openid-client';
import { BrowserClient } from './browser-client.ts';
import { API_AUDIENCE, PIPELINE } from './studio.ts';

/** What a tool of the pipeline gets from the provider for itself, as this person. */
export async function pipelineToken(issuer: string, login: string): Promise<string> {
  const configuration = await client.discovery(
    new URL(issuer),
    PIPELINE.clientId,
    PIPELINE.clientSecret,
    undefined,
    { execute: [client.allowInsecureRequests] },
  );
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const start = client.buildAuthorizationUrl(configuration, {
    redirect_uri: PIPELINE.redirectUris[0],
    scope: 'openid shotgraph',
    resource: API_AUDIENCE,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  const browser = new BrowserClient();
  const form = await browser.get(start.href);
  const posted = await browser.post(form.url, { form: { login }, redirects: 'stop' });
  const resumed = await browser.get(posted.headers.get('location') ?? '', { redirects: 'stop' });
  const callback = new URL(resumed.headers.get('location') ?? '');
  const granted = await client.authorizationCodeGrant(configuration, callback, { pkceCodeVerifier });
  return granted.access_token;
}
