import { HeaderMap } from '@apollo/server';
import { systemClock } from './base/clock.ts';
import { parseLogin, parseSubject } from './base/ids.ts';
import { createLogger } from './base/logger.ts';
import { loadConfig } from './config/load-config.ts';
import { createGraphql } from './graphql/graphql.ts';
import type { Principal } from './identity/person/principal.ts';
import { createWorkshop } from './query/work.ts';
import { createShotgun } from './shotgun/create-shotgun.ts';
import { withTolerances } from './shotgun/site-tolerances.ts';
import { createUploadStorage } from './shotgun/upload-storage.ts';
import { loadSite } from './site/load-site.ts';
import { createMemoryStore } from './store/memory-store.ts';
import { createVault } from './store/vault.ts';
import { loadSystemParts } from './systems/load-system-parts.ts';
import { createSystemTokens } from './systems/system-tokens.ts';
import { createSystems } from './systems/systems.ts';
import { createUploads } from './upload/uploads.ts';

/** Who asks. Nobody checks it. */
export interface BelievedPerson {
  readonly login: string;
  /** What other systems get as the person's token. */
  readonly accessToken: string;
}

export interface Graph {
  /** @returns the answer's text, as it would be sent */
  ask(query: string, variables: Readonly<Record<string, unknown>>, person: BelievedPerson): Promise<string>;
  close(): Promise<void>;
}

/**
 * The whole graph of these settings without sign-in: the caller is believed. No command and no route opens it. The kit of
 * `shotgrid-studio` finds this file and this function by their names, which are no part of the public API.
 */
export async function openGraph(environment: Readonly<Record<string, string>>): Promise<Graph> {
  const config = await loadConfig(environment);
  const { site, schemaDirectory, graphql: settings, systems, extensions, store } = config;
  const clock = systemClock;
  const logger = createLogger({ level: 'silent' });
  const { exposed } = await loadSite(schemaDirectory);
  const parts = await loadSystemParts({ systems, extensions });
  const shotgun = createShotgun({ settings: withTolerances(site, exposed.facts), clock, logger });
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
      return body.kind === 'complete' ? body.string : '{}';
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
