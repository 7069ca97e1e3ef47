import { InvalidArgumentError, Option } from 'commander';
import type { IdpApi } from '../idp/clients.ts';
import { loadPeople } from '../idp/load-people.ts';
import { startIdp } from '../idp/start.ts';
import { APIS, clientAt, USUAL } from '../usual.ts';
import type { AddCommand, Running, Surroundings } from './surroundings.ts';
import { listOption, portOption, urlOption } from './values.ts';

interface IdpValues {
  readonly port: number;
  readonly host: string;
  readonly publicUrl?: string;
  readonly server: string;
  readonly redirect: readonly string[];
  readonly users?: string;
  readonly api: readonly IdpApi[];
}

const EXAMPLES = `
Examples:
  For a Shotgraph at ${USUAL.serverUrl}.
    shotgrid-studio idp
  With people of your own, for a tool at another address.
    shotgrid-studio idp --users people.json --redirect http://localhost:3000/callback

Its client is ${USUAL.clientId} with the secret ${USUAL.clientSecret}, or that of STUDIO_CLIENT_SECRET.`;

/** `shotgrid-studio idp`: the OpenID Connect provider. */
export const idpCommand: AddCommand = (root, surroundings, run) => {
  root
    .command('idp')
    .description('an OpenID Connect provider with a sign-in page')
    .addOption(portOption('--port <N>', 'where it listens; 0 takes a free one').default(USUAL.ports.idp))
    .addOption(
      new Option(
        '--host <ADDRESS>',
        'where it listens; anybody can sign in as anybody, so keep it where it is',
      ).default('127.0.0.1'),
    )
    .addOption(urlOption('--public-url <URL>', 'its address behind a proxy with TLS: the issuer'))
    .addOption(
      urlOption(
        '--server <URL>',
        'the Shotgraph that people sign in at: redirect and logout addresses follow',
      ).default(USUAL.serverUrl),
    )
    .addOption(
      listOption('--redirect <URL>', 'a further redirect address; may be repeated').default([], 'none'),
    )
    .addOption(
      new Option('--users <FILE>', 'who can sign in: [{"login": "mira", "name": ..., "email": ...}]'),
    )
    .addOption(
      new Option('--api <AUDIENCE=SCOPE>', 'a system whose tokens it gives by exchange; may be repeated')
        .argParser(apiOf)
        .default(Object.values(APIS), 'the farm, the time sheets and the storage of the demo'),
    )
    .addHelpText('after', EXAMPLES)
    .action((values: IdpValues) => run(start(values, surroundings)));
};

function apiOf(text: string, before: readonly IdpApi[]): readonly IdpApi[] {
  const at = text.lastIndexOf('=');
  const api = { audience: text.slice(0, at), scope: text.slice(at + 1) };
  if (at < 1 || api.scope === '' || !URL.canParse(api.audience))
    throw new InvalidArgumentError('It takes an address and a scope, such as https://farm.example=jobs.');
  const isDefault = before.some((known) => known === APIS.farm);
  return isDefault ? [api] : [...before, api];
}

async function start(values: IdpValues, { environment }: Surroundings): Promise<Running> {
  const { port, host, publicUrl, server, redirect, users, api } = values;
  const client = clientAt(server);
  const idp = await startIdp({
    ...{ port, host, apis: api },
    ...(publicUrl !== undefined && { publicUrl }),
    ...(users !== undefined && { people: await loadPeople(users) }),
    clients: [
      {
        ...client,
        clientSecret: environment['STUDIO_CLIENT_SECRET'] || client.clientSecret,
        redirectUris: [...client.redirectUris, ...redirect],
      },
    ],
  });
  return {
    told: `The identity provider is ready: issuer ${idp.issuer}, client ${client.clientId}, redirect ${[...client.redirectUris, ...redirect].join(', ')}`,
    close: () => idp.close(),
  };
}
