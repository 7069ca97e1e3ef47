/** `any` runs every document, `log` also logs those that are not on the tool's list, `only` refuses them. */
export type DocumentPolicy = 'any' | 'log' | 'only';

/** What one operation needs beyond every other. It only ever narrows what a person may do. */
export interface OperationRule {
  /** A sign-in at the provider that is older is too old; one without a time as well. */
  readonly maxAuthAgeMs: number | null;
  /** Searches that it may need, where that is less than the person may make. */
  readonly maxSearches: number | null;
}

/** A front end, a script or a service: who asks the operations of a list. */
export interface ToolConfig {
  readonly name: string;
  /** Its place in `shotgraph.yml`: `apps.review`. */
  readonly place: string;
  /** How its requests are known. `served`: they are sent to `/apps/<name>/graphql`. */
  readonly by:
    | { readonly kind: 'served' }
    | { readonly kind: 'origin'; readonly origin: string }
    /** Ids of the clients that its tokens are issued to. */
    | { readonly kind: 'client'; readonly clients: readonly string[] };
  readonly documents: DocumentPolicy;
  /** Absolute path of a folder with `.graphql` files, or of a manifest. */
  readonly operations: string | null;
  /** What menu items begin before its page asks. */
  readonly firsts: readonly FirstConfig[];
  /** By the name of the operation. */
  readonly rules: ReadonlyMap<string, OperationRule>;
}

/** An operation of a tool that a menu item begins before the page asks it. */
export interface FirstConfig {
  readonly ami: string;
  /** Its place in `shotgraph.yml`: `amis.review.first`. */
  readonly place: string;
  readonly operation: string;
}

/** Who asks, and what may be asked. */
export interface Asking {
  /** For requests of no tool. */
  readonly documents: DocumentPolicy;
  readonly tools: readonly ToolConfig[];
}
