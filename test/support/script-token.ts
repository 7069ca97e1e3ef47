/** A token of the script that every emulated site has. */
export async function scriptToken(siteUrl: string): Promise<string> {
  const minted = await fetch(`${siteUrl}/api/v1/auth/access_token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: 'shotgraph',
      client_secret: 'demo-script-key',
      grant_type: 'client_credentials',
    }),
  });
  const { access_token: token } = (await minted.json()) as { access_token: string };
  return token;
}
