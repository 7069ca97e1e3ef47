import { HeaderMap } from '@apollo/server';
import { startDeadline } from '../../src/base/deadline.ts';
import type { Login, Subject } from '../../src/base/ids.ts';
import type { GraphqlPart } from '../../src/graphql/graphql.ts';
import type { Principal } from '../../src/identity/person/principal.ts';

export interface GraphqlErrorAnswer {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    readonly requestId?: string;
    readonly details?: Record<string, unknown>;
  };
}

// oxlint-disable-next-line typescript/no-explicit-any -- tests name what they expect; documents marked /* GraphQL */ have types
export interface GraphqlAnswer<Data = any> {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  readonly data: Data;
  readonly errors: readonly GraphqlErrorAnswer[];
  /** Codes of the errors, in order. */
  readonly codes: readonly string[];
}

export interface AskOptions {
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
  readonly launchId?: string;
  readonly requestId?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends documents to the GraphQL part as its HTTP adapter does, without sockets. */
// oxlint-disable-next-line typescript/no-explicit-any
export async function askGraphql<Data = any>(
  part: GraphqlPart,
  principal: Principal,
  document: unknown,
  options: AskOptions = {},
): Promise<GraphqlAnswer<Data>> {
  const { variables, operationName, method = 'POST', timeoutMs = 30_000 } = options;
  const deadline = startDeadline(timeoutMs);
  const body =
    typeof document === 'string'
      ? { query: document, ...(variables && { variables }), ...(operationName && { operationName }) }
      : document;
  const answer = await part.server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method,
      headers: new HeaderMap(
        Object.entries({ 'content-type': 'application/json', ...options.headers }).map(([key, value]) => [
          key,
          value,
        ]),
      ),
      search: method === 'GET' ? `?${new URLSearchParams({ query: String(document) }).toString()}` : '',
      body: method === 'GET' ? {} : body,
    },
    context: () =>
      part.contextFor({
        principal,
        launchId: options.launchId,
        by: 'session',
        credentials: { key: principal.login, accessToken: () => Promise.reject(new Error('no token here')) },
        requestId: options.requestId ?? 'request-1',
        signal: options.signal ?? deadline.signal,
      }),
  });
  deadline.end();
  const text = answer.body.kind === 'complete' ? answer.body.string : '';
  const parsed = (text.startsWith('{') ? JSON.parse(text) : {}) as Partial<
    Pick<GraphqlAnswer, 'data' | 'errors'>
  >;
  const errors = parsed.errors ?? [];
  return {
    status: answer.status ?? 200,
    headers: answer.headers,
    text,
    data: parsed.data as Data,
    errors,
    codes: errors.map(({ extensions }) => extensions.code),
  };
}

export function principalOf(login: string, id = 34): Principal {
  return {
    issuer: 'https://idp.example',
    subject: `subject-of-${login}` as Subject,
    displayName: `${login} at the provider`,
    email: `${login}@studio.example`,
    login: login as Login,
    person: { type: 'HumanUser', id, name: `${login} in ShotGrid` },
    permissionRole: 'Artist',
    acting: { way: 'sudo' as const },
  };
}
