import { atTheShell } from '../shotgun/script/doors.ts';
import { systemClock } from '../base/clock.ts';
import { toAppError } from '../base/errors.ts';
import { createLogger } from '../base/logger.ts';
import { loadConfig } from '../config/load-config.ts';
import { type Prospect, prospectsOf } from '../identity/person/roll-out.ts';
import { createDirectory, type Described } from '../shotgun/script/directory.ts';
import { command, type Terminal } from './command.ts';

const FORMATS = ['table', 'csv', 'json'] as const;
const COLUMNS = ['login', 'id', 'name', 'email', 'role', 'way', 'reason'] as const;
type Row = Readonly<Record<(typeof COLUMNS)[number], string>>;

export const people = command({
  name: 'people',
  summary: 'lists the people whom the settings would refuse, with the reason, before they sign in',
  options: {
    all: { meaning: 'also lists the people who can work' },
    format: { takes: 'FORMAT', meaning: 'how they are printed', choices: FORMATS, byDefault: 'table' },
    json: { meaning: 'the same as --format json' },
  },
  examples: [
    { line: 'people', does: 'The people who could not work, each with the reason.' },
    { line: 'people --all --format csv > people.csv', does: 'Everybody, for a spreadsheet.' },
  ],
  async run({ options, environment }, terminal) {
    const format = options.json ? 'json' : (FORMATS.find((known) => known === options.format) ?? 'table');
    const { site: settings, identity } = await loadConfig(environment());
    const directory = createDirectory({
      settings,
      clock: systemClock,
      logger: createLogger({ level: 'error' }),
      onScriptRead: atTheShell,
    });
    const everybody: Described[] = [];
    try {
      for await (const person of directory.everybody()) everybody.push(person);
    } catch (error) {
      const { code, message } = toAppError(error);
      terminal.printError(
        `ShotGrid could not be asked (${code}): ${message} "npx --no-install shotgraph doctor" says more.`,
      );
      return 1;
    } finally {
      await directory.close();
    }
    const prospects = prospectsOf(everybody, identity);
    print(terminal, format, options.all ? prospects : prospects.filter(({ way }) => way === 'refused'));
    if (format === 'table') terminal.print(summaryOf(prospects));
    return 0;
  },
});

function print(terminal: Terminal, format: (typeof FORMATS)[number], shown: readonly Prospect[]): void {
  const rows = shown.map(rowOf);
  if (format === 'json') terminal.print(escaped(JSON.stringify(rows, null, 2)));
  else if (format === 'csv') terminal.print([COLUMNS.join(','), ...rows.map(csvLine)].join('\n'));
  else if (rows.length > 0) terminal.print(tableOf(rows));
}

/** The same JSON, without characters that could control a terminal. JSON itself escapes only some of them. */
const escaped = (json: string): string =>
  json.replaceAll(/[^\P{C}\n]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  );

const rowOf = ({ person, way, reason }: Prospect): Row => ({
  login: person.login,
  id: String(person.id),
  name: person.name,
  email: person.email ?? '',
  role: person.permissionRole ?? '',
  way,
  reason: reason ?? '',
});

const csvLine = (row: Row): string => COLUMNS.map((column) => csvCell(row[column])).join(',');

/** RFC 4180. A name that a spreadsheet would treat as a formula becomes a text. */
const csvCell = (text: string): string =>
  `"${(/^[=+\-@\t\r]/u.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

/** A self-chosen name must not control the terminal that shows it. */
const harmless = (row: Row): Row =>
  Object.fromEntries(COLUMNS.map((column) => [column, row[column].replaceAll(/\p{C}/gu, '?')])) as Row;

function tableOf(rows: readonly Row[]): string {
  const head = Object.fromEntries(COLUMNS.map((column) => [column, column.toUpperCase()])) as Row;
  const all = [head, ...rows.map(harmless)];
  const widths = COLUMNS.map((column) => Math.max(...all.map((row) => row[column].length)));
  return all
    .map((row) =>
      COLUMNS.map((column, index) => row[column].padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function summaryOf(prospects: readonly Prospect[]): string {
  const count = (way: Prospect['way']): number => prospects.filter((prospect) => prospect.way === way).length;
  return `${prospects.length} people: ${count('sudo')} by sudo, ${count('own')} by their own account, ${count('refused')} refused.`;
}
