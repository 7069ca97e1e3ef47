import { resolve } from 'node:path';
import { MIB } from '../base/units.ts';
import type { Config } from './config.ts';
import type { DOCUMENT_SETTINGS } from './graphql-settings.ts';
import type { Lists } from './lists.ts';
import type { PLAN_SETTINGS } from './plan-settings.ts';
import type { SITE_SETTINGS } from './server-settings.ts';
import type { SettingValues, ValuesOf } from './settings.ts';

/** Paths of the files that secrets were read from, by setting. */
export type SecretFiles = ReadonlyMap<string, string>;

/** Converts the parsed settings to the shape that the code uses. */
export function buildConfig(values: SettingValues, lists: Lists, files: SecretFiles): Config {
  return {
    environment: values.SHOTGRAPH_ENVIRONMENT,
    logLevel: values.SHOTGRAPH_LOG_LEVEL,
    ...serverParts(values),
    ...siteParts(values, files),
    ...identityParts(values),
    launch: launchPart(values),
    upload: {
      maxBytes: values.SHOTGRAPH_UPLOAD_MAX_MIB,
      partBytes: values.SHOTGRAPH_UPLOAD_PART_MIB,
      ttlMs: values.SHOTGRAPH_UPLOAD_TTL_SECONDS,
      maxStreams: values.SHOTGRAPH_UPLOAD_STREAMS,
      streamMs: values.SHOTGRAPH_UPLOAD_STREAM_SECONDS,
    },
    graphql: graphqlPart(values),
    auditDestination: auditDestination(values),
    amis: lists.amis,
    systems: lists.systems,
    extensions: lists.extensions,
    apps: lists.apps,
    asking: lists.asking,
    frontEndOrigins: lists.frontEndOrigins,
    reportsSchemaDrift: isOn(values.SHOTGRAPH_SCHEMA_DRIFT, values.SHOTGRAPH_ENVIRONMENT === 'production'),
  };
}

function auditDestination({
  SHOTGRAPH_AUDIT: text,
  SHOTGRAPH_ENVIRONMENT: environment,
}: SettingValues): string {
  if (text === 'auto') return environment === 'production' ? 'stdout' : 'off';
  return text === 'off' || text === 'stdout' ? text : resolve(text);
}

/** @param auto the value that `auto` means */
const isOn = (flag: 'on' | 'off' | 'auto', auto: boolean): boolean =>
  flag === 'auto' ? auto : flag === 'on';

function serverParts(values: SettingValues): Pick<Config, 'http'> {
  return {
    http: {
      host: values.SHOTGRAPH_HOST,
      port: values.SHOTGRAPH_PORT,
      publicUrl: values.SHOTGRAPH_PUBLIC_URL,
      metricsPort: values.SHOTGRAPH_METRICS_PORT,
      trustedProxies: values.SHOTGRAPH_TRUSTED_PROXIES,
      corsHeaders: values.SHOTGRAPH_CORS_HEADERS,
      requestTimeoutMs: values.SHOTGRAPH_REQUEST_TIMEOUT_SECONDS,
      stopDelayMs: values.SHOTGRAPH_STOP_DELAY_SECONDS,
      stopTimeoutMs: values.SHOTGRAPH_STOP_TIMEOUT_SECONDS,
    },
  };
}

const CALLS_PER_PERSON = 6;

/** One person never holds all connections, unless there is only one. */
const callsPerPerson = ({
  SHOTGRAPH_SITE_MAX_CALLS_PER_PERSON: calls,
  SHOTGRAPH_SITE_MAX_CONNECTIONS: all,
}: ValuesOf<typeof SITE_SETTINGS>): number =>
  calls === 'auto' ? Math.max(1, Math.min(CALLS_PER_PERSON, all - 1)) : calls;

