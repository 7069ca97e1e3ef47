import type { LogLevel } from '../base/error-rule.ts';
import type { ClientKey } from './client-key.ts';

/**
 * What happens to people whom `sudo` may not touch: they are refused, or may link their own ShotGrid account.
 * `block-admins` refuses them and administrators in any case.
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
  /** Secret tokens of the item in ShotGrid; several while one is being replaced. The first is the newest. */
  readonly secrets: readonly string[];
  /** Types of rows it accepts; empty for every type. */
  readonly entityTypes: readonly string[];
  /** Opens in ShotGrid's overlay: decides where a browser does not say that it posts from a frame. */
  readonly overlay: boolean;
  /** Takes light payloads that are not signed: the event that they name is the proof. */
  readonly unsignedLightPayload: boolean;
  /** Opens without rows too, as an item of ShotGrid's user menu does. */
  readonly withoutRows: boolean;
  /** What opens: a path on our own origin, or an address on one of `frontEndOrigins`; `?launch=<id>` is added. */
  readonly opens: string;
}

/** Another system of the studio behind the same single sign-on. */
export interface SystemConfig {
  readonly name: string;
  /** Absolute path of the connector's module. */
  readonly connector: string | null;
  /** A GraphQL schema of its own that is merged in. */
  readonly graphql: RemoteGraphqlConfig | null;
  /** The only address that its tokens are ever sent to; paths of the connector are below it. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly token: SystemTokenWay;
}

export interface RemoteGraphqlConfig {
  /** Absolute path of its SDL. */
  readonly schema: string;
  /** Where it answers, below the system's `baseUrl`. */
  readonly path: string;
  /** Put before the names of its types and fields. */
  readonly prefix: string;
}

/** RFC 8693. */
export interface TokenExchangeWay {
  readonly way: 'token-exchange';
  readonly audience: string;
  readonly scope: string;
  /** `act.sub` that the new token must have, so that the system sees who acts; empty asks for none. */
  readonly actor: string;
  /** True where the provider names the same person differently to each system. */
  readonly pairwiseSubject: boolean;
}

/** How a token for the system is got, as the person. */
export type SystemTokenWay =
  | TokenExchangeWay
  | { readonly way: 'on-behalf-of'; readonly scope: string }
  /** `audience`: what the person's token must be for, or it is not sent; empty in development alone: then any is sent. */
  | { readonly way: 'forward'; readonly audience: string }
  | {
      readonly way: 'client-credentials';
      readonly audience: string;
      readonly scope: string;
      /** Header of the signed statement of whom the call is for. */
      readonly personHeader: string;
      readonly assertionSecret: string;
    };

/** A front end that is served at `/apps/<name>/`. */
export interface AppConfig {
  readonly name: string;
  /** Absolute path of the built files; `index.html` answers paths that have no file. */
  readonly directory: string;
}

/** All that can be set, frozen. Made by `loadConfig`; the settings are documented in docs/settings.md. */
export interface Config {
  /** `development`: explorer, weak demo secrets and http upstreams are allowed, on loopback only. */
  readonly environment: 'production' | 'development';
  readonly logLevel: LogLevel | 'silent';
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** Origin that browsers use; every link, cookie rule and redirect URI comes from it, never from a header. */
    readonly publicUrl: string;
    readonly metricsPort: number | null;
    /** Addresses or subnets whose X-Forwarded-For is believed, for rate limits and logs only. */
    readonly trustedProxies: readonly string[];
    readonly requestTimeoutMs: number;
    /** Between a readiness of 503 and no new connections. */
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
    /** Where the key comes from; null where it is a setting itself. */
    readonly scriptKeyFile: string | null;
    readonly timeoutMs: number;
    /** Calls to the site that may be under way at once. */
    readonly maxConnections: number;
    /** Of those, the calls of one login. */
    readonly maxCallsPerPerson: number;
    /** Origins of the storage behind the site: the only ones that files are sent to. */
    readonly storageOrigins: readonly string[];
    /** After this time ShotGrid is asked again whether somebody may still be acted for. */
    readonly recheckMs: number;
  };
  readonly oidc: {
    readonly issuer: string;
    readonly clientId: string;
    /** Empty where the client has a key alone. */
    readonly clientSecret: string;
    readonly clientMethod: 'auto' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
    readonly clientKey: ClientKey | null;
    /** Pushed authorization requests. */
    readonly par: 'on' | 'off' | 'auto';
    /** Of the authorization request, besides those that are always there. */
    readonly parameters: Readonly<Record<string, string>>;
    readonly scope: string;
    readonly timeoutMs: number;
    /** How long sessions go on while the provider cannot be asked for new tokens. */
    readonly awayMs: number;
    /** How a sign-in has to be made at the provider. */
    readonly strength: {
      readonly acrValues: readonly string[];
      /** Null takes a sign-in of any age. */
      readonly maxAgeMs: number | null;
    };
  };
  /** Access tokens of services; null where none are taken. */
  readonly bearer: { readonly audience: string; readonly scopes: readonly string[] } | null;
  readonly identity: {
    /** Claim of the ID token, or else of userinfo, that names the person. */
    readonly claim: string;
    /** Field of `HumanUser` that holds it. */
    readonly field: 'login' | 'email';
    /** Optional rewrite of the claim before it is looked up: `pattern` must match the whole claim. */
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
  };
  readonly session: {
    readonly idleMs: number;
    /** The same for sessions in ShotGrid's overlay, where it is the shorter one. */
    readonly overlayIdleMs: number;
    readonly absoluteMs: number;
    readonly maxPerPerson: number;
    /** Sign-ins that one address may begin in a minute. */
    readonly loginsPerMinute: number;
  };
  readonly launch: {
    readonly maxAgeMs: number;
    readonly clockSkewMs: number;
    readonly maxBodyBytes: number;
    readonly maxIds: number;
    /** Host names that a click of the site may name, in lower case, with a port where it is not the usual one. */
    readonly siteHosts: readonly string[];
    /** How long a launch waits to be claimed (sign-in). */
    readonly claimTtlMs: number;
    /** How long a claimed launch can be used. */
    readonly ttlMs: number;
    readonly rejectsPerSecond: number;
  };
  readonly upload: {
    readonly maxBytes: number;
    /** A larger file goes up in parts of this size. */
    readonly partBytes: number;
    /** How long an upload may take from its beginning to its completion. */
    readonly ttlMs: number;
    /** Files that may go through this server at once. */
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
  /** Where the audit trail goes: `off`, `stdout` or the absolute path of a file. */
  readonly auditDestination: string;
  /** Absolute path of the folder with `entity-types.json`, `fields.json` and, beside it, `expose.yml`. */
  readonly schemaDirectory: string;
  /** Whether the snapshot is compared with the live site after the start. */
  readonly reportsSchemaDrift: boolean;
  readonly amis: readonly AmiConfig[];
  readonly systems: readonly SystemConfig[];
  readonly apps: readonly AppConfig[];
  /** Origins of front ends that are served elsewhere: trusted like our own pages, with the person's cookie. */
  readonly frontEndOrigins: readonly string[];
}
