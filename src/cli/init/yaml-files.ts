import { Document, parseDocument } from 'yaml';
import { z } from 'zod';
import { UsageError } from '../command.ts';
import type { Answers } from './answers.ts';

type ItemAnswers = Readonly<Pick<Answers, 'item' | 'type' | 'opens' | 'frontEnd'>>;

/** The folder of the front end that the item opens; null where that is elsewhere. */
export function appOf({ opens }: Pick<Answers, 'opens'>): string | null {
  return /^\/apps\/([a-z][a-z0-9-]*)\//u.exec(opens)?.[1] ?? null;
}

/** The variable that holds the secret token of a menu item. */
export const secretVariable = (item: string): string =>
  `SHOTGRAPH_AMI_SECRET_${item.toUpperCase().replaceAll('-', '_')}`;

export const EXTENSION = 'dist/extensions/greeting.mjs';

/** What `shotgraph.yml` holds for the first menu item. */
export function yamlContent({ item, type, opens, frontEnd }: ItemAnswers) {
  const app = appOf({ opens });
  const directory = frontEnd === 'vite' ? `apps/${app}/dist` : `apps/${app}`;
  const served = app === null ? { [item]: { origin: originOf(opens) } } : { [app]: { directory } };
  return {
    amis: { [item]: { secrets: [`\${${secretVariable(item)}}`], entityTypes: [type], opens } },
    apps: served,
    extensions: [EXTENSION],
  };
}

const originOf = (address: string): string => (URL.canParse(address) ? new URL(address).origin : address);

const LANGUAGE_SERVER = ' yaml-language-server: $schema=node_modules/shotgraph/schema/shotgraph.schema.json';
const SYSTEMS = [
  '',
  ' Another system of the studio: see connectors/storage.mjs. Take the # away once its address is right.',
  ' systems:',
  '   storage:',
  '     connector: connectors/storage.mjs',
  '     baseUrl: https://storage.studio.example/api',
  '     token: { way: token-exchange, audience: https://storage.studio.example }',
].join('\n');

/** The text of `shotgraph.yml`. */
export function shotgraphYaml(answers: ItemAnswers): string {
  const document = new Document(yamlContent(answers));
  document.commentBefore = LANGUAGE_SERVER;
  document.comment = SYSTEMS;
  return document.toString({ lineWidth: 0 });
}

/** Compose replaces variables in every text; a dollar of ours stays one. */
const literal = (text: string): string => text.replaceAll('$', '$$$$');

/** The text of `compose.yml`: the server, and a Redis that keeps what it has on disk. */
export function composeYaml(template: string, answers: Answers): string {
  const document = parseDocument(template);
  const { site, script, issuer, client, item } = answers;
  const secret = `ami_secret_${item.replaceAll('-', '_')}`;
  const settings = {
    SHOTGRAPH_SITE_URL: literal(site),
    SHOTGRAPH_SITE_SCRIPT_NAME: literal(script),
    SHOTGRAPH_OIDC_ISSUER: literal(issuer),
    SHOTGRAPH_OIDC_CLIENT_ID: literal(client),
    [`${secretVariable(item)}_FILE`]: `/run/secrets/${secret}`,
  };
  for (const [name, value] of Object.entries(settings)) {
    document.setIn(['services', 'shotgraph', 'environment', name], value);
  }
  document.addIn(['services', 'shotgraph', 'secrets'], secret);
  document.setIn(['secrets', secret, 'file'], `./secrets/${secret}`);
  return document.toString({ lineWidth: 0 });
}

const ITEMS = z.object({ amis: z.record(z.string(), z.unknown()) });
const EARLIER = z.object({
  amis: z.record(z.string(), z.object({ entityTypes: z.array(z.string()).default([]), opens: z.string() })),
  apps: z.record(z.string(), z.object({ directory: z.string().default('') })).default({}),
});

/** The answers that stand in a `shotgraph.yml` of an earlier run. */
export function earlierAnswers(text: string): Partial<Answers> {
  const { data } = EARLIER.safeParse(parseDocument(text).toJS());
  const [[item, { entityTypes, opens }] = [undefined, { entityTypes: [], opens: '' }]] = Object.entries(
    data?.amis ?? {},
  );
  if (item === undefined) return {};
  const [type] = entityTypes;
  const directory = data?.apps[appOf({ opens }) ?? '']?.directory ?? '';
  const frontEnd = directory.endsWith('/dist') ? 'vite' : 'plain';
  return { item, opens, frontEnd, ...(type !== undefined && { type }) };
}

/** @throws UsageError if a `shotgraph.yml` that stays as it is does not have the menu item */
export function assertHasItem(text: string, item: string): void {
  const { data } = ITEMS.safeParse(parseDocument(text).toJS());
  const items = Object.keys(data?.amis ?? {});
  if (items.includes(item)) return;
  throw new UsageError(
    `shotgraph.yml is there, stays as it is, and has no menu item "${item}". Add it there first${items.length === 0 ? '' : `, or choose one that is there: ${items.join(', ')}`}.`,
  );
}
