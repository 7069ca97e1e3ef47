import { z } from 'zod';
import { fileNameOf } from './environment.ts';
import { LISTS } from './lists-shape.ts';
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

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);

/** A table of a page in Markdown. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** Stands for a variable in any text of `shotgraph.yml`. */
const VARIABLE = { type: 'string', pattern: '\\$\\{[A-Z][A-Z0-9_]*\\}' } as const;
const BOUNDS = ['pattern', 'format', 'minLength'] as const;

/** schema/shotgraph.schema.json: what editors complete and check `shotgraph.yml` with. */
export function renderListsSchema(): string {
  const schema = z.toJSONSchema(LISTS, {
    io: 'input',
    // The latest that editors for YAML read.
    target: 'draft-7',
    override({ jsonSchema, path }) {
      const bounds = Object.fromEntries(
        BOUNDS.filter((bound) => jsonSchema[bound] !== undefined).map((bound) => [bound, jsonSchema[bound]]),
      );
      if (Object.keys(bounds).length === 0 || path.includes('propertyNames')) return;
      for (const name of ['type', ...BOUNDS]) Reflect.deleteProperty(jsonSchema, name);
      // The other formats are zod's own names for a pattern.
      if (bounds['format'] !== 'uri') delete bounds['format'];
      jsonSchema.anyOf = [{ type: 'string', ...bounds }, VARIABLE];
    },
  });
  return `${JSON.stringify({ title: 'shotgraph.yml', $comment: GENERATED, ...schema }, null, 2)}\n`;
}
