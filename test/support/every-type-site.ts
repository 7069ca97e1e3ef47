import type { Dataset, Switches } from '../../studio/site/ports.ts';
import { startSite } from '../../studio/site/start.ts';
import { wireField, wireSchema } from './small-site-schema.ts';
import { scriptToken } from './script-token.ts';

export const HASH_SYNTAX = 'application/vnd+shotgun.api3_hash+json';
export const ARRAY_SYNTAX = 'application/vnd+shotgun.api3_array+json';
/** The moment of the site's clock: a Tuesday, so that days, weeks and months differ around it. */
export const NOW_MS = Date.UTC(2026, 8, 15, 13, 30);

const fixed = (dataType: string) => wireField(dataType, {}, { editable: false });
const links = (...types: string[]) => wireField('multi_entity', { valid_types: types });
const link = (...types: string[]) => wireField('entity', { valid_types: types });

/** A field of each data type of API 5.3, on a type that links in every way. */
const THING = {
  id: fixed('number'),
  code: wireField('text'),
  amount: wireField('number'),
  ratio: wireField('float'),
  done: wireField('percent'),
  effort: wireField('duration'),
  tc: wireField('timecode'),
  price: wireField('currency'),
  open: wireField('checkbox'),
  kind: wireField('list', { valid_values: ['Prop', 'Character', 'Full CG'] }),
  sg_status_list: wireField('status_list', { valid_values: ['wtg', 'ip', 'fin'], hidden_values: ['fin'] }),
  day: wireField('date'),
  moment: wireField('date_time'),
  owner: link('Maker'),
  target: link('Thing', 'Part'),
  parts: links('Part'),
  about: wireField('entity_type'),
  image: wireField('image'),
  filmstrip_image: wireField('image'),
  file: wireField('url'),
  tint: wireField('color'),
  doc: wireField('jsonb'),
  blob: wireField('serializable'),
  uid: fixed('uuid'),
  total: fixed('summary'),
  calc: fixed('calculated'),
  step_0: fixed('pivot_column'),
  secret: fixed('password'),
};

const SCHEMA = wireSchema({
  Thing: THING,
  Part: {
    id: fixed('number'),
    code: wireField('text'),
    amount: wireField('number'),
    day: wireField('date'),
    maker: link('Maker'),
    things: links('Thing'),
  },
  Maker: {
    id: fixed('number'),
    code: wireField('text'),
    moment: wireField('date_time'),
    open: wireField('checkbox'),
  },
  ApiUser: { id: fixed('number'), firstname: wireField('text'), salted_password: wireField('text') },
  Attachment: { id: fixed('number'), this_file: wireField('url'), display_name: wireField('text') },
});

export interface SiteAnswer {
  readonly status: number;
  readonly headers: Headers;
  // What the site answers is looked at, not relied on.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface OpenSite {
  /** One call as the site's script; a body that is text is sent as it is. */
  call(method: string, path: string, body?: unknown, contentType?: string): Promise<SiteAnswer>;
  close(): Promise<void>;
}

/** The emulated site with a type that has a field of each data type, and these rows. */
export function openEveryTypeSite(
  rows: Dataset['rows'],
  options: { nowMs?: number } = {},
): Promise<OpenSite> {
  return openSite({ ...SCHEMA, rows }, options);
}

/** An emulated site, called as its script. */
export async function openSite(
  dataset: Dataset,
  { nowMs, switches = {} }: { nowMs?: number; switches?: Switches } = {},
): Promise<OpenSite> {
  const site = await startSite({
    port: 0,
    dataset,
    switches,
    ...(nowMs === undefined ? {} : { now: () => nowMs }),
  });
  const token = await scriptToken(site.url);
  return {
    async call(method, path, body, contentType = 'application/json') {
      const answer = await fetch(`${site.url}/api/v1${path}`, {
        method,
        redirect: 'manual',
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': contentType }),
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
      const { status, headers } = answer;
      return { status, headers, body: isJson && text.trim() !== '' ? (JSON.parse(text) as unknown) : text };
    },
    close: () => site.close(),
  };
}
