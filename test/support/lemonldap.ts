import { generateKeyPairSync } from 'node:crypto';
import { hasPortal, type Portal, type PortalSettings, startPortal } from './lemonldap-portal.ts';

export interface LemonLdapOptions {
  /** Origin of Shotgraph. */
  readonly bffUrl: string;
  readonly clientSecret: string;
  /** Logins; the password is the login. */
  readonly people: readonly string[];
}

/** A portal of LemonLDAP::NG that signs people in for one client. */
export type LemonLdap = Portal;

export const hasLemonLdap = hasPortal;

export const startLemonLdap = ({ people, ...client }: LemonLdapOptions): Promise<LemonLdap> =>
  startPortal({ people, settingsOf: (issuer) => openIdSettings(issuer, client) });

/** Makes a portal a provider of OpenID Connect for Shotgraph. */
export function openIdSettings(
  issuer: string,
  { bffUrl, clientSecret }: Omit<LemonLdapOptions, 'people'>,
): PortalSettings {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return {
    issuerDBOpenIDConnectActivation: 1,
    oidcServiceMetaDataIssuer: issuer,
    oidcServiceAllowAuthorizationCodeFlow: 1,
    oidcServiceIgnoreScopeForClaims: 1,
    oidcServicePrivateKeySig: privateKey,
    oidcServicePublicKeySig: publicKey,
    oidcServiceKeyIdSig: 'signing-key',
    // Version 2.16 names sessions in its sign-out by the subject, and gives no such claim of itself.
    oidcRPMetaDataExportedVars: {
      shotgraph: { preferred_username: 'uid', email: 'mail', name: 'cn', sid: 'uuid' },
    },
    oidcRPMetaDataMacros: { shotgraph: {} },
    oidcRPMetaDataScopeRules: {},
    oidcRPMetaDataOptions: { shotgraph: clientOf(bffUrl, clientSecret) },
  };
}

function clientOf(bffUrl: string, clientSecret: string) {
  const options = {
    DisplayName: 'Shotgraph',
    ClientID: 'shotgraph',
    ClientSecret: clientSecret,
    RedirectUris: `${bffUrl}/auth/callback`,
    PostLogoutRedirectUris: `${bffUrl}/`,
    IDTokenSignAlg: 'RS256',
    IDTokenForceClaims: 0,
    UserIDAttr: 'uuid',
    BypassConsent: 1,
    RequirePKCE: 1,
    RefreshToken: 1,
    AccessTokenExpiration: 3600,
    LogoutType: 'front',
    LogoutUrl: `${bffUrl}/auth/frontchannel-logout`,
    LogoutSessionRequired: 1,
    LogoutBypassConfirm: 1,
  };
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [`oidcRPMetaDataOptions${name}`, value]),
  );
}
