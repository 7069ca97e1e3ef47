import type { CustomFetch } from 'openid-client';
import { idpFetch } from './idp-fetch.ts';

/**
 * Calls the token endpoint and keeps its answer: the code or refresh token is spent by then, whatever fails
 * afterwards. Once there is an answer the endpoint is not called again.
 */
export class TokenAnswer {
  #text: string | undefined;

  /** @param known an answer from an earlier attempt */
  constructor(known?: string) {
    this.#text = known;
  }

  /** Undefined until the endpoint has returned tokens. */
  get text(): string | undefined {
    return this.#text;
  }

  get refreshToken(): string | null {
    return this.#text === undefined ? null : textIn(this.#text, 'refresh_token');
  }

  readonly fetch: CustomFetch = async (url, options) => {
    if (this.#text !== undefined) {
      return new Response(this.#text, { headers: { 'content-type': 'application/json' } });
    }
    const response = await idpFetch(url, options);
    if (response.ok) {
      const text = await response.clone().text();
      if (textIn(text, 'access_token') !== null) this.#text = text;
    }
    return response;
  };
}

function textIn(json: string, name: string): string | null {
  try {
    const value: unknown = (JSON.parse(json) as Record<string, unknown>)[name];
    return typeof value === 'string' && value !== '' ? value : null;
  } catch {
    return null;
  }
}
