/**
 * The interface that a connector implements. A connector is one JavaScript module (ESM) that exports `connector`;
 * docs/recipes/connector.md builds one.
 */
export interface Connector {
  /**
   * GraphQL SDL: its own types, and `extend type` of ShotGrid types, `Query` and `Mutation`. Added names must be
   * new. Each field added to a type must be nullable, so that an outage of the system costs only its own fields.
   */
  readonly typeDefs: string;
  /**
   * Fields on ShotGrid types and on its own: type -> field -> resolver. Called once for all rows of a level, up to
   * 500, with equal arguments; returns one value for each row, in their order. A row of an own type is the value
   * that this connector gave for it.
   */
  readonly fields?: Readonly<Record<string, Readonly<Record<string, RowsResolver | NeedingResolver>>>>;
  readonly queries?: Readonly<Record<string, RootResolver>>;
  readonly mutations?: Readonly<Record<string, RootResolver>>;
}

export type RowsResolver = (
  rows: readonly ConnectedRow[],
  args: Readonly<Record<string, unknown>>,
  call: ConnectorCall,
) => Promise<readonly unknown[]>;

/** A field on a ShotGrid type that needs more of its rows than type and id. */
export interface NeedingResolver {
  /**
   * By the names of the graph: `code`, or a path through links such as `sgShot.code`. They are read with the row,
   * as the person, and are not shown unless the document selects them.
   */
  readonly needs: readonly string[];
  readonly resolve: RowsResolver;
}

export type RootResolver = (args: Readonly<Record<string, unknown>>, call: ConnectorCall) => Promise<unknown>;

/** A row of ShotGrid that the person is allowed to see, with what the field needs of it, and nothing else. */
export interface ConnectedRow {
  readonly type: string;
  readonly id: number;
  readonly [need: string]: unknown;
}

export interface ConnectorCall {
  /** The person who made the request. */
  readonly person: { readonly subject: string; readonly login: string; readonly email: string | null };
  /** The system, called as that person. */
  readonly system: SystemClient;
  /** Another system of `shotgraph.yml`, called as the same person with a token of its own. */
  use(name: string): SystemClient;
  /** Ends the field with a sentence for the person. */
  fail(refusal: SystemRefusal): never;
}

/** What a system says about something that it refuses. */
export interface SystemRefusal {
  /** A sentence for the person: text without markup. One that cannot be shown is replaced by ours. */
  readonly message: string;
  /** The field of the input that it is about, such as `hours` or `['entries', 0, 'hours']`. */
  readonly path?: string | readonly (string | number)[];
  /**
   * `FORBIDDEN`, `NOT_FOUND`, `BAD_USER_INPUT` or `SYSTEM_REJECTED`; any other is the system's own word, which is
   * shown as `details.systemCode` of a `SYSTEM_REJECTED`.
   */
  readonly code?: string;
  /** `false`: nothing was changed, although a call of this mutation was answered without an error. */
  readonly changed?: false;
}

/** The one configured host, with the person's token. No other host is called, and redirects are not followed. */
export interface SystemClient {
  /** @param path begins with `/`; below the `baseUrl` of the settings. Returns the parsed JSON. */
  get(path: string, query?: SystemQuery, options?: SystemCallOptions): Promise<unknown>;
  /** @param body sent as JSON; a `Uint8Array` as it is, and so is a text whose `content-type` is among the headers */
  send(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    options?: SystemCallOptions & { readonly query?: SystemQuery },
  ): Promise<unknown>;
}

type QueryValue = string | number | boolean;

/** Parameters of the address. A list repeats its parameter: `{ id: [1, 2] }` is `id=1&id=2`. */
export type SystemQuery = Readonly<Record<string, QueryValue | readonly QueryValue[] | null | undefined>>;

/** How a call is sent, and how its answer is read. */
export interface SystemCallOptions {
  /** Further headers. Those of the connection, the sign-in, the browser and this server are refused. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the answer is: JSON unless set. `text` gives a string, `bytes` a `Uint8Array`. */
  readonly as?: 'json' | 'text' | 'bytes';
  /** A longer answer is an error. At most 16 MiB, which it is unless set. */
  readonly maxBytes?: number;
}

/** Marks a module as a connector; gives its author completion and type checks. */
export const defineConnector = (connector: Connector): Connector => connector;
