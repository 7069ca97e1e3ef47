import type { IdpApi, IdpClient } from './idp/clients.ts';

/** Where the parts of the studio are unless somebody says otherwise, and what they know of each other. */
export const USUAL = {
  serverUrl: 'http://localhost:4000',
  ports: { server: 4000, site: 4010, idp: 4020, farm: 4030, timesheets: 4040, storage: 4050 },
  issuer: 'http://localhost:4020',
  scriptName: 'shotgraph',
  scriptKey: 'demo-script-key',
  clientId: 'shotgraph',
  clientSecret: 'demo-client-secret',
  amiSecret: 'demo-ami-secret',
} as const;

/** The systems behind the sign-in, by the audience of their tokens. */
export const APIS = {
  farm: { audience: 'https://farm.lantern.example', scope: 'jobs' },
  timesheets: { audience: 'https://timesheets.lantern.example', scope: 'hours' },
  storage: { audience: 'https://storage.lantern.example', scope: 'files' },
} as const satisfies Readonly<Record<string, IdpApi>>;

/** The client of the provider that a Shotgraph at this address is. */
export const clientAt = (serverUrl: string): IdpClient => ({
  clientId: USUAL.clientId,
  clientSecret: USUAL.clientSecret,
  redirectUris: [`${serverUrl}/auth/callback`],
  postLogoutRedirectUris: [`${serverUrl}/`],
  backchannelLogoutUri: `${serverUrl}/auth/backchannel-logout`,
});
