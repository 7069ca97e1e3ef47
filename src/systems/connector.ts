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
   * Fields on ShotGrid types: type -> field -> resolver. Called once for all rows of a level, up to 500, with
   * equal arguments; returns one value for each row, in their order.
   */
  readonly fields?: Readonly<Record<string, Readonly<Record<string, RowsResolver>>>>;
  readonly queries?: Readonly<Record<string, RootResolver>>;
  readonly mutations?: Readonly<Record<string, RootResolver>>;
}

export type RowsResolver = (
  rows: readonly ConnectedRow[],
  args: Readonly<Record<string, unknown>>,
  call: ConnectorCall,
) => Promise<readonly unknown[]>;

export type RootResolver = (args: Readonly<Record<string, unknown>>, call: ConnectorCall) => Promise<unknown>;

/** A row of ShotGrid that the person is allowed to see. */
export interface ConnectedRow {
  readonly type: string;
  readonly id: number;
}

export interface ConnectorCall {
  /** The person who made the request. */
  readonly person: { readonly subject: string; readonly login: string; readonly email: string | null };
  /** The system, called as that person. */
  readonly system: SystemClient;
}

/** The one configured host, with the person's token. No other host is called, and redirects are not followed. */
export interface SystemClient {
  /** @param path begins with `/`; below the `baseUrl` of the settings. Returns the parsed JSON. */
  get(path: string, query?: Readonly<Record<string, string>>): Promise<unknown>;
  /** @param body sent as JSON */
  send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
}

/** Marks a module as a connector; gives its author completion and type checks. */
export const defineConnector = (connector: Connector): Connector => connector;
