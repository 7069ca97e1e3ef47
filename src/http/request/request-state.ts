import type { Response } from 'express';
import type { RequestWork } from '../../graphql/graphql.ts';

/** A way on, shown as a button on the page of an error. */
export interface PageAction {
  readonly label: string;
  readonly href: string;
  /** Sent as a form post with this hidden field, instead of as a link. */
  readonly post?: { readonly name: string; readonly value: string };
}

/** What one request carries from step to step. */
export interface RequestState {
  readonly requestId: string;
  readonly startedAtMs: number;
  /** Pattern of the route that answers. */
  route: string;
  /** What the page of an error offers. */
  actions: readonly PageAction[];
  /** Further sentences on the page of an error. */
  notes?: readonly string[];
  /** The launch that this request is about waits: an outage does not lose it. */
  keepsLaunch?: boolean;
  /** Counted by the limit of sign-ins. */
  isCountedLogin?: boolean;
  /** What is shown in ShotGrid's frame may be framed by ShotGrid, its errors too. */
  isInFrame?: boolean;
  /** Server-sent events, which go on until the browser leaves. */
  isStream?: boolean;
  /** What a GraphQL request has done so far. */
  work?: () => RequestWork;
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
