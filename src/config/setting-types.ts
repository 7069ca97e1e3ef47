import { isIP } from 'node:net';
import { z } from 'zod';

/** One setting: its documentation and its parser. docs/settings.md and .env.example are rendered from this table. */
export interface Setting {
  readonly group: string;
  readonly description: string;
  /** A value that works; shown in the docs and in error messages. */
  readonly example: string;
  /** The text taken when the variable is unset or empty; without it the setting is required. */
  readonly fallback?: string;
  /** Never printed, not even in an error message. */
  readonly secret?: boolean;
  readonly schema: z.ZodType;
}

const ALL_BUT_TEXT = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const IN_QUOTES = /^(?:".*"|'.*')$/u;

/**
 * What came along with a value without being meant: a carriage return of a `.env` with Windows line ends, quotes that
 * `docker --env-file` keeps, a blank. Each would make another claim, secret or address of it, which nobody sees.
 * Undefined where there is none.
 */
export function stowawayIn(text: string): string | undefined {
  if (ALL_BUT_TEXT.test(text)) {
    return 'holds a character that cannot be seen, such as the carriage return of a file with Windows line ends. Take it out.';
  }
  if (text !== text.trim()) return 'begins or ends with a blank. Take it out.';
  if (IN_QUOTES.test(text)) return 'is in quotes, which count as part of it here. Take them off.';
  return undefined;
}

/** Parsers of setting values: text of an environment variable -> value, or a sentence that says what is wrong. */

export const httpOrigin = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin =
    url !== undefined &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === '';
  if (isOrigin) return url.origin;
  context.addIssue('must be an origin: http or https, a host, nothing behind it');
  return z.NEVER;
});

/** Kept as it is written: an issuer is compared to the letter, trailing slash included (OpenID Connect Discovery 4.3). */
export const issuer = z.url({ protocol: /^https?$/u, error: 'must be an http or https address' });

export const address = z
  .string()
  .refine((text) => isIP(text) !== 0 || text === 'localhost', 'must be an IP address or localhost');

export const bounded = (lowest: number, highest: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/u, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= lowest && value <= highest, `must be from ${lowest} to ${highest}`);

/** Whole seconds in the setting, milliseconds in the config. */
export const seconds = (lowest: number, highest: number) =>
  bounded(lowest, highest).transform((value) => value * 1000);

/** The name of a claim, compared to the letter. */
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

export const originList = list.pipe(z.array(httpOrigin));

/** Host names as `URL.host` gives them: in lower case, with a port where it is not 443. */
export const hostList = list.transform((names, context) =>
  names.map((name) => {
    const url = URL.canParse(`https://${name}`) ? new URL(`https://${name}`) : undefined;
    if (url !== undefined && url.href === `https://${url.host}/`) return url.host;
    context.addIssue('must be host names, comma separated');
    return z.NEVER;
  }),
);

export const flag = z.enum(['on', 'off', 'auto']);

export const onOff = z.enum(['on', 'off']).transform((text) => text === 'on');

export const storeUrl = z
  .string()
  .refine(
    (text) => text === 'memory:' || /^rediss?:\/\/.+/u.test(text),
    'must be memory: or begin with redis://',
  );

export const actingPolicy = z.enum(['deny', 'own-credentials', 'block-admins']);

export const policyByRole = list.transform((rules, context) => {
  const policies = new Map<string, z.infer<typeof actingPolicy>>();
  for (const rule of rules) {
    const [role = '', policy] = rule.split('=').map((part) => part.trim());
    const parsed = actingPolicy.safeParse(policy);
    if (role === '' || !parsed.success) {
      context.addIssue('must be <role>=deny, own-credentials or block-admins, comma separated');
      return z.NEVER;
    }
    policies.set(role.toLowerCase(), parsed.data);
  }
  return policies;
});

/** A number for each permission role; case makes no difference. */
export const numberByRole = (lowest: number, highest: number) =>
  list.transform((rules, context) => {
    const numbers = new Map<string, number>();
    for (const rule of rules) {
      const [role = '', number] = rule.split('=').map((part) => part.trim());
      const parsed = bounded(lowest, highest).safeParse(number);
      if (role === '' || !parsed.success) {
        context.addIssue(`must be <role>=<number from ${lowest} to ${highest}>, comma separated`);
        return z.NEVER;
      }
      numbers.set(role.toLowerCase(), parsed.data);
    }
    return numbers;
  });

const KEY_BYTES = 32;

export const keyList = z.string().transform((text, context) => {
  const keys = text.split(',').map((part) => new Uint8Array(Buffer.from(part.trim(), 'base64')));
  if (keys.every((key) => key.length === KEY_BYTES)) return keys;
  context.addIssue(`must be keys of ${KEY_BYTES} bytes in base64, comma separated`);
  return z.NEVER;
});

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
