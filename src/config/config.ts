import type { LogLevel } from '../base/error-rule.ts';
import type { ClientKey } from './client-key.ts';
import type { Asking } from './tools/tool.ts';

/**
 * The policy for people whom `sudo` does not allow: they are refused, or may link their own ShotGrid account.
 * `block-admins` always refuses them and administrators.
 */
export type ActingPolicy = 'deny' | 'own-credentials' | 'block-admins';

export interface ActingPolicies {
  readonly byDefault: ActingPolicy;
  /** By the name of the permission role in lower case. */
  readonly byRole: ReadonlyMap<string, ActingPolicy>;
}

/** One Action Menu Item that may post to `/ami/<name>`. */
export interface AmiConfig {
  readonly name: string;
  /** Secret tokens of the item in ShotGrid, newest first; several while one is being replaced. */
  readonly secrets: readonly string[];
  /** Accepted types of rows; empty accepts every type. */
  readonly entityTypes: readonly string[];
  /** Opens in ShotGrid's overlay. Used where a browser does not show that it posts from a frame. */
  readonly overlay: boolean;
  /** Accepts light payloads without a signature: the event that they name is the proof. */
  readonly unsignedLightPayload: boolean;
  /** Opens without rows too, as an item of ShotGrid's user menu does. */
  readonly withoutRows: boolean;
  /** The target: a path on our own origin, or a URL on one of `frontEndOrigins`; `?launch=<id>` is added. */
  readonly opens: string;
  /** What its page asks first: operations of the front end that `opens` leads to. */
  readonly first: readonly string[];
}

/** Another system of the studio behind the same single sign-on. */
export interface SystemConfig {
  readonly name: string;
  /** Absolute path of the connector's module. */
  readonly connector: string | null;
  /** The system's own GraphQL schema, which is merged in. */
  readonly graphql: RemoteGraphqlConfig | null;
  /** The only URL that its tokens are ever sent to; the connector's paths are below it. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly token: SystemTokenWay;
  /** Without it nothing of what the system says is shown. */
  readonly refusal?: RefusalPlaces | undefined;
}

/**
 * Where a refusal of the system has its sentence for the person: names of keys and positions in lists. Those of a
 * system are places in its 4xx JSON, such as `error.message`; those of its GraphQL API are places in each of the
 * errors of an answer, such as `extensions.code`.
 */
export interface RefusalPlaces {
  readonly message: string;
  /** Of the field of the input that it is about. */
  readonly path: string | null;
  /** Of the system's own code. */
  readonly code: string | null;
}

export interface RemoteGraphqlConfig {
  /** Absolute path of its SDL. */
  readonly schema: string;
  /** Its endpoint, below the system's `baseUrl`. */
  readonly path: string;
  /** Prefix of the names of its types and fields. */
  readonly prefix: string;
  /** Without it nothing of what its errors say is shown. */
  readonly refusal?: RefusalPlaces | undefined;
}

/** RFC 8693. */
export interface TokenExchangeWay {
  readonly way: 'token-exchange';
  readonly audience: string;
  readonly scope: string;
  /** `act.sub` that the new token must have, so that the system sees the actor; empty requires none. */
  readonly actor: string;
  /** True where the provider gives each system a different `sub` for the same person. */
  readonly pairwiseSubject: boolean;
}

/** How to obtain a token for the system, as the person. */
export type SystemTokenWay =
  | TokenExchangeWay
  | { readonly way: 'on-behalf-of'; readonly scope: string }
  /**
   * `audience`: the required audience of the person's token; any other token is not sent. Empty accepts any token,
   * in development only.
   */
  | { readonly way: 'forward'; readonly audience: string }
  | {
      readonly way: 'client-credentials';
      readonly audience: string;
      readonly scope: string;
      /** Header of the signed statement that names the person of the call. */
      readonly personHeader: string;
      readonly assertionSecret: string;
    };

/** A front end that is served at `/apps/<name>/`. */
export interface AppConfig {
  readonly name: string;
  /** Absolute path of the built files; `index.html` is the answer for paths without a file. */
  readonly directory: string;
  /** What its pages may do beyond the policy of every app. */
  readonly pages: PageRights;
}

/** All of it is off unless set. */
export interface PageRights {
  /** Origins that its pages may call. Every app of our origin has the same, because each may use another's window. */
  readonly connect: readonly string[];
  /** Compiles WebAssembly. */
  readonly wasm: boolean;
  /** Starts workers from `blob:` addresses; those from its own files need no right. */
  readonly workers: boolean;
  /** Origins of the same site that may frame its pages. */
  readonly framedBy: readonly string[];
}

