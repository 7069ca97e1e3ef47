import { isOtherSite } from '../base/same-site.ts';
import type { Config } from './config.ts';
import { toolWeaknesses } from './tools/weaknesses.ts';

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** True for the address of a server that only this machine reaches. */
export const isLoopback = (url: string): boolean => LOOPBACK_HOSTS.has(new URL(url).hostname);

const MIN_SECRET_BYTES = 16;
const MIN_SECRET_BYTES_IN_DEVELOPMENT = 8;
const LOOPBACK_ADDRESSES = new Set(['localhost', '127.0.0.1', '::1']);

/**
 * Well-formed but unsafe settings, one sentence each; start-up refuses any (A6). Names the menu item or the
 * setting, never a secret.
 */
export function weaknessesOf(config: Config): string[] {
  return [
    ...secretWeaknesses(config),
    ...transportWeaknesses(config),
    ...otherWeaknesses(config),
    ...pageWeaknesses(config),
    ...toolWeaknesses(config),
  ];
}

function secretWeaknesses(config: Config): string[] {
  const weaknesses: string[] = [];
  const least = config.environment === 'production' ? MIN_SECRET_BYTES : MIN_SECRET_BYTES_IN_DEVELOPMENT;
  const holders = new Map<string, string>([
    [config.site.scriptKey, 'SHOTGRAPH_SITE_SCRIPT_KEY'],
    [config.oidc.clientSecret, 'SHOTGRAPH_OIDC_CLIENT_SECRET'],
    ...config.store.encryptionKeys.map(
      (key) => [Buffer.from(key).toString('base64'), 'SHOTGRAPH_ENCRYPTION_KEYS'] as const,
    ),
    ...config.systems.flatMap(({ name, token }) =>
      token.way === 'client-credentials' ? [[token.assertionSecret, `the system "${name}"`] as const] : [],
    ),
  ]);
  for (const ami of config.amis) {
    for (const secret of ami.secrets) {
      const bytes = Buffer.byteLength(secret);
      if (bytes < least) {
        weaknesses.push(
          `The secret of the menu item "${ami.name}" has ${bytes} bytes; use at least ${least}.`,
        );
      }
      // The payload does not name its menu item: with one secret for two items, a post signed for one would pass
      // for the other.
      const other = holders.get(secret);
      if (other !== undefined)
        weaknesses.push(`The secret of the menu item "${ami.name}" is also that of ${other}.`);
      holders.set(secret, `the menu item "${ami.name}"`);
    }
  }
  return weaknesses;
}

function transportWeaknesses(config: Config): string[] {
  if (config.environment === 'development') {
    const places = [
      ['SHOTGRAPH_PUBLIC_URL', isLoopback(config.http.publicUrl)],
      ['SHOTGRAPH_HOST', LOOPBACK_ADDRESSES.has(config.http.host)],
    ] as const;
    return places
      .filter(([, isLocal]) => !isLocal)
      .map(
        ([name]) => `SHOTGRAPH_ENVIRONMENT is development but ${name} is not on loopback. Use production.`,
      );
  }
  const addresses = [
    ['SHOTGRAPH_PUBLIC_URL', config.http.publicUrl],
    ['SHOTGRAPH_SITE_URL', config.site.url],
    ['SHOTGRAPH_SITE_PUBLIC_URL', config.site.publicUrl],
    ['SHOTGRAPH_OIDC_ISSUER', config.oidc.issuer],
    ...config.frontEndOrigins.map((origin) => [`The front end ${origin}`, origin] as const),
    ...config.site.storageOrigins.map((origin) => [`The storage ${origin}`, origin] as const),
  ] as const;
  // People's tokens are sent to these addresses; on loopback they do not leave this machine.
  const systems = config.systems.map(
    ({ name, baseUrl }) => [`The address of the system "${name}"`, baseUrl] as const,
  );
  return [...addresses, ...systems.filter(([, url]) => !isLoopback(url))]
    .filter(([, url]) => !url.startsWith('https:'))
    .map(([name]) => `${name} must begin with https: outside development.`);
}