/** The settings of the ShotGrid site, which are enough for commands other than `start`. */
export function siteParts(
  values: ValuesOf<typeof SITE_SETTINGS>,
  files: SecretFiles,
): Pick<Config, 'site' | 'schemaDirectory'> {
  return {
    site: {
      url: values.SHOTGRAPH_SITE_URL,
      publicUrl: values.SHOTGRAPH_SITE_PUBLIC_URL ?? values.SHOTGRAPH_SITE_URL,
      scriptName: values.SHOTGRAPH_SITE_SCRIPT_NAME,
      scriptKey: values.SHOTGRAPH_SITE_SCRIPT_KEY,
      scriptKeyFile: files.get('SHOTGRAPH_SITE_SCRIPT_KEY') ?? null,
      timeoutMs: values.SHOTGRAPH_SITE_TIMEOUT_SECONDS,
      maxConnections: values.SHOTGRAPH_SITE_MAX_CONNECTIONS,
      maxCallsPerPerson: callsPerPerson(values),
      storageOrigins: values.SHOTGRAPH_SITE_STORAGE_ORIGINS,
      recheckMs: values.SHOTGRAPH_SITE_RECHECK_SECONDS,
    },
    schemaDirectory: resolve(values.SHOTGRAPH_SCHEMA_DIRECTORY),
  };
}

function identityParts(
  values: SettingValues,
): Pick<Config, 'oidc' | 'bearer' | 'identity' | 'store' | 'session'> {
  return {
    oidc: {
      issuer: values.SHOTGRAPH_OIDC_ISSUER,
      clientId: values.SHOTGRAPH_OIDC_CLIENT_ID,
      clientSecret: values.SHOTGRAPH_OIDC_CLIENT_SECRET,
      clientMethod: values.SHOTGRAPH_OIDC_CLIENT_AUTHENTICATION,
      clientKey: values.SHOTGRAPH_OIDC_CLIENT_KEY,
      par: values.SHOTGRAPH_OIDC_PAR,
      parameters: values.SHOTGRAPH_OIDC_PARAMETERS,
      scope: values.SHOTGRAPH_OIDC_SCOPE,
      timeoutMs: values.SHOTGRAPH_OIDC_TIMEOUT_SECONDS,
      awayMs: values.SHOTGRAPH_OIDC_AWAY_SECONDS,
      strength: {
        acrValues: values.SHOTGRAPH_OIDC_ACR_VALUES,
        maxAgeMs: values.SHOTGRAPH_OIDC_MAX_AGE_SECONDS,
      },
    },
    bearer:
      values.SHOTGRAPH_BEARER_AUDIENCE === null
        ? null
        : { audience: values.SHOTGRAPH_BEARER_AUDIENCE, scopes: values.SHOTGRAPH_BEARER_SCOPE },
    identity: {
      claim: values.SHOTGRAPH_IDENTITY_CLAIM,
      field: values.SHOTGRAPH_IDENTITY_FIELD,
      rewrite: values.SHOTGRAPH_IDENTITY_REWRITE,
      letterCase: values.SHOTGRAPH_IDENTITY_CASE,
      emailVerified: values.SHOTGRAPH_IDENTITY_EMAIL_VERIFIED,
      acting: {
        byDefault: values.SHOTGRAPH_ACTING_POLICY,
        byRole: values.SHOTGRAPH_ACTING_POLICY_BY_ROLE,
      },
    },
    store: {
      url: values.SHOTGRAPH_STORE_URL,
      encryptionKeys: values.SHOTGRAPH_ENCRYPTION_KEYS,
      maxLaunchBytes: values.SHOTGRAPH_LAUNCH_MEMORY_MIB * MIB,
    },
    session: {
      idleMs: values.SHOTGRAPH_SESSION_IDLE_SECONDS,
      absoluteMs: values.SHOTGRAPH_SESSION_MAX_SECONDS,
      overlayIdleMs: values.SHOTGRAPH_OVERLAY_IDLE_SECONDS,
      maxPerPerson: values.SHOTGRAPH_SESSIONS_PER_PERSON,
      loginsPerMinute: values.SHOTGRAPH_LOGINS_PER_MINUTE,
    },
  };
}