/** The whole configuration, frozen. Made by `loadConfig`; the settings are documented in docs/settings.md. */
export interface Config {
  /** `development`: allows the explorer, weak demo secrets and http upstreams, on loopback only. */
  readonly environment: 'production' | 'development';
  readonly logLevel: LogLevel | 'silent';
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** Origin that browsers use; every link, cookie rule and redirect URI comes from it, never from a header. */
    readonly publicUrl: string;
    readonly metricsPort: number | null;
    /** Addresses or subnets whose X-Forwarded-For is trusted, for rate limits and logs only. */
    readonly trustedProxies: readonly string[];
    readonly requestTimeoutMs: number;
    /** Further request headers that front ends at other origins may send. */
    readonly corsHeaders: readonly string[];
    /** Time from readiness 503 until new connections are refused. */
    readonly stopDelayMs: number;
    readonly stopTimeoutMs: number;
  };
  readonly site: {
    /** Origin of the ShotGrid site, such as `https://studio.shotgrid.autodesk.com`. */
    readonly url: string;
    /** Where people open the site; equal to `url` unless set. Used for links and `frame-ancestors`. */
    readonly publicUrl: string;
    readonly scriptName: string;
    readonly scriptKey: string;
    /** The file of the key; null where the key itself is a setting. */
    readonly scriptKeyFile: string | null;
    readonly timeoutMs: number;
    /** Maximum of concurrent calls to the site. */
    readonly maxConnections: number;
    /** Maximum of these for one login. */
    readonly maxCallsPerPerson: number;
    /** Origins of the storage behind the site: the only ones that files are sent to. */
    readonly storageOrigins: readonly string[];
    /** How often ShotGrid is asked again whether this server may act for a person. */
    readonly recheckMs: number;
    /** How long an idle connection is kept, where it is known when the site closes it. */
    readonly keepAliveMs?: number;
  };
  readonly oidc: {
    readonly issuer: string;
    readonly clientId: string;
    /** Empty where the client only has a key. */
    readonly clientSecret: string;
    readonly clientMethod: 'auto' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
    readonly clientKey: ClientKey | null;
    /** Pushed authorization requests. */
    readonly par: 'on' | 'off' | 'auto';
    /** Additional parameters of the authorization request. */
    readonly parameters: Readonly<Record<string, string>>;
    readonly scope: string;
    readonly timeoutMs: number;
    /** How long sessions continue while the provider cannot issue new tokens. */
    readonly awayMs: number;
    /** The requirements for a sign-in at the provider. */
    readonly strength: {
      readonly acrValues: readonly string[];
      /** Null accepts a sign-in of any age. */
      readonly maxAgeMs: number | null;
    };
  };
  /** Access tokens of services; null where none are accepted. */
  readonly bearer: { readonly audience: string; readonly scopes: readonly string[] } | null;
  readonly identity: {
    /** Claim of the ID token, or else of userinfo, that names the person. */
    readonly claim: string;
    /** Field of `HumanUser` that has the claim's value. */
    readonly field: 'login' | 'email';
    /** Optional rewrite of the claim before the look-up: `pattern` must match the whole claim. */
    readonly rewrite: { readonly pattern: RegExp; readonly replacement: string } | null;
    /** `lower`: A to Z of the claim as a to z. */
    readonly letterCase: 'exact' | 'lower';
    /** `not-sent`: the provider never sends `email_verified`. */
    readonly emailVerified: 'required' | 'not-sent';
    readonly acting: ActingPolicies;
  };
  readonly store: {
    /** `memory:` or a `redis://` address. */
    readonly url: string;
    /** 256-bit keys that encrypt what is stored, newest first; older ones only read. */
    readonly encryptionKeys: readonly Uint8Array[];
    /** Of a store in memory. */
    readonly maxLaunchBytes: number;
  };
  readonly session: {
    readonly idleMs: number;
    /** The same for sessions in ShotGrid's overlay, where it is shorter. */
    readonly overlayIdleMs: number;
    readonly absoluteMs: number;
    readonly maxPerPerson: number;
    /** Sign-ins that one address may start per minute. */
    readonly loginsPerMinute: number;
  };
  readonly launch: {
    readonly maxAgeMs: number;
    readonly clockSkewMs: number;
    readonly maxBodyBytes: number;
    readonly maxIds: number;
    /** Host names that a click of the site may contain, in lower case, with a port where it is not the default. */
    readonly siteHosts: readonly string[];
    /** How long a launch waits to be claimed (sign-in). */
    readonly claimTtlMs: number;
    /** How long a claimed launch can be used. */
    readonly ttlMs: number;
    readonly rejectsPerSecond: number;
  };
  readonly upload: {
    readonly maxBytes: number;
    /** A larger file is uploaded in parts of this size. */
    readonly partBytes: number;
    /** How long an upload may take from its start to its completion. */
    readonly ttlMs: number;
    /** Files that may pass through this server at once. */
    readonly maxStreams: number;
    /** Longest time for one of them. */
    readonly streamMs: number;
  };
  readonly graphql: {
    readonly introspection: boolean;
    readonly explorer: boolean;
    readonly maxDepth: number;
    readonly maxAliases: number;
    readonly maxTokens: number;
    readonly maxRootFields: number;
    readonly maxFirst: number;
    readonly maxBatch: number;
    readonly requestsPerMinute: number;
    /** In calls to ShotGrid. */
    readonly costPerMinute: number;
    /** Longest time for one request. */
    readonly timeoutMs: number;
    readonly plan: {
      readonly paths: boolean;
      readonly beside: boolean;
      readonly besideParents: number;
      readonly besideLevels: number;
      readonly besideRows: number;
      readonly maxSearches: number;
      /** By the name of the permission role in lower case. */
      readonly maxSearchesByRole: ReadonlyMap<string, number>;
      readonly shown: boolean;
      /** Names of permission roles in lower case. */
      readonly shownTo: readonly string[];
    };
  };
  /** The audit trail's destination: `off`, `stdout` or the absolute path of a file. */
  readonly auditDestination: string;
  /** Absolute path of the folder with `entity-types.json`, `fields.json` and, beside it, `expose.yml`. */
  readonly schemaDirectory: string;
  /** Whether the snapshot is compared with the live site after the start. */
  readonly reportsSchemaDrift: boolean;
  readonly amis: readonly AmiConfig[];
  readonly systems: readonly SystemConfig[];
  /** Absolute paths of modules with a studio's own classes. */
  readonly extensions: readonly string[];
  readonly apps: readonly AppConfig[];
  readonly asking: Asking;
  /** Origins of front ends that are served elsewhere: trusted like our own pages, with the person's cookie. */
  readonly frontEndOrigins: readonly string[];
}
