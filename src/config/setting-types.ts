import { isIP } from 'node:net';
import { z } from 'zod';
import { MS_PER_SECOND } from '../base/units.ts';

/** One setting: its documentation and its parser. docs/settings.md and .env.example are rendered from this table. */
export interface Setting {
  readonly group: string;
  readonly description: string;
  /** A valid value; shown in the docs and in error messages. */
  readonly example: string;
  /** The default text where the variable is unset or empty; without it the setting is required. */
  readonly fallback?: string;
  /** Never printed, not even in an error message. It can also be in a file, which `NAME_FILE` names. */
  readonly secret?: boolean;
  /** Line breaks are part of the value. */
  readonly hasLines?: boolean;
  readonly schema: z.ZodType;
}

const ALL_BUT_TEXT = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const IN_QUOTES = /^(?:".*"|'.*')$/u;

/**
 * Names an unintended part of a value: a carriage return of a `.env` with Windows line ends, quotes that `docker
 * --env-file` keeps, a blank. Each would invisibly change a claim, a secret or an address. Undefined where there
 * is none.
 */
export function stowawayIn(text: string): string | undefined {
  if (ALL_BUT_TEXT.test(text)) {
    return 'holds a character that cannot be seen, such as the carriage return of a file with Windows line ends. Take it out.';
  }
  if (text !== text.trim()) return 'begins or ends with a blank. Take it out.';
  if (IN_QUOTES.test(text)) return 'is in quotes, which count as part of it here. Take them off.';
  return undefined;
}

const OF_THE_SYSTEM = z.object({ syscall: z.string(), code: z.string() });

/** Why a file cannot be read, without its path: the path may be the secret itself. Undefined for other errors. */
export function unreadableFile(error: unknown): string | undefined {
  const { success, data } = OF_THE_SYSTEM.safeParse(error);
  if (!success) return undefined;
  return `must be the path of a file that can be read (${data.code}), not what belongs in the file`;
}

/** For URLs that are logged, shown or sent to others. */
export function hasNoPassword(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url === undefined || (url.username === '' && url.password === '');
}

/** Parsers of setting values: text of an environment variable -> value, or a sentence that names the problem. */

/** A browser's policy ends a source at ";" and ",", and reads "*" and "'" in its own way: URLs allow all of them in a host. */
const PLAIN_HOST = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/u;

const originOf = (schemes: RegExp, named: string) =>
  z.string().transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isOrigin =
      url !== undefined &&
      schemes.test(url.protocol) &&
      PLAIN_HOST.test(url.hostname) &&
      url.pathname === '/' &&
      url.search === '' &&
      url.hash === '' &&
      url.username === '' &&
      url.password === '';
    if (isOrigin) return url.origin;
    context.addIssue(`must be an origin: ${named}, a host, nothing behind it`);
    return z.NEVER;
  });

export const httpOrigin = originOf(/^https?:$/u, 'http or https');

/** An origin that a page may call, also by a WebSocket: a browser's policy does not take `https:` for `wss:`. */
export const calledOrigin = originOf(/^(?:http|ws)s?:$/u, 'https or wss');

/** Kept unchanged: an issuer is compared exactly, trailing slash included (OpenID Connect Discovery 4.3). */
export const issuer = z
  .url({ protocol: /^https?$/u, error: 'must be an http or https address' })
  .refine(hasNoPassword, 'must not hold a user or a password');

export const address = z
  .string()
  .refine((text) => isIP(text) !== 0 || text === 'localhost', 'must be an IP address or localhost');

/** A whole number within these limits. */
export const bounded = (lowest: number, highest: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/u, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= lowest && value <= highest, `must be from ${lowest} to ${highest}`);

/** Whole seconds in the setting, milliseconds in the config. */
export const seconds = (lowest: number, highest: number) =>
  bounded(lowest, highest).transform((value) => value * MS_PER_SECOND);

