import type { Principal } from '../../identity/person/principal.ts';
import type { Response } from 'express';
import type { Named } from '../../operations/operations.ts';
import type { RequestWork } from '../../graphql/graphql.ts';

/** A next step for the person, shown as a button on an error page. */
export interface PageAction {
  readonly label: string;
  readonly href: string;
  /** Sent as a form post with this hidden field, instead of as a link. */
  readonly post?: { readonly name: string; readonly value: string };
}

/** What a session or a token says of a request, beside the person. */
export interface Asker {
  /** The client that the token was issued to; null without a token. */
  readonly client: string | null;
  /** When the person was last asked to sign in; null where nobody says. */
  readonly authTimeMs: number | null;
}

/** The state of one request, shared by its handlers. */
export interface RequestState {
  readonly requestId: string;
  readonly startedAtMs: number;
  /** Pattern of the route that answers. */
  route: string;
  /** The buttons of the error page. */
  actions: readonly PageAction[];
  /** Further sentences of the error page. */
  notes?: readonly string[];
  /** The launch of this request keeps waiting: an outage does not lose it. */
  keepsLaunch?: boolean;
  /** Counted by the limit of sign-ins. */
  isCountedLogin?: boolean;
  /** ShotGrid may frame this answer, even if it is an error. */
  isInFrame?: boolean;
  /** Server-sent events, which continue until the browser leaves. */
  isStream?: boolean;
  /** The work of a GraphQL request so far. */
  work?: () => RequestWork;
  /** Who asks GraphQL, beside the person. */
  asker?: Asker;
  /** The document of a GraphQL request, once it is known. */
  named?: Named;
  /** GraphQL clients get errors in GraphQL's form. */
  errorForm: 'page-or-json' | 'graphql';
}

const KEY = 'shotgraph';

export function beginState(response: Response, state: RequestState): void {
  response.locals[KEY] = state;
}

export function stateOf(response: Response): RequestState {
  return response.locals[KEY] as RequestState;
}

/** The place of a response's person. */
export const PRINCIPAL = 'principal';

/** The person that `authenticate` found. */
export const principalOf = (response: Response): Principal => response.locals[PRINCIPAL] as Principal;