/** Rights of pages that would be those of more than the app that has them. */
function pageWeaknesses({ apps, http, environment }: Config): string[] {
  const own = new URL(http.publicUrl);
  const weaknesses = apps.flatMap(({ name, pages }) => {
    const framing = pages.framedBy.flatMap((origin) => framingWeakness(name, origin, own));
    const plain = [...pages.connect, ...pages.framedBy].filter(
      (origin) => environment !== 'development' && !/^(?:https|wss):/u.test(origin),
    );
    const safe = (origin: string): string => (origin.startsWith('ws:') ? 'wss:' : 'https:');
    return [
      ...framing,
      ...plain.map(
        (origin) => `${origin} of the app "${name}" must begin with ${safe(origin)} outside development.`,
      ),
    ];
  });
  const listOf = ({ pages }: Config['apps'][number]): string => pages.connect.toSorted().join(' ');
  const [first] = apps;
  const other = apps.find((app) => first !== undefined && listOf(app) !== listOf(first));
  if (first === undefined || other === undefined) return weaknesses;
  // A script of one app can open a page of another and call from its window.
  return [
    ...weaknesses,
    `The apps "${first.name}" and "${other.name}" are served at one origin, so each can call what the other may: give both the same "connect", or serve one elsewhere, at an origin of its own.`,
  ];
}

function framingWeakness(app: string, origin: string, own: URL): string[] {
  if (origin === own.origin) {
    return [
      `The app "${app}" is framedBy ${origin}, which is this server: every other app here could frame it as well. Serve the page around it elsewhere, at an origin of its own.`,
    ];
  }
  if (!isOtherSite(origin, own.origin)) return [];
  return [
    `The app "${app}" is framedBy ${origin}, which is another site than ${own.origin}: browsers send no session cookie to a frame there. Name an origin of the same site.`,
  ];
}

function otherWeaknesses(config: Config): string[] {
  const weaknesses: string[] = [];
  if (config.session.idleMs > config.session.absoluteMs) {
    weaknesses.push('SHOTGRAPH_SESSION_IDLE_SECONDS is larger than SHOTGRAPH_SESSION_MAX_SECONDS.');
  }
  const { clientMethod, clientSecret, clientKey } = config.oidc;
  if (clientSecret === '' && (clientMethod.startsWith('client_secret') || clientKey === null)) {
    weaknesses.push(
      'SHOTGRAPH_OIDC_CLIENT_SECRET is not set. Set it to the client secret at the provider, or SHOTGRAPH_OIDC_CLIENT_KEY_FILE to the key of the client.',
    );
  } else if (clientMethod === 'private_key_jwt' && clientKey === null) {
    weaknesses.push('SHOTGRAPH_OIDC_CLIENT_KEY_FILE is not set, and private_key_jwt needs it.');
  }
  const { maxConnections, maxCallsPerPerson } = config.site;
  if (maxConnections > 1 && maxCallsPerPerson >= maxConnections) {
    weaknesses.push(
      `SHOTGRAPH_SITE_MAX_CALLS_PER_PERSON (${maxCallsPerPerson}) is not smaller than SHOTGRAPH_SITE_MAX_CONNECTIONS (${maxConnections}): one person could hold every connection. Leave it out, or lower it.`,
    );
  }
  if (config.bearer?.audience === config.oidc.clientId) {
    // An ID token is issued for the client: it would pass for an access token.
    weaknesses.push(
      'SHOTGRAPH_BEARER_AUDIENCE is the client id. Give services a token with an audience of its own.',
    );
  }
  for (const { name, token } of config.systems) {
    // A system that receives a token for another audience can use it there in the person's name.
    if (config.environment !== 'development' && token.way === 'forward' && token.audience === '') {
      weaknesses.push(
        `The system "${name}" gets the person's own token (way: forward), and no audience says that the token is for it. Set its audience to what stands in the token's "aud", or take token-exchange.`,
      );
    }
  }
  const appPaths = [
    ...config.apps.map((app) => `/apps/${app.name}/`),
    ...config.frontEndOrigins.map((origin) => `${origin}/`),
  ];
  for (const ami of config.amis) {
    const address = new URL(ami.opens, config.http.publicUrl).href;
    if (!appPaths.some((path) => ami.opens.startsWith(path))) {
      weaknesses.push(`The menu item "${ami.name}" opens ${ami.opens}, which is no front end of this file.`);
    } else if (!address.endsWith(ami.opens)) {
      // A browser takes `..` out, and the rest leads out of the front end.
      weaknesses.push(
        `The menu item "${ami.name}" opens ${ami.opens}, which is ${address} in a browser. Write that.`,
      );
    }
  }
  if (config.frontEndOrigins.includes(config.http.publicUrl)) {
    weaknesses.push(
      `The front end ${config.http.publicUrl} is this server itself. Give its files (directory) instead of an origin.`,
    );
  }
  return weaknesses;
}
