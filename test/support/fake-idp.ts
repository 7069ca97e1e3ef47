import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

export interface FakeIdpClaims {
  readonly [claim: string]: unknown;
}

export interface TokenRequest {
  readonly code: string | null;
  readonly codeVerifier: string | null;
}

interface Grant {
  readonly nonce: string | null;
  readonly challenge: string | null;
}

interface SigningKey {
  readonly kid: string;
  readonly key: CryptoKey;
  readonly jwk: JWK;
}

/**
 * An OpenID Connect provider that signs everybody in at once and does wrong what a test asks for. The real
 * one of the studio cannot be bent.
 */
export class FakeIdp {
  /** Claims of the person who is at the browser. */
  person: FakeIdpClaims = { sub: 'sub-mira', preferred_username: 'mira', name: 'Mira Fischer' };
  /** Changes the ID token's claims; a value of undefined takes a claim away. */
  bendClaims: (claims: FakeIdpClaims) => FakeIdpClaims = (claims) => claims;
  /** Makes the ID token in another way altogether. */
  bendToken: ((claims: FakeIdpClaims) => Promise<string> | string) | undefined;
  /** Changes the query of the way back. */
  bendCallback: (query: URLSearchParams) => void = () => undefined;
  /** Answers a path in another way; true where it did. */
  fault: ((path: string, response: ServerResponse) => boolean) | undefined;
  /** How often the discovery document was read. */
  discoveries = 0;
  /** Further members of the discovery document. */
  metadata: Readonly<Record<string, unknown>> = {};
  /** What userinfo says; undefined has no such endpoint. */
  userinfo: FakeIdpClaims | undefined;
  /** Authorization headers at userinfo. */
  readonly userinfoReads: string[] = [];
  /** Its clock. */
  now: () => number = Date.now;
  readonly tokenRequests: TokenRequest[] = [];
  readonly authorizations: URLSearchParams[] = [];
  readonly revoked: string[] = [];
  /** Has one grant for all sign-ins of a person, as Keycloak does: revoking one refresh token ends them all. */
  hasOneGrant = false;
  /** Refresh tokens that were offered. */
  readonly refreshes: string[] = [];
  /** Seconds that access tokens live; undefined does not say. */
  accessLife: number | undefined;
  /** Waited for before a refresh is answered. */
  beforeRefresh: (() => Promise<void>) | undefined;
  /** Forgets all refresh tokens: the person was put out. */
  forgetRefreshTokens(): void {
    this.#refreshTokens.clear();
  }
  jwksReads = 0;
  /** Waited for before the signing keys are given. */
  beforeKeys: (() => Promise<void>) | undefined;
  issuer = '';

  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });
  readonly #refreshTokens = new Set<string>();
  readonly #grants = new Map<string, Grant>();
  #key: SigningKey | undefined;
  #count = 0;

  async start(port = 0): Promise<void> {
    this.#key ??= await createKey('key-1');
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.issuer = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Connections that are open to it. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
    });
  }

  async rotateKey(): Promise<void> {
    this.#key = await createKey(`key-${Math.random().toString(36).slice(2)}`);
  }

  /** Signs with the published key, or with another under the same name; a `kid` of null names none. */
  async sign(
    claims: FakeIdpClaims,
    options: { kid?: string | null; key?: CryptoKey; typ?: string } = {},
  ): Promise<string> {
    const { kid, key } = this.#signingKey();
    const type = options.typ === undefined ? {} : { typ: options.typ };
    const name = options.kid === null ? {} : { kid: options.kid ?? kid };
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'ES256', ...name, ...type })
      .sign(options.key ?? key);
  }

  #signingKey(): SigningKey {
    if (this.#key === undefined) throw new Error('start() first');
    return this.#key;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    if (this.fault?.(url.pathname, response) === true) return;
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        this.discoveries += 1;
        return sendJson(response, this.#metadata());
      case '/jwks':
        this.jwksReads += 1;
        await this.beforeKeys?.();
        return sendJson(response, { keys: [this.#signingKey().jwk] });
      case '/authorize':
        return this.#authorize(url.searchParams, response);
      case '/token':
        return this.#token(await formOf(request), response);
      case '/revoke':
        this.revoked.push((await formOf(request)).get('token') ?? '');
        if (this.hasOneGrant) this.forgetRefreshTokens();
        return sendJson(response, {});
      case '/userinfo':
        this.userinfoReads.push(request.headers.authorization ?? '');
        return sendJson(response, this.userinfo ?? {});
      default:
        response.writeHead(404).end();
    }
  }

  #metadata(): Record<string, unknown> {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/jwks`,
      revocation_endpoint: `${this.issuer}/revoke`,
      end_session_endpoint: `${this.issuer}/end`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
      ...(this.userinfo !== undefined && { userinfo_endpoint: `${this.issuer}/userinfo` }),
      ...this.metadata,
    };
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    this.authorizations.push(query);
    const code = `code-${(this.#count += 1)}`;
    this.#grants.set(code, { nonce: query.get('nonce'), challenge: query.get('code_challenge') });
    const back = new URL(query.get('redirect_uri') ?? '');
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    back.searchParams.set('iss', this.issuer);
    this.bendCallback(back.searchParams);
    response.writeHead(302, { location: back.href }).end();
  }

  async #token(form: URLSearchParams, response: ServerResponse): Promise<void> {
    if (form.get('grant_type') === 'refresh_token') return this.#refresh(form, response);
    const code = form.get('code') ?? '';
    this.tokenRequests.push({ code, codeVerifier: form.get('code_verifier') });
    const grant = this.#grants.get(code);
    this.#grants.delete(code);
    if (grant === undefined || !(await fits(grant.challenge, form.get('code_verifier')))) {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: 'invalid_grant' }));
      return;
    }
    return this.#grantTokens(grant.nonce, `canary-refresh-${code}`, response);
  }

  /** A refresh token works once, and the answer has the next. */
  async #refresh(form: URLSearchParams, response: ServerResponse): Promise<void> {
    const token = form.get('refresh_token') ?? '';
    this.refreshes.push(token);
    await this.beforeRefresh?.();
    if (this.#refreshTokens.delete(token)) return this.#grantTokens(null, `${token}+`, response);
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: 'invalid_grant' }));
  }

  async #grantTokens(nonce: string | null, refreshToken: string, response: ServerResponse): Promise<void> {
    const nowSeconds = Math.floor(this.now() / 1000);
    const claims = this.bendClaims({
      iss: this.issuer,
      aud: 'shotgraph',
      iat: nowSeconds,
      exp: nowSeconds + 300,
      nonce: nonce ?? undefined,
      ...this.person,
    });
    this.#refreshTokens.add(refreshToken);
    sendJson(response, {
      access_token: 'canary-access-token',
      refresh_token: refreshToken,
      token_type: 'bearer',
      id_token: await (this.bendToken?.(claims) ?? this.sign(claims)),
      expires_in: this.accessLife,
    });
  }
}

async function createKey(kid: string): Promise<SigningKey> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  return {
    kid,
    key: pair.privateKey,
    jwk: { ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256', use: 'sig' },
  };
}

async function fits(challenge: string | null, verifier: string | null): Promise<boolean> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier ?? ''));
  return Buffer.from(digest).toString('base64url') === challenge;
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
