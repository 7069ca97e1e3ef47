import { type Place, placeOf } from './place.ts';
import { Problem, problemOf, problemOfAnswer, problemOfError, SIGN_IN } from './problem.ts';
import { type Fields, fieldsOf, listOf } from './read.ts';
import { PageSession, type Session } from './session.ts';

export interface ClientOptions {
  /** Name of the app in `shotgraph.yml`: what it asks is known under it. Without it the page asks at `/graphql`. */
  readonly app?: string;
  /** Origin of Shotgraph, for a page that it does not serve itself. */
  readonly server?: string;
  /** The launch, where it is not the `launch` of the page's address. */
  readonly launch?: string | null;
  readonly fetch?: typeof fetch;
}

/** A document with its types: a text, or what GraphQL Code Generator makes with `documentMode: string`. */
export interface TypedText<Data, Variables> {
  toString(): string;
  /** `hash` is the id of the document in the list of the tool. */
  readonly __meta__?: Fields | undefined;
  /** Exists in types only. */
  readonly __apiType?: ((variables: Variables) => Data) | undefined;
}

export interface Request {
  readonly text: () => string;
  /** The id in the tool's list. It is sent first, and the text where no list has it. */
  readonly id?: string | null;
  readonly variables?: object | undefined;
  readonly operationName?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer<Data> {
  /** Fields that failed are null. */
  readonly data: Data;
  /** Why, each with its path. Show both: one field's error leaves the others. */
  readonly problems: readonly Problem[];
}

export interface Client extends Place {
  readonly session: Session;
  /** Where it asks. */
  readonly url: string;
  /**
   * Asks, and gives the answer with what failed in it.
   *
   * @throws Problem if there is no answer
   */
  ask<Data = Fields, Variables extends object = Fields>(
    document: string | TypedText<Data, Variables>,
    variables?: Variables,
    options?: Pick<Request, 'operationName' | 'signal'>,
  ): Promise<Answer<Data>>;
  /** The body of an answer as GraphQL has it, for libraries. @throws Problem if there is none */
  send(request: Request): Promise<Fields>;
}

/** No list has the id: the text is sent, which runs where anything may be asked, or where it is listed in other words. */
const UNLISTED = new Set(['PERSISTED_QUERY_NOT_FOUND', 'DOCUMENT_UNKNOWN']);

/** A client of one server, for one page. */
export function createClient(options: ClientOptions = {}): Client {
  const { app, fetch: fetched = (...request) => fetch(...request) } = options;
  const place = placeOf(options);
  const session: Session = new PageSession(place, fetched);
  const url = `${place.server}${app === undefined ? '' : `/apps/${app}`}/graphql`;
  const unlisted = new Set<string>();
  const post = async (body: object, signal: AbortSignal | undefined): Promise<Fields> => {
    if (session.state().kind === 'ended') await session.look();
    const { kind, who } = session.state();
    // The cookie is that of the person who has signed in since: what this page began is not done as them.
    if (who !== null && kind !== 'in') throw new Problem('UNAUTHENTICATED', { message: SIGN_IN });
    const answer = await fetched(url, {
      method: 'POST',
      credentials: 'include',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        // An address may hold anything, and a header takes Latin-1 alone. What is written then shows up soon in the ShotGrid page that the launch came from.
        ...(place.launch !== null && { 'x-shotgraph-launch': encodeURIComponent(place.launch) }),
      },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });
    const text = await answer.text();
    if (answer.ok) return bodyOf(text);
    const problem = problemOfAnswer(answer.status, text);
    // The session may have ended a moment ago: the page learns of it here first.
    if (problem.code === 'UNAUTHENTICATED') session.ended();
    throw problem;
  };
  const send = async ({ text, id, variables, operationName, signal }: Request): Promise<Fields> => {
    const rest = { variables, operationName };
    if (id && !unlisted.has(id)) {
      try {
        const body = await post({ documentId: id, ...rest }, signal);
        if (!isUnlisted(body)) return body;
      } catch (error) {
        if (!(error instanceof Problem) || !UNLISTED.has(error.code)) throw error;
      }
      unlisted.add(id);
    }
    return post({ query: text(), ...rest }, signal);
  };
  return {
    ...place,
    ...{ session, url, send },
    async ask<Data>(
      document: string | TypedText<Data, never>,
      variables?: object,
      given: Partial<Request> = {},
    ) {
      const id = typeof document === 'string' ? null : idOf(document);
      const request = { ...given, text: () => String(document), id, variables };
      const { data, errors } = await send(request).catch((error: unknown): never => {
        // Somebody who has changed their mind is not told of a broken line.
        throw given.signal?.aborted === true ? error : problemOf(error);
      });
      const problems = listOf(errors).map(problemOfError);
      if (data === undefined || data === null) throw problems[0] ?? new Problem('NETWORK');
      return { data: data as Data, problems };
    },
  };
}

/** The id that GraphQL Code Generator has written beside a document (`persistedDocuments`). */
export function idOf(document: object): string | null {
  const { hash } = fieldsOf(fieldsOf(document)['__meta__']);
  return typeof hash === 'string' ? hash : null;
}

const isUnlisted = ({ errors }: Fields): boolean =>
  listOf(errors).some((error) => problemOfError(error).code === 'PERSISTED_QUERY_NOT_FOUND');

/** @throws Problem for a page of somebody else, such as a proxy that asks people to sign in to the network */
function bodyOf(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text));
  } catch (cause) {
    throw new Problem('NETWORK', { cause });
  }
}
