import type { Config } from '../../src/config/config.ts';
import { PLAN } from './plan-settings.ts';

export const AMI_SECRET = 'canary-ami-secret-0123456789';

/** The front end `review`, whose pages have no further rights. */
export const plainApp = (directory: string): Config['apps'][number] => ({
  name: 'review',
  directory,
  pages: { connect: [], wasm: false, workers: false, framedBy: [] },
});

/**
 * Settings of a server under test, with secrets that tests look for. Its deadlines are longer than a busy machine needs: a test of
 * silence says `impatient`.
 */
export function testConfig(port: number, issuer: string): Config {
  return {
    environment: 'development',
    logLevel: 'debug',
    http: {
      host: '127.0.0.1',
      port,
      publicUrl: `http://localhost:${port}`,
      metricsPort: 0,
      trustedProxies: [],
      corsHeaders: [],
      requestTimeoutMs: 20_000,
      stopDelayMs: 0,
      stopTimeoutMs: 2000,
    },
    site: {
      url: 'http://127.0.0.1:9',
      publicUrl: 'http://127.0.0.1:9',
      scriptName: 'shotgraph',
      scriptKey: 'canary-script-key',
      scriptKeyFile: null,
      timeoutMs: 10_000,
      maxConnections: 2,
      maxCallsPerPerson: 2,
      storageOrigins: [],
      recheckMs: 300_000,
    },
    oidc: {
      issuer,
      clientId: 'shotgraph',
      clientSecret: 'canary-client-secret',
      clientMethod: 'auto',
      clientKey: null,
      par: 'auto',
      parameters: {},
      scope: 'openid profile email',
      timeoutMs: 10_000,
      awayMs: 3_600_000,
      strength: { acrValues: [], maxAgeMs: null },
    },
    bearer: null,
    identity: {
      claim: 'preferred_username',
      field: 'login',
      rewrite: null,
      letterCase: 'exact',
      emailVerified: 'required',
      acting: { byDefault: 'deny', byRole: new Map() },
    },
    store: { url: 'memory:', encryptionKeys: [new Uint8Array(32).fill(7)], maxLaunchBytes: 2 ** 27 },
    session: {
      idleMs: 3_600_000,
      absoluteMs: 28_800_000,
      overlayIdleMs: 1_800_000,
      maxPerPerson: 3,
      loginsPerMinute: 600,
    },
    launch: {
      maxAgeMs: 60_000,
      clockSkewMs: 10_000,
      maxBodyBytes: 400_000,
      maxIds: 50_000,
      siteHosts: ['studio.example.com'],
      claimTtlMs: 600_000,
      ttlMs: 43_200_000,
      rejectsPerSecond: 400,
    },
    upload: { maxBytes: 1e9, partBytes: 5 * 1024 * 1024, ttlMs: 3_600_000, maxStreams: 2, streamMs: 60_000 },
    graphql: {
      introspection: true,
      explorer: true,
      maxDepth: 10,
      maxAliases: 20,
      maxTokens: 1000,
      maxRootFields: 20,
      maxFirst: 500,
      maxBatch: 200,
      requestsPerMinute: 600,
      costPerMinute: 6000,
      timeoutMs: 30_000,
      plan: PLAN,
    },
    auditDestination: 'off',
    schemaDirectory: '/nonexistent',
    amis: [
      {
        name: 'review',
        secrets: [AMI_SECRET],
        entityTypes: ['Version'],
        overlay: false,
        unsignedLightPayload: false,
        withoutRows: false,
        first: [],
        opens: '/apps/review/',
      },
    ],
    apps: [plainApp('/nonexistent')],
    asking: { documents: 'any', tools: [] },
    frontEndOrigins: [],
    systems: [],
    extensions: [],
    reportsSchemaDrift: false,
  };
}

/** A server that waits half a second for its provider, and two for a request to arrive. */
export const impatient = (config: Config): Config => ({
  ...config,
  http: { ...config.http, requestTimeoutMs: 2000 },
  oidc: { ...config.oidc, timeoutMs: 500 },
});
