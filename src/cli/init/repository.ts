import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { type Environment, findSecret, SETTINGS_FILE } from '../../config/environment.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import { type Answers, DEMO_AMI_SECRET } from './answers.ts';
import { environmentFor } from './interview.ts';
import { packageFile, scriptsFor } from './package-file.ts';
import { assertSameSettings, settingsText } from './settings-file.ts';
import { shownFields } from './site-snapshot.ts';
import { fillTemplate, readTemplate } from './templates.ts';
import { type RepositoryFile, textBefore } from './write-files.ts';
import { appOf, composeYaml, EXTENSION, secretVariable, shotgraphYaml } from './yaml-files.ts';

/** What a repository is made from. */
export interface Plan {
  readonly folder: string;
  readonly answers: Answers;
  readonly environment: Environment;
  readonly isDemo: boolean;
  /** Undefined where the schema could not be read. */
  readonly exposed: ExposedSchema | undefined;
}

export interface Repository {
  readonly files: readonly RepositoryFile[];
  /** The app that Vite builds. */
  readonly viteApp: string | null;
}

const OWNER_ONLY = 0o600;
const KEY_BYTES = 32;

/** Every file of the repository, in the order in which they are written: first what keeps secrets out of git. */
export async function repositoryOf(plan: Plan): Promise<Repository> {
  const { folder, answers } = plan;
  const app = appOf(answers);
  const viteApp = answers.frontEnd === 'vite' ? app : null;
  const values = { ...answers, app: app ?? '' };
  const packed = await packageFile(folder, scriptsFor(viteApp), nameOf(folder));
  const compose = composeYaml(await readTemplate('repository/compose.yml'), answers);
  return {
    viteApp,
    files: [
      await ignored(folder, 'gitignore'),
      await settings(plan, secretOf(plan)),
      { path: 'shotgraph.yml', text: shotgraphYaml(answers) },
      ...(await frontEnd(plan, app)),
      await copied('connectors/storage.mjs'),
      await copied('connectors/storage.test.mjs'),
      await copied('extensions/greeting.mts'),
      await copied('extensions/tsconfig.json'),
      { path: EXTENSION, text: await readTemplate('compiled/greeting.mjs') },
      await copied('Dockerfile'),
      await ignored(folder, 'dockerignore'),
      { path: 'compose.yml', text: compose },
      { path: 'README.md', text: await fillTemplate('repository/README.md.eta', values) },
      ...(packed.added.length === 0
        ? []
        : [
            {
              path: 'package.json',
              text: packed.text,
              before: packed.before,
              adds: `the scripts ${packed.added.join(', ')}`,
            },
          ]),
    ],
  };
}

/** A name that npm takes. */
const nameOf = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .split(/[^a-z0-9]+/u)
    .filter((part) => part !== '')
    .join('-') || 'studio-tools';

const copied = async (path: string): Promise<RepositoryFile> => ({
  path,
  text: await readTemplate(`repository/${path}`),
});

/** The secret of the menu item: of an earlier run, of the demo, or made here. */
function secretOf({ answers, environment, isDemo }: Plan): string {
  const { text } = findSecret(environment, secretVariable(answers.item));
  // A secret that everybody can read is for no other site, whatever .env names.
  const isInABox = isDemo && environmentFor(answers.site) === 'development';
  return text ?? (isInABox ? DEMO_AMI_SECRET : randomBytes(KEY_BYTES).toString('base64url'));
}

/** What keeps secrets out of git, and out of the image: a file of the person gets the lines that it lacks. */
async function ignored(folder: string, name: 'gitignore' | 'dockerignore'): Promise<RepositoryFile> {
  const path = `.${name}`;
  const found = await textBefore(folder, path);
  const before = found ?? '';
  const lines = (await readTemplate(`repository/${name}`)).split('\n').filter((line) => line !== '');
  const there = new Set(before.split(/\r?\n/u).map((line) => line.trim()));
  const missing = lines.filter((line) => !there.has(line));
  const isOpen = before !== '' && !before.endsWith('\n');
  const text = `${before}${isOpen ? '\n' : ''}${missing.map((line) => `${line}\n`).join('')}`;
  return { path, text, before: found, ...(missing.length > 0 && { adds: missing.join(', ') }) };
}

const settingsTried = (answers: Answers): Readonly<Record<string, string>> => ({
  SHOTGRAPH_PUBLIC_URL: answers.publicUrl,
  SHOTGRAPH_SITE_URL: answers.site,
  SHOTGRAPH_SITE_SCRIPT_NAME: answers.script,
  SHOTGRAPH_SITE_SCRIPT_KEY: answers.scriptKey,
  SHOTGRAPH_OIDC_ISSUER: answers.issuer,
  SHOTGRAPH_OIDC_CLIENT_ID: answers.client,
  SHOTGRAPH_OIDC_CLIENT_SECRET: answers.clientSecret,
});

async function settings(plan: Plan, amiSecret: string): Promise<RepositoryFile> {
  const { answers, environment, isDemo, folder } = plan;
  const { hostname, port } = new URL(answers.publicUrl);
  const kind = environmentFor(answers.publicUrl);
  const { text: key } = findSecret(environment, 'SHOTGRAPH_ENCRYPTION_KEYS');
  const before = await textBefore(folder, SETTINGS_FILE);
  assertSameSettings(before ?? '', settingsTried(answers));
  const { text, added } = settingsText(before ?? '', {
    SHOTGRAPH_ENVIRONMENT: kind,
    ...settingsTried(answers),
    ...(kind === 'development' && port !== '' && { SHOTGRAPH_PORT: port }),
    SHOTGRAPH_ENCRYPTION_KEYS: key ?? randomBytes(KEY_BYTES).toString('base64'),
    [secretVariable(answers.item)]: amiSecret,
    // People open the site in the box under either name.
    ...(isDemo &&
      hostname === 'localhost' && { SHOTGRAPH_SITE_HOSTS: `localhost:${new URL(answers.site).port}` }),
  });
  return {
    ...{ path: SETTINGS_FILE, text, before, mode: OWNER_ONLY },
    ...(added.length > 0 && { adds: added.join(', ') }),
  };
}

/** A small page that shows the selection; none where the item opens a front end elsewhere. */
async function frontEnd({ answers, exposed }: Plan, app: string | null): Promise<readonly RepositoryFile[]> {
  if (app === null) return [];
  const { title, type, frontEnd: kind } = answers;
  const fields = shownFields(exposed, type);
  const query = { fields, graphqlType: exposed?.types.get(type)?.graphqlName ?? type };
  const [folder, scripts] =
    kind === 'vite' ? [`apps/${app}`, `apps/${app}/src`] : [`apps/${app}`, `apps/${app}`];
  const own = kind === 'vite' ? ['vite.config.mjs', 'src/main.jsx', 'src/selection.jsx'] : ['tool.js'];
  return [
    { path: `${folder}/index.html`, text: await fillTemplate(`${kind}/index.html.eta`, { title }) },
    { path: `${scripts}/query.js`, text: await fillTemplate('front-end/query.js.eta', query) },
    { path: `${scripts}/ask.js`, text: await readTemplate('front-end/ask.js') },
    { path: `${scripts}/style.css`, text: await readTemplate('front-end/style.css') },
    ...(await Promise.all(
      own.map(async (file) => ({ path: `${folder}/${file}`, text: await readTemplate(`${kind}/${file}`) })),
    )),
  ];
}
