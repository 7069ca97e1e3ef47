/**
 * What a connector is written against. A connector is one JavaScript module (ESM) that exports `connector`; docs/recipes/
 * connector.md builds one.
 */
export interface Connector {
  /**
   * GraphQL SDL: types of its own, and `extend type` of ShotGrid types, `Query` and `Mutation`. Names that it adds must be
   * new. Each field that it adds to a type must be nullable: a system that is down costs its own fields only.
   */
  readonly typeDefs: string;
  /**
   * Fields on ShotGrid types: type -> field -> resolver. Called once for all rows of a level, up to 500, with equal
   * arguments; gives one value for each row, in their order.
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

/** A row of ShotGrid: the person may see it, or it would not be here. */
export interface ConnectedRow {
  readonly type: string;
  readonly id: number;
}

export interface ConnectorCall {
  /** The person who asks. */
  readonly person: { readonly subject: string; readonly login: string; readonly email: string | null };
  /** The system, called as that person. */
  readonly system: SystemClient;
}

/** The one host of the settings, with the person's token. No other is ever called, and no redirect followed. */
export interface SystemClient {
  /** @param path begins with `/`; below the `baseUrl` of the settings. Gives the parsed JSON. */
  get(path: string, query?: Readonly<Record<string, string>>): Promise<unknown>;
  /** @param body sent as JSON */
  send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
}

/** Says that a module is a connector; gives its author completion and type checks. */
export const defineConnector = (connector: Connector): Connector => connector;
