import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../rules/source-files.ts';
import type { Dataset } from '../../studio/site/ports.ts';

/** Exchanges with real sites, and the schema of a large one: where they come from is in test/fixtures/README.md. */
const FIXTURES = join(ROOT, 'test/fixtures');
export const SITE_SCHEMA = join(FIXTURES, 'site-schema');

export interface Exchange {
  readonly case: string;
  readonly step: number;
  readonly request: {
    readonly method: string;
    readonly uri: string;
    readonly contentType: string | null;
    readonly body: unknown;
  };
  readonly response: { readonly status: number; readonly body: unknown };
}

export const SCRIPT = { name: '<SCRIPT_NAME>', key: '<SCRIPT_KEY>' } as const;

const read = (path: string): unknown => JSON.parse(readFileSync(join(FIXTURES, path), 'utf8'));

export const recordedExchanges = (): readonly Exchange[] => read('recordings.json') as Exchange[];

/** The exchanges by case, in their order. The root is left out: it describes that one site. */
export function recordedCases(): ReadonlyMap<string, readonly Exchange[]> {
  const cases = new Map<string, Exchange[]>();
  for (const exchange of recordedExchanges()) {
    if (exchange.request.uri === '/api/v1') continue;
    cases.set(exchange.case, [...(cases.get(exchange.case) ?? []), exchange]);
  }
  return cases;
}

interface Link {
  readonly type: string;
  readonly id: number;
  readonly name: string;
}

interface RecordedRow {
  readonly id: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relationships: Readonly<Record<string, { readonly data: Link | readonly Link[] | null }>>;
}

type Rows = Record<string, ({ id: number } & Record<string, unknown>)[]>;

/** The recorded site: the schema that it told, the rows that it showed, and what they link to. */
export function recordedDataset(): Dataset {
  const exchanges = recordedExchanges();
  const bodyOf = (part: string): unknown =>
    exchanges.find(({ case: name }) => name.includes(part))?.response.body;
  const fields = { ...(read('site-schema/fields.json') as object), Asset: bodyOf('fields_read') };
  const shown = (bodyOf('returns_an_array_of_entities') as { data: RecordedRow[] }).data;
  const rows: Rows = {
    PermissionRuleSet: [{ id: 1, code: 'api_admin', entity_type: 'ApiUser' }],
    ApiUser: [
      {
        id: 93,
        firstname: SCRIPT.name,
        lastname: '1.0',
        salted_password: SCRIPT.key,
        permission_rule_set: { type: 'PermissionRuleSet', id: 1 },
      },
    ],
    Asset: [],
  };
  for (const row of shown) addRow(rows, row);
  return { entityTypes: read('site-schema/entity-types.json'), fields, rows };
}

const COMPUTED = /\.|^step_|^open_notes_count$|^cached_display_name$/u;

function addRow(rows: Rows, { id, attributes, relationships }: RecordedRow): void {
  const row: Rows[string][number] = { id };
  for (const [name, value] of Object.entries(attributes)) if (!COMPUTED.test(name)) row[name] = value;
  for (const [name, { data }] of Object.entries(relationships)) {
    row[name] = data;
    for (const link of data === null ? [] : [data].flat()) addTarget(rows, link);
  }
  rows['Asset']?.push(row);
}

/** A row to link to, so that its name reads as it was recorded. */
function addTarget(rows: Rows, { type, id, name }: Link): void {
  const table = (rows[type] ??= []);
  if (table.some((row) => row.id === id)) return;
  const [firstname = '', ...rest] = name.split(' ');
  const naming =
    type === 'HumanUser' ? { firstname, lastname: rest.join(' ') } : { code: name, name, content: name };
  table.push({ id, ...naming });
}

/** What cannot be equal: ids that a run gives, dates, ids of errors, and how old servers print Ruby hashes. */
export function normalised(body: unknown, ids: ReadonlyMap<number, number>): unknown {
  let text = JSON.stringify(body ?? null);
  for (const [given, recorded] of ids) {
    text = text.replaceAll(new RegExp(`(assets/|Asset/|Asset |"id":)${given}(?!\\d)`, 'gu'), `$1${recorded}`);
  }
  return JSON.parse(
    text
      .replaceAll(/"id":"[0-9a-f]{32}"/gu, '"id":"<error id>"')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/gu, '<date>')
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/gu, '<date of a create>')
      .replaceAll(' => ', '=>'),
  );
}