/** The name of a claim, compared exactly. */
export const claimName = z
  .string()
  .regex(/^[!-~]+$/u, 'must be the name of a claim: printable ASCII without blanks')
  .refine((text) => !/["'`,]/u.test(text), 'must be the name of a claim, without quotes or commas');

export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** Origins, comma separated. */
export const originList = list.pipe(z.array(httpOrigin));

/** Host names in the form of `URL.host`: in lower case, with a port where it is not 443. */
export const hostList = list.transform((names, context) =>
  names.map((name) => {
    const url = URL.canParse(`https://${name}`) ? new URL(`https://${name}`) : undefined;
    if (url !== undefined && url.href === `https://${url.host}/`) return url.host;
    context.addIssue('must be host names, comma separated');
    return z.NEVER;
  }),
);

/** Names of request headers in lower case, comma separated. */
export const headerNames = list.pipe(
  z.array(
    z
      .string()
      .regex(/^[a-z0-9-]+$/iu, 'must be names of headers, comma separated')
      .transform((name) => name.toLowerCase()),
  ),
);

export const flag = z.enum(['on', 'off', 'auto']);

/** `on` or `off`, as a boolean. */
export const onOff = z.enum(['on', 'off']).transform((text) => text === 'on');

/** The client of Redis would repeat an unreadable URL in its error, password included. */
export const storeUrl = z
  .string()
  .refine(
    (text) => text === 'memory:' || /^rediss?:\/\/.+/u.test(text),
    'must be memory: or begin with redis://',
  )
  .refine(
    (text) => text === 'memory:' || isRedisAddress(text),
    'must be an address such as redis://user:password@host:6379/0, with %XX for what has a meaning in addresses',
  );

function isRedisAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { hostname, pathname, username, password, hash } = new URL(text);
  if (hostname === '' || hash !== '' || !/^(?:\/\d*)?$/u.test(pathname)) return false;
  try {
    return decodeURIComponent(username + password) !== undefined;
  } catch {
    return false;
  }
}

export const actingPolicy = z.enum(['deny', 'own-credentials', 'block-admins']);

/**
 * A value for each permission role: `<role>=<value>`, comma separated. Letter case makes no difference between
 * roles, so two rules for one role are refused: the last one would silently win.
 */
const byRole = <T>(value: z.ZodType<T>, form: string) =>
  list.transform((rules, context) => {
    const values = new Map<string, T>();
    for (const rule of rules) {
      const [role = '', text, ...more] = rule.split('=').map((part) => part.trim());
      const parsed = value.safeParse(text);
      if (role === '' || !parsed.success || more.length > 0) {
        context.addIssue(`must be ${form}, comma separated`);
        return z.NEVER;
      }
      if (values.has(role.toLowerCase())) {
        context.addIssue(`has two rules for the role ${role}; letter case makes no difference`);
        return z.NEVER;
      }
      values.set(role.toLowerCase(), parsed.data);
    }
    return values;
  });

export const policyByRole = byRole(actingPolicy, '<role>=deny, own-credentials or block-admins');

/** A number for each permission role; case makes no difference. */
export const numberByRole = (lowest: number, highest: number) =>
  byRole(bounded(lowest, highest), `<role>=<number from ${lowest} to ${highest}>`);

const KEY_BYTES = 32;
/** 32 random bytes have about 30 different values; fewer than this many is a placeholder, such as 32 zero bytes. */
const LEAST_DIFFERENT_BYTES = 8;

const key = z
  .base64({ error: 'must be in base64' })
  .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
  .refine(({ length }) => length === KEY_BYTES, `must have ${KEY_BYTES} bytes`)
  .refine((bytes) => new Set(bytes).size >= LEAST_DIFFERENT_BYTES, 'must be random bytes, not a placeholder');

export const keyList = list.pipe(
  z
    .array(key)
    .min(1, `must be keys of ${KEY_BYTES} bytes in base64, comma separated`)
    .refine(
      (keys) => new Set(keys.map((bytes) => Buffer.from(bytes).toString('hex'))).size === keys.length,
      'has one key twice',
    ),
);

/** A wider subnet would trust addresses that anyone on the internet can claim. */
const WIDEST_SUBNET = { v4: 8, v6: 16 };
const prefixOf = (subnet: string): number => Number(subnet.split('/')[1]);
const proxy = z.union(
  [
    z.ipv4(),
    z.ipv6(),
    z.cidrv4().refine((subnet) => prefixOf(subnet) >= WIDEST_SUBNET.v4),
    z.cidrv6().refine((subnet) => prefixOf(subnet) >= WIDEST_SUBNET.v6),
  ],
  {
    error: `must be addresses or subnets, comma separated, no subnet wider than /${WIDEST_SUBNET.v4} (IPv6: /${WIDEST_SUBNET.v6})`,
  },
);

/** Proxies whose X-Forwarded-For is trusted. */
export const proxyList = list.pipe(z.array(proxy));

/**
 * `off`, `stdout`, `auto` or a path. `Off` would create a file of that name, while the operator believes that the
 * trail is off.
 */
export const auditPlace = z
  .string()
  .min(1)
  .refine(
    (text) =>
      ['off', 'stdout', 'auto'].includes(text) || !/^(?:off|on|stdout|stderr|auto|none)$/iu.test(text),
    'must be off, stdout, auto or the path of a file, in this spelling',
  );

export interface RewriteRule {
  readonly pattern: RegExp;
  readonly replacement: string;
}

export const rewriteRule = z.string().transform((text, context): RewriteRule | null => {
  if (text === '') return null;
  const [source, replacement, ...rest] = text.split(' => ');
  if (source === undefined || replacement === undefined || rest.length > 0) {
    context.addIssue('must be written <regular expression> => <replacement>');
    return z.NEVER;
  }
  try {
    return { pattern: new RegExp(`^(?:${source})$`, 'u'), replacement };
  } catch {
    context.addIssue('has a regular expression that cannot be read');
    return z.NEVER;
  }
});

/** Parameters of an authorization request that this server sets, or that would change the meaning of its checks. */
const OWN_PARAMETERS = new Set(
  'acr_values claims client_assertion client_assertion_type client_id client_secret code_challenge code_challenge_method dpop_jkt id_token_hint login_hint max_age nonce prompt redirect_uri registration request request_uri response_mode response_type scope state'.split(
    ' ',
  ),
);

/** `name=value`, joined by `&`, each name once. */
export const extraParameters = z.string().transform((text, context): Readonly<Record<string, string>> => {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (OWN_PARAMETERS.has(name.toLowerCase())) context.addIssue(`must not set ${name}: this server does`);
    else if (!/^[\w.:-]+$/u.test(name)) context.addIssue('must be name=value, joined by &');
    else if (Object.hasOwn(parameters, name)) context.addIssue(`has ${name} twice`);
    parameters[name] = value;
  }
  return parameters;
});
