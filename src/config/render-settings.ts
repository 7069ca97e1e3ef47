import { fileNameOf } from './environment.ts';
import type { Setting } from './setting-types.ts';
import { SETTINGS } from './settings.ts';

const GENERATED = 'Made from the table in src/config by `npm run fix:emitted`; change it there.';

/** docs/settings.md: every setting with its default, an example and what it does. */
export function renderSettingsPage(): string {
  const lines = [
    '# Settings',
    '',
    `${GENERATED} Menu items, front ends and other systems are in \`shotgraph.yml\`: see configuration.md.`,
    'A secret is set by its variable, or it is in a file whose path is set as `NAME_FILE`.',
  ];
  let group = '';
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    if (setting.group !== group) {
      group = setting.group;
      lines.push(
        '',
        `## ${group}`,
        '',
        '| Setting | Default | Example | What it does |',
        '|---|---|---|---|',
      );
    }
    lines.push(
      `| ${namesOf(name, setting)} | ${defaultOf(setting)} | ${cell(`\`${setting.example}\``)} | ${cell(setting.description)} |`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** .env.example: every setting; required ones with their example, the others commented out with their default. */
export function renderEnvironmentExample(): string {
  const lines = [`# ${GENERATED}`];
  let group = '';
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    if (setting.group !== group) {
      group = setting.group;
      lines.push('', `## ${group}`);
    }
    lines.push(`# ${setting.description}`);
    lines.push(
      setting.fallback === undefined ? `${name}=${setting.example}` : `# ${name}=${setting.fallback}`,
    );
    if (setting.secret === true) lines.push(`# ${fileNameOf(name)}=`);
  }
  return `${lines.join('\n')}\n`;
}

const namesOf = (name: string, { secret }: Setting): string =>
  secret === true ? `\`${name}\` or \`${fileNameOf(name)}\`` : `\`${name}\``;

function defaultOf(setting: Setting): string {
  if (setting.fallback === undefined) return 'required';
  return setting.fallback === '' ? 'empty' : `\`${setting.fallback}\``;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
