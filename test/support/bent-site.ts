import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../../src/config/config.ts';

export interface BentCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** `sudo_as_login` of the bearer; null for the script's own; undefined without a bearer. */
  readonly actingAs: string | null | undefined;
  /** Number of the bearer, in the order of minting. */
  readonly token: number | undefined;
}

export type Answer = (call: BentCall, response: ServerResponse) => void | Promise<void>;

/** A server that speaks just enough ShotGrid to break it on purpose: tokens that name their login, and any answer. */
export interface BentSite {
  readonly url: string;
  /** Data calls, in the order they came. */
  readonly calls: readonly BentCall[];
  /** Token requests: their form fields. */
  readonly mints: readonly Readonly<Record<string, string>>[];
  /** Calls without a token that find out whether the site answers. They are no data calls. */
  readonly probes: readonly BentCall[];
  /** Probes get this answer. Left out, they get the answer of data calls. */
  whenProbed(answer: Answer | undefined): void;
  /** Most data calls that were under way at once. */
  readonly mostAtOnce: () => number;
  /** The next data calls are answered so, one each; then `otherwise` again. */
  next(...answers: Answer[]): void;
  otherwise(answer: Answer): void;
  /** The next token requests are answered so, one each. */
  nextMint(...answers: Answer[]): void;
  /** Drops the answers of `next` and `nextMint` that nobody got. */
  forgetPlanned(): void;
  close(): Promise<void>;
}

export interface BentSiteOptions {
  readonly tokenLifetimeSeconds?: number;
  /** True for a site that drops the scope: the token then acts as the script. */
  readonly ignoresScope?: boolean;
  /** Waits before a token request is answered. */
  readonly beforeMint?: (form: Readonly<Record<string, string>>) => Promise<void> | undefined;
}

export const json =
  (status: number, body: unknown): Answer =>
  (_call, response) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(body === undefined ? '' : JSON.stringify(body));
  };

export const refusal = (status: number, code: number, title: string, more: object = {}): Answer =>
  json(status, {
    errors: [{ id: 'e'.repeat(32), status, code, title, source: null, detail: null, meta: null, ...more }],
  });

/** An answer with `Retry-After`. */
export const comeAgain =
  (status: number, retryAfter: string): Answer =>
  (_call, response) => {
    response.writeHead(status, { 'retry-after': retryAfter });
    response.end();
  };

export const page =
  (status: number, html: string): Answer =>
  (_call, response) => {
    response.writeHead(status, { 'content-type': 'text/html' });
    response.end(html);
  };

export const reset: Answer = (_call, response) => {
  response.socket?.destroy();
};

/** Never answers; the connection stays open. */
export const silence: Answer = () => undefined;

export const rows = (...data: unknown[]): Answer => json(200, { data, links: {} });

export async function startBentSite(options: BentSiteOptions = {}): Promise<BentSite> {
  const calls: BentCall[] = [];
  const probes: BentCall[] = [];
  let probed: Answer | undefined;
  const mints: Record<string, string>[] = [];
  const planned: Answer[] = [];
  const plannedMints: Answer[] = [];
  let fallback = rows();
  let underWay = 0;
  let most = 0;

  const mint: Answer = async (call, response) => {
    const form = Object.fromEntries(new URLSearchParams(call.body));
    const number = mints.push(form);
    await options.beforeMint?.(form);
    const planned = plannedMints.shift();
    if (planned !== undefined) return planned(call, response);
    const login =
      options.ignoresScope === true ? null : (form['scope']?.slice('sudo_as_login:'.length) ?? null);
    const claims = Buffer.from(JSON.stringify({ sudo_as_login: login, number })).toString('base64url');
    const token = `eyJhbGciOiJIUzI1NiJ9.${claims}.c2lnbmF0dXJl`;
    const expires_in = options.tokenLifetimeSeconds ?? 600;
    return json(200, { token_type: 'Bearer', access_token: token, expires_in, refresh_token: 'r' })(
      call,
      response,
    );
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call: BentCall = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        ...bearerOf(request.headers.authorization),
      };
      if (call.path.endsWith('/auth/access_token')) return void mint(call, response);
      if (call.path === '/api/v1') {
        probes.push(call);
        return void (probed ?? fallback)(call, response);
      }
      calls.push(call);
      underWay += 1;
      most = Math.max(most, underWay);
      response.once('close', () => {
        underWay -= 1;
      });
      return void (planned.shift() ?? fallback)(call, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    probes,
    whenProbed: (answer) => {
      probed = answer;
    },
    mints,
    mostAtOnce: () => most,
    next: (...answers) => void planned.push(...answers),
    otherwise: (answer) => {
      fallback = answer;
    },
    forgetPlanned: () => {
      planned.length = 0;
      plannedMints.length = 0;
    },
    nextMint: (...answers) => void plannedMints.push(...answers),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function bearerOf(header: string | undefined): Pick<BentCall, 'actingAs' | 'token'> {
  const payload = header?.split('.')[1];
  if (payload === undefined) return { actingAs: undefined, token: undefined };
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as {
    sudo_as_login: string | null;
    number: number;
  };
  return { actingAs: claims.sudo_as_login, token: claims.number };
}

export function siteSettings(url: string, more: Partial<Config['site']> = {}): Config['site'] {
  return {
    url,
    publicUrl: url,
    scriptName: 'shotgraph',
    scriptKey: 'demo-script-key',
    scriptKeyFile: null,
    // Far beyond what a busy machine takes: tests of silence set their own.
    timeoutMs: 60_000,
    maxConnections: 8,
    maxCallsPerPerson: 6,
    storageOrigins: [],
    recheckMs: 300_000,
    ...more,
  };
}