function launchPart(values: SettingValues): Config['launch'] {
  return {
    maxAgeMs: values.SHOTGRAPH_AMI_MAX_AGE_SECONDS,
    clockSkewMs: values.SHOTGRAPH_AMI_CLOCK_SKEW_SECONDS,
    maxBodyBytes: values.SHOTGRAPH_AMI_MAX_BYTES,
    maxIds: values.SHOTGRAPH_AMI_MAX_IDS,
    siteHosts: siteHostsOf(values),
    claimTtlMs: values.SHOTGRAPH_LAUNCH_CLAIM_SECONDS,
    ttlMs: values.SHOTGRAPH_LAUNCH_TTL_SECONDS,
    rejectsPerSecond: values.SHOTGRAPH_AMI_REJECTS_PER_SECOND,
  };
}

/** The host names of a site: those of its URLs for us and for people, and names that only its own pages use. */
function siteHostsOf(values: SettingValues): readonly string[] {
  const urls = [values.SHOTGRAPH_SITE_URL, values.SHOTGRAPH_SITE_PUBLIC_URL ?? values.SHOTGRAPH_SITE_URL];
  const hosts = urls.map((url) => new URL(url)).flatMap(({ host, hostname }) => [host, hostname]);
  return [...new Set([...hosts, ...values.SHOTGRAPH_SITE_HOSTS])];
}

function graphqlPart(values: SettingValues): Config['graphql'] {
  const isDevelopment = values.SHOTGRAPH_ENVIRONMENT === 'development';
  return {
    explorer: isDevelopment,
    ...documentPart(values, isDevelopment),
    requestsPerMinute: values.SHOTGRAPH_GRAPHQL_REQUESTS_PER_MINUTE,
    costPerMinute: values.SHOTGRAPH_GRAPHQL_COST_PER_MINUTE,
    timeoutMs: values.SHOTGRAPH_GRAPHQL_TIMEOUT_SECONDS,
    plan: planPart(values, isDevelopment),
  };
}

/** What a document may be. */
export const documentPart = (values: ValuesOf<typeof DOCUMENT_SETTINGS>, isDevelopment: boolean) => ({
  introspection: isOn(values.SHOTGRAPH_GRAPHQL_INTROSPECTION, isDevelopment),
  maxDepth: values.SHOTGRAPH_GRAPHQL_MAX_DEPTH,
  maxAliases: values.SHOTGRAPH_GRAPHQL_MAX_ALIASES,
  maxTokens: values.SHOTGRAPH_GRAPHQL_MAX_TOKENS,
  maxRootFields: values.SHOTGRAPH_GRAPHQL_MAX_ROOT_FIELDS,
  maxFirst: values.SHOTGRAPH_GRAPHQL_MAX_FIRST,
  maxBatch: values.SHOTGRAPH_GRAPHQL_MAX_BATCH,
});

/** The settings of read plans. */
export const planPart = (
  values: ValuesOf<typeof PLAN_SETTINGS>,
  isDevelopment: boolean,
): Config['graphql']['plan'] => ({
  paths: values.SHOTGRAPH_PLAN_PATHS,
  beside: values.SHOTGRAPH_PLAN_BESIDE,
  besideParents: values.SHOTGRAPH_PLAN_BESIDE_PARENTS,
  besideLevels: values.SHOTGRAPH_PLAN_BESIDE_LEVELS,
  besideRows: values.SHOTGRAPH_PLAN_BESIDE_ROWS,
  maxSearches: values.SHOTGRAPH_PLAN_MAX_SEARCHES,
  maxSearchesByRole: values.SHOTGRAPH_PLAN_MAX_SEARCHES_BY_ROLE,
  shown: isOn(values.SHOTGRAPH_PLAN_SHOWN, isDevelopment),
  shownTo: values.SHOTGRAPH_PLAN_SHOWN_TO.map((role) => role.toLowerCase()),
});
