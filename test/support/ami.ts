import { createHmac } from 'node:crypto';
import type { AmiConfig } from '../../src/config/config.ts';

export type AmiFields = readonly (readonly [name: string, value: string | Buffer])[];

export const AMI_SECRET = 'test_key';

const BASE = {
  user_id: '34',
  user_login: 'joe',
  entity_type: 'Version',
  selected_ids: '931,900',
  ids: '931,900,904',
  title: 'All Versions',
  page_id: '1353',
  server_hostname: 'studio.example.com',
  session_uuid: 'd8592bd6-fc41-11e1-b2c5-000c297a5f50',
  cols: 'code,sg_status_list',
  column_display_names: 'Version,Status',
  sort_column: 'code',
  sort_direction: 'asc',
  project_id: '81',
  project_name: 'Gunslinger',
  timestamp: '2026-01-15T12:00:00Z',
};

/** The fields of a menu item's post; a change adds a field, replaces it, or leaves it out where it is undefined. */
export function baseFields(changes: Readonly<Record<string, string | Buffer | undefined>> = {}): AmiFields {
  return Object.entries<string | Buffer | undefined>({ ...BASE, ...changes }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
}

/**
 * The signature as ShotGrid makes it, written without the code that is tested: over the bytes of whole lines, sorted.
 */
export function signatureFor(fields: AmiFields, secret = AMI_SECRET): string {
  const lines = fields.map(([name, value]) =>
    Buffer.concat([Buffer.from(`${name}=`), Buffer.from(value), Buffer.from('\r\n')]).toString('latin1'),
  );
  return createHmac('sha1', secret)
    .update(Buffer.from(lines.toSorted().join(''), 'latin1'))
    .digest('hex');
}

export function signed(fields: AmiFields, secret = AMI_SECRET): AmiFields {
  return [...fields, ['signature', signatureFor(fields, secret)]];
}

/** The fields as the bytes of a form post, every byte that is no letter or digit escaped. */
export function bodyOf(fields: AmiFields): Buffer {
  return Buffer.from(fields.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&'));
}

export const signedBody = (
  changes: Readonly<Record<string, string | Buffer | undefined>> = {},
  secret = AMI_SECRET,
): Buffer => bodyOf(signed(baseFields(changes), secret));

function escaped(text: string | Buffer): string {
  return Buffer.from(text)
    .toString('latin1')
    .replace(/[^A-Za-z0-9]/gu, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

export function amiOf(changes: Partial<AmiConfig> = {}): AmiConfig {
  return {
    name: 'review',
    secrets: [AMI_SECRET],
    entityTypes: [],
    overlay: false,
    unsignedLightPayload: false,
    withoutRows: false,
    first: [],
    opens: '/apps/review/',
    ...changes,
  };
}
