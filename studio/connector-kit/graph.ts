import { HeaderMap } from '@apollo/server';
import { systemClock } from '../../src/base/clock.ts';
import { parseLogin, parseSubject } from '../../src/base/ids.ts';
import { createLogger } from '../../src/base/logger.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { createGraphql } from '../../src/graphql/graphql.ts';
import type { Principal } from '../../src/identity/person/principal.ts';
import { createWorkshop } from '../../src/query/work.ts';
import { createShotgun } from '../../src/shotgun/create-shotgun.ts';
import { createUploadStorage } from '../../src/shotgun/upload-storage.ts';
import { exposeSchema } from '../../src/site/expose.ts';
import { loadExposure } from '../../src/site/exposure.ts';
import { loadSiteSchema } from '../../src/site/load-site-schema.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { createVault } from '../../src/store/vault.ts';
import { loadSystemParts } from '../../src/systems/load-system-parts.ts';
import { createSystemTokens } from '../../src/systems/system-tokens.ts';
import { createSystems } from '../../src/systems/systems.ts';
import { createUploads } from '../../src/upload/uploads.ts';
import type { KitAnswer } from './fault-check.ts';

export interface KitPerson {
  readonly login: string;
  /** What the systems get as the person's token. */
  readonly accessToken: string;
}

export interface Graph {
  ask(query: string, variables: Readonly<Record<string, unknown>>, person: KitPerson): Promise<KitAnswer>;
  close(): Promise<void>;
}

/** The whole graph of these settings without sign-in: the caller is believed. */
export async function openGraph(environment: Readonly<Record<string, string>>): Promise<Graph> {
  const config = await loadConfig(environment);
  const { site, schemaDirectory, graphql: settings, systems, extensions, store } = config;
  const clock = systemClock;
  const logger = createLogger({ level: 'silent' });
  const exposed = exposeSchema(await loadSiteSchema(schemaDirectory), await loadExposure(schemaDirectory));
  const parts = await loadSystemParts({ systems, extensions });
  const shotgun = createShotgun({ settings: site, clock, logger });
  const storage = createUploadStorage(site);
  const vault = createVault(createMemoryStore(clock), store.encryptionKeys, { place: 'connector-kit' });
  const noGrants = () => Promise.reject(new Error('The kit has no identity provider.'));
  const grants = { exchange: noGrants, onBehalfOf: noGrants, clientCredentials: noGrants };
  const workFor = createWorkshop({ shotgun, exposed, plan: settings.plan });
  const part = await createGraphql({
    ...{
      exposed,
      parts,
      settings,
      logger,
      siteUrl: site.publicUrl,
      publicUrl: config.http.publicUrl,
      environment: config.environment,
    },
    audit: { record: () => undefined },
    systemsFor: createSystems(systems, createSystemTokens({ grants, clock, issuer: config.http.publicUrl })),
    uploads: createUploads({ vault, storage, settings: config.upload, logger }),
    launches: { read: async () => undefined },
    workFor: ({ login }, options) => workFor(login, options),
  });
  let asked = 0;
  return {
    async ask(query, variables, { login, accessToken }) {
      asked += 1;
      const requestId = `kit-${asked}`;
      const { body } = await part.server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: 'POST',
          headers: new HeaderMap([['content-type', 'application/json']]),
          search: '',
          body: { query, variables },
        },
        context: () =>
          part.contextFor({
            ...{ principal: principalOf(login), launchId: undefined, by: 'session', requestId },
            credentials: { key: login, accessToken: async () => accessToken },
            signal: new AbortController().signal,
          }),
      });
      const answer = JSON.parse(body.kind === 'complete' ? body.string : '{}') as Partial<KitAnswer>;
      return { data: answer.data as unknown, errors: answer.errors ?? [] };
    },
    async close() {
      await part.stop();
      await Promise.all([shotgun.close(), storage.close()]);
    },
  };
}

function principalOf(name: string): Principal {
  const [login, subject] = [parseLogin(name), parseSubject(name)];
  if (login === undefined || subject === undefined) throw new Error(`"${name}" is no login.`);
  return {
    issuer: 'https://idp.example',
    ...{ subject, login, displayName: name, email: null, permissionRole: null },
    person: { type: 'HumanUser', id: 0, name },
    acting: { way: 'sudo' },
  };
}
