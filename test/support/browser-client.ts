import { parseSetCookie, type SetCookie } from 'cookie';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 12;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

interface KeptCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly expiresAtMs: number;
  readonly attributes: SetCookie;
}

/** An answer that was read to its end. */
export interface Visit {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Addresses on the way here, the first one asked included. */
  readonly trail: readonly string[];
}

export interface VisitOptions {
  readonly method?: string;
  readonly form?: Readonly<Record<string, string>> | string;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** `stop` gives the redirect itself. */
  readonly redirects?: 'follow' | 'stop';
  /** What a browser says about where a request comes from; a navigation by default. */
  readonly from?: 'navigation' | 'same-origin' | 'cross-site';
}

/**
 * A browser as far as HTTP goes: cookies per host with their attributes (Secure counts as fulfilled on
 * loopback, as in browsers), redirects, and the Sec-Fetch headers. Refuses a `__Host-` cookie that a browser
 * would refuse.
 */
export class BrowserClient {
  readonly #jars = new Map<string, Map<string, KeptCookie>>();
  readonly #now: () => number;
  /** Every Set-Cookie header seen, for scans. */
  readonly setCookies: string[] = [];

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  get(url: string, options: VisitOptions = {}): Promise<Visit> {
    return this.visit(url, options);
  }

  post(url: string, options: VisitOptions = {}): Promise<Visit> {
    return this.visit(url, { method: 'POST', ...options });
  }

  async visit(url: string, options: VisitOptions = {}): Promise<Visit> {
    const trail: string[] = [];
    let next = { url, options };
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      trail.push(next.url);
      const response = await this.#send(next.url, next.options);
      const location = response.headers.get('location');
      const body = await response.text();
      const isRedirect = REDIRECTS.has(response.status) && location !== null;
      if (!isRedirect || options.redirects === 'stop') {
        return { url: next.url, status: response.status, headers: response.headers, body, trail };
      }
      const keepsMethod = response.status === 307 || response.status === 308;
      const { headers, from } = options;
      next = {
        url: new URL(location, next.url).href,
        options: keepsMethod
          ? next.options
          : { ...(headers === undefined ? {} : { headers }), ...(from === undefined ? {} : { from }) },
      };
    }
    throw new Error(`More than ${MAX_REDIRECTS} redirects: ${trail.join(' -> ')}`);
  }

  /** Cookies that would be sent to this address, by name. */
  cookies(url: string): ReadonlyMap<string, string> {
    return new Map(this.#matching(new URL(url)).map(({ name, value }) => [name, value]));
  }

  cookieAttributes(url: string, name: string): SetCookie | undefined {
    return this.#jar(new URL(url)).get(name)?.attributes;
  }

  setCookie(url: string, name: string, value: string): void {
    this.#keep(new URL(url), `${name}=${value}; Path=/; Secure`);
  }

  /** What it would send to this address. */
  cookieHeader(url: string): string {
    return this.#matching(new URL(url))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  deleteCookie(url: string, name: string): void {
    this.#jar(new URL(url)).delete(name);
  }

  async #send(url: string, options: VisitOptions): Promise<Response> {
    const target = new URL(url);
    const body = bodyOf(options);
    const cookie = this.cookieHeader(url);
    const response = await fetch(url, {
      method: options.method ?? 'GET',
      redirect: 'manual',
      headers: {
        ...fetchMetadata(options.from ?? 'navigation'),
        ...body?.headers,
        ...(cookie === '' ? {} : { cookie }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body: body.text }),
    });
    for (const header of response.headers.getSetCookie()) {
      this.setCookies.push(header);
      this.#keep(target, header);
    }
    return response;
  }

  #jar(url: URL): Map<string, KeptCookie> {
    const jar = this.#jars.get(url.hostname) ?? new Map<string, KeptCookie>();
    this.#jars.set(url.hostname, jar);
    return jar;
  }

  #keep(url: URL, header: string): void {
    const cookie = parseSetCookie(header, { decode: (value) => value });
    const isTrustworthy = url.protocol === 'https:' || LOOPBACK.has(url.hostname);
    if (cookie.secure === true && !isTrustworthy) return;
    const isHostCookie = cookie.name.startsWith('__Host-');
    if (isHostCookie && (cookie.secure !== true || cookie.path !== '/' || cookie.domain !== undefined)) {
      throw new Error(`A browser would refuse this cookie: ${cookie.name}`);
    }
    const expiresAtMs =
      cookie.maxAge === undefined
        ? (cookie.expires?.getTime() ?? Number.POSITIVE_INFINITY)
        : this.#now() + cookie.maxAge * 1000;
    const jar = this.#jar(url);
    if (expiresAtMs <= this.#now()) jar.delete(cookie.name);
    else {
      const { name, value = '', path = '/' } = cookie;
      jar.set(name, { name, value, path, expiresAtMs, attributes: cookie });
    }
  }

  #matching(url: URL): KeptCookie[] {
    return [...this.#jar(url).values()].filter(
      ({ path, expiresAtMs }) =>
        expiresAtMs > this.#now() &&
        (url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`)),
    );
  }
}

function bodyOf(options: VisitOptions): { text: string; headers: Record<string, string> } | undefined {
  if (options.json !== undefined) {
    return { text: JSON.stringify(options.json), headers: { 'content-type': 'application/json' } };
  }
  if (options.form === undefined) return undefined;
  const text = typeof options.form === 'string' ? options.form : new URLSearchParams(options.form).toString();
  return { text, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
}

function fetchMetadata(from: 'navigation' | 'same-origin' | 'cross-site'): Record<string, string> {
  if (from === 'navigation') {
    return { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'sec-fetch-site': 'same-origin' };
  }
  return { accept: 'application/json', 'sec-fetch-site': from };
}
