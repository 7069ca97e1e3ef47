/** Ends of host names that are set aside for examples and tests, or that mean this machine. */
const RESERVED = /(?:^|\.)(?:example|example\.(?:com|org|net)|test|invalid|localhost)$/u;

/** Public sites of standards, vendors and software that pages and code cite. Any other might be a studio's. */
const PUBLIC = new Set([
  'accounts.google.com',
  'bucket.s3-accelerate.amazonaws.com',
  'datatracker.ietf.org',
  'en.wikipedia.org',
  'github.com',
  'json-schema.org',
  'login.microsoftonline.com',
  'sandbox.embed.apollographql.com',
  'schemas.openid.net',
  'semver.org',
  'specs.apollo.dev',
  'studio.apollographql.com',
  'typegraphql.com',
  'www.ecma-international.org',
  'www.rfc-editor.org',
  'www.w3.org',
]);

/** How the vendor writes the address of a site. Every other name below its domains is the site of a studio. */
const VENDOR_FORM = 'studio.shotgrid.autodesk.com';

const URL_HOST = /\b(?:https?|wss?|ftp):\/\/(?:[^\s/@"'`<>]*@)?([a-z0-9][a-z0-9.-]*\.[a-z]{2,})/giu;
const VENDOR_HOST = /\b[a-z0-9][a-z0-9.-]*\.(?:shotgunstudio|shotgrid|shotgrid\.autodesk)\.com\b/giu;
const EMAIL_HOST = /[\w.%+-]+@([a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,})\b/giu;
/** Four numbers of one digit each are the section of a standard. */
const ADDRESS = /(?<![\w.-])(?!\d(?:\.\d){3}(?![\w.]))\d{1,3}(?:\.\d{1,3}){3}(?![\w.-])/gu;

/** Loopback, private, link-local and documentation networks (RFC 5737): none of them leads to a real host. */
const OWN_ADDRESS =
  /^(?:0\.|10\.|127\.|128\.0\.0\.0$|169\.254\.|172\.16\.|192\.168\.|100\.64\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.)/u;

function isNeutral(name: string): boolean {
  const host = name.toLowerCase().replace(/\.$/u, '');
  return host === VENDOR_FORM || RESERVED.test(host) || PUBLIC.has(host);
}

/** Hosts, domains of e-mail addresses and network addresses in a text that may belong to somebody. */
export function realHosts(text: string): string[] {
  const named = [...text.matchAll(URL_HOST), ...text.matchAll(EMAIL_HOST)].map(([, host = '']) => host);
  const ofVendor = [...text.matchAll(VENDOR_HOST)].map(([host]) => host);
  const addresses = [...text.matchAll(ADDRESS)].map(([address]) => address);
  return [
    ...[...named, ...ofVendor].filter((host) => !isNeutral(host)),
    ...addresses.filter((address) => !OWN_ADDRESS.test(address)),
  ];
}
