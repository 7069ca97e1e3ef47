import { generateKeyPairSync } from 'node:crypto';
import { type LemonLdapOptions, openIdSettings } from './lemonldap.ts';
import { hasPerl, hasPortal, type Portal, type PortalSettings, startPortal } from './lemonldap-portal.ts';

/** A provider that speaks SAML only, and a bridge between it and Shotgraph. Both are portals of LemonLDAP::NG. */
export interface SamlBridge {
  readonly provider: Portal;
  /** What Shotgraph signs in at. */
  readonly bridge: Portal;
  close(): Promise<void>;
}

/** Whether Debian's `liblasso-perl` and `libxml-simple-perl` are here, too. */
export const hasSamlBridge = (): boolean => hasPortal() && hasPerl(['Lasso', 'XML::Simple']);

const ATTRIBUTES = ['uid', 'mail', 'cn', 'uuid'];
const BASIC = 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic';

/** All of these are attributes that the provider must send, under the same name as here. */
const exported = Object.fromEntries(ATTRIBUTES.map((name) => [name, `1;${name};${BASIC}`]));

export async function startSamlBridge({ people, ...client }: LemonLdapOptions): Promise<SamlBridge> {
  // On one host, where cookies know no ports: each portal has names of its own.
  const providerSettings = {
    ...{ ...signing(), cookieName: 'saml', issuerDBSAMLActivation: 1 },
    // Its sign-ins without TLS have level 1, which has no name in SAML otherwise.
    samlAuthnContextMapPassword: 1,
  };
  const bridgeSettings = { ...signing(), cookieName: 'bridge', authentication: 'SAML', exportedVars: {} };
  const provider = await startPortal({ people, settingsOf: () => providerSettings });
  const bridge = await startPortal({
    people: [],
    settingsOf: (issuer) => ({ ...openIdSettings(issuer, client), ...bridgeSettings }),
  }).catch(async (error: unknown) => {
    await provider.close();
    throw error;
  });
  const close = (): Promise<unknown> => Promise.all([provider.close(), bridge.close()]);
  try {
    // Each has to know the other, as administrators do it: by its document.
    const [ofProvider, ofBridge] = await Promise.all([provider, bridge].map(documentOf));
    await provider.configure({
      ...providerSettings,
      samlSPMetaDataXML: { bridge: { samlSPMetaDataXML: ofBridge } },
      samlSPMetaDataOptions: { bridge: signedMessages('samlSPMetaDataOptions') },
      samlSPMetaDataExportedAttributes: { bridge: exported },
    });
    await bridge.configure({
      ...openIdSettings(bridge.issuer, client),
      ...bridgeSettings,
      samlIDPMetaDataXML: { studio: { samlIDPMetaDataXML: ofProvider } },
      samlIDPMetaDataOptions: { studio: signedMessages('samlIDPMetaDataOptions') },
      samlIDPMetaDataExportedAttributes: { studio: exported },
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { provider, bridge, close: async () => void (await close()) };
}

async function documentOf({ issuer }: Portal): Promise<string> {
  const answer = await fetch(`${issuer}/saml/metadata`);
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
  return answer.text();
}

const signedMessages = (prefix: string): PortalSettings =>
  Object.fromEntries(
    ['SignSSOMessage', 'SignSLOMessage', 'CheckSSOMessageSignature', 'CheckSLOMessageSignature'].map(
      (name) => [prefix + name, 1],
    ),
  );

function signing(): PortalSettings {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { samlServicePrivateKeySig: privateKey, samlServicePublicKeySig: publicKey };
}
